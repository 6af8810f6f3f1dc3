"""An account is deleted at the server: its own laptop is told so, and those of its teachers forget who it was."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from lms_core.errors import Denied
from lms_core.session import Sessions
from lms_core.workspace import Workspace
from tests.e2e.programs import PASSWORD, Server
from tests.fakes import MemorySecrets

TRIES = 200


def join(server: Server, folder: Path, name: str, role: str = "student") -> Workspace:
    """Somebody registers and signs in on a laptop."""
    sessions = Sessions(folder / name, secrets=MemorySecrets())
    email = f"{name}@school.example"
    sessions.register(server.url, email=email, password=PASSWORD, first_name=name.title(), last_name="Moyo")
    if role != "student":
        server.command("set-role", "--email", email, "--role", role)
    workspace = sessions.sign_in(server.url, email, PASSWORD)
    workspace.synchronize()
    return workspace


def sync_until(workspace: Workspace, done: Any) -> None:
    """Sync until something has arrived; what follows from writes takes the server half a second."""
    for _ in range(TRIES):
        workspace.synchronize()
        if done():
            return
    raise AssertionError("it never came")


def admin(server: Server) -> httpx.Client:
    """An administrator who is signed in."""
    made = ("--email", "root@school.example", "--first-name", "Root", "--last-name", "Lee")
    server.command("create-admin", *made)
    api, who = f"{server.url}/api/v1", {"email": "root@school.example", "password": PASSWORD}
    access = httpx.post(f"{api}/auth/login", json=who).json()["access"]
    return httpx.Client(base_url=api, headers={"Authorization": f"Bearer {access}"})


def test_a_deleted_account_and_the_laptops(tmp_path: Path, server: Server) -> None:  # ACC-19
    tess, sam = join(server, tmp_path, "tess", "instructor"), join(server, tmp_path, "sam")
    about = "A week at the shore, told day by day, from one tide to the next."
    course = tess.courses.create_course("Between the tides", description=about)
    tess.courses.add_lesson(tess.courses.add_module(course, "The shore"), "Waves", body="Wind makes waves.")
    tess.courses.publish(course)
    tess.synchronize()
    sync_until(sam, lambda: [card.id for card in sam.courses.catalog()] == [course])
    sam.learning.enroll(course)
    sam.notes.add("for nobody's eyes")
    sam.personal.change_profile(bio="I like tides.")
    picture = io.BytesIO()
    Image.new("RGB", (640, 480), "#12636f").save(picture, "PNG")
    sam.personal.set_photo(picture.getvalue())
    sam.synchronize()
    sync_until(tess, lambda: [row.name for row in tess.learning.roster(course)] == ["Sam Moyo"])
    with admin(server) as root:
        shown = root.get(f"/users/{sam.account}/photo")
        assert (shown.status_code, shown.headers["content-type"]) == (200, "image/png"), "one sync brings the file too"
        assert root.delete(f"/users/{sam.account}").status_code == 204
        assert root.get(f"/users/{sam.account}/photo").status_code == 404
    with pytest.raises(Denied) as refused:
        sam.synchronize()
    assert refused.value.code == "account_deleted"
    sam.notes.add("still mine")
    assert len(sam.notes.all()) == 2, "what is on the laptop stays there"
    sync_until(tess, lambda: tess.learning.roster(course)[0].name.startswith("Deleted "))
    (left,) = tess.learning.roster(course)
    assert (left.email, left.status) == ("", "active")
    for workspace in (tess, sam):
        workspace.close()
