"""The world of an administrator for `make screens`: a school with people, classes, courses and mails."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from desktop_lms.app import App
from lms_core.rest.announcements import AnnouncementsApi
from lms_core.rest.categories import CategoriesApi
from lms_core.rest.certificates import CertificatesApi
from lms_core.rest.classes import ClassesApi
from lms_core.rest.invitations import InvitationsApi
from lms_core.rest.jobs import JobsApi
from lms_core.rest.people import PeopleApi
from lms_core.rest.server import ServerApi
from lms_core.session import Sessions
from lms_core.workspace import Workspace
from tests.applicants import apply_to_teach
from tests.e2e.programs import PASSWORD, Server
from tests.fakes import MemorySecrets
from tests.scenes import Scene, settle
from tests.sheets import DESK


@contextmanager
def desk(app: App) -> Iterator[dict[str, Scene]]:
    """An administrator at a server with a few people."""
    server = Server(app.sessions.data_dir.parent / "office" / "hub")
    server.data.mkdir(parents=True)
    settings = server.data / "hub.toml"
    settings.write_text(f'backup_folder = "{server.data.parent / "backups"}"\n', "utf-8")
    server.start()
    try:
        people = {"Dana Whitfield": "admin", "Amara Okafor": "student", "Joseph Mwangi": "manager",
                  "Tess Quill": "instructor", "Noor Haddad": "student"}  # fmt: skip
        for name, role in people.items():
            first, last = name.split()
            email = f"{first.lower()}@school.example"
            app.sessions.register(server.url, email=email, password=PASSWORD, first_name=first, last_name=last)
            server.command("set-role", "--email", email, "--role", role)
        apply_to_teach(server, app.sessions, "amara")
        apply_to_teach(server, app.sessions, "noor", confirm=False)
        workspace = app.sessions.sign_in(server.url, "dana@school.example", PASSWORD)
        workspace.synchronize()
        api = PeopleApi(workspace.online())
        api.set_active(api.people(search="noor").results[0].id, active=False)
        keep(workspace)
        AnnouncementsApi(workspace.online()).announce(title="Welcome to the autumn term", roles=["student"])
        AnnouncementsApi(workspace.online()).announce(title="New server, same address", kind="maintenance")
        assemble(workspace)
        certify_desk(app.sessions.data_dir.parent / "others", server.url, workspace)
        for name in ("amara", "tess"):
            other = Sessions(server.data.parent / name, secrets=MemorySecrets())
            with closing(other.sign_in(server.url, f"{name}@school.example", PASSWORD)) as laptop:
                laptop.synchronize()
        server.stop()
        with settings.open("a", encoding="utf-8") as file:  # nobody listens there: mails wait from now on
            file.write('smtp_host = "127.0.0.1"\nsmtp_port = 9\n')
        server.start()
        invite(workspace)
        office(workspace)
        app.enter(workspace)
        yield DESK
    finally:
        server.stop()


def invite(workspace: Workspace) -> None:
    """Invitations that wait, and one that was called back."""
    api, into = InvitationsApi(workspace.online()), ClassesApi(workspace.online()).all().results[0].id
    for first, last, role, name in (("Lindiwe", "Dlamini", "instructor", ""), ("Sam", "Carter", "student", into),
                                    ("Mina", "Sato", "student", into), ("", "", "manager", "")):  # fmt: skip
        address = f"{first.lower() or 'office'}@school.example"
        made = api.invite(email=address, first_name=first, last_name=last, role=role, class_id=name)
        if first == "Mina":
            api.revoke(made.id)


def certify_desk(folder: Path, url: str, desk: Workspace) -> None:
    """A course with a certificate, which two people have completed."""
    course = desk.courses.create_course("Between the tides", description="A week at the shore, day by day.",
                                        has_certificate=True)  # fmt: skip
    module = desk.courses.add_module(course, "The shore")
    desk.courses.add_lesson(module, "Waves", body="Wind makes waves.")
    desk.courses.publish(course)
    desk.synchronize()
    for name in ("amara", "tess"):
        other = Sessions(folder / name)
        other.secrets = other.profiles.secrets = MemorySecrets()
        learner = other.sign_in(url, f"{name}@school.example", PASSWORD)
        while not learner.courses.catalog():
            learner.synchronize()
            time.sleep(0.2)
        learner.install(course)
        learner.learning.enroll(course)
        learner.learning.complete(learner.installed.document(course).lessons()[0].id)
        learner.synchronize()
        learner.close()
    api = CertificatesApi(desk.online())
    while api.find().count < 2:
        time.sleep(0.2)
    api.revoke(api.find(search="tess").results[0].id, "The name was misspelt")
    desk.synchronize()


def keep(workspace: Workspace) -> None:
    """Categories of a school."""
    api, made = CategoriesApi(workspace.online()), {}
    for name, above, sign in (("Natural sciences", "", "globe"), ("Biology", "Natural sciences", "sun"),
                              ("Marine biology", "Biology", "flame"), ("Statistics", "Natural sciences", "sigma"),
                              ("Languages", "", "languages"), ("Arts and crafts", "", "palette")):  # fmt: skip
        row = api.create(name=name, icon=sign, parent_category=made.get(above), sort_order=len(made),
                         is_active=name != "Arts and crafts", description=f"{name}, for everybody.")  # fmt: skip
        made[name] = row.id


def assemble(workspace: Workspace) -> None:
    """Classes of a school."""
    api = ClassesApi(workspace.online())
    terms = {"8b": "Spring 2027", "7a": "Spring 2027", "Night school": "Autumn 2026"}
    made = [api.create(name=name, term=term, starts_on="2027-02-01", ends_on="2027-06-30").id
            for name, term in terms.items()]  # fmt: skip
    api.add(made[0], ["tess@school.example"], "instructor")
    for name in made:
        api.add(name, ["amara@school.example", "joseph@school.example"], "student")
        api.renew_code(name)


def office(workspace: Workspace) -> None:
    """Let the server make a backup and look at itself."""
    ServerApi(workspace.online()).check()
    while not (JobsApi(workspace.online()).backups().backups and ServerApi(workspace.online()).last_check().at):
        settle(100)
