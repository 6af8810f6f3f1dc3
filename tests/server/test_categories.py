"""Categories over HTTP: read by everybody, kept by administrators, refused with reasons."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from lms_core.accounts.passwords import PasswordHasher
from lms_core.entities import SCHEMA, hub_effects
from lms_core.media.store import MediaStore
from sync_server.app import create_app
from sync_server.config import Settings
from sync_server.opening import PACKS, Opened, open_hub
from tests.fakes import FakeClock
from tests.server.people import Client

ID = "0197a3c2-7b1e-7c3a-9d55-3f0a2b6c1d01"


@pytest.fixture
def opened(data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher) -> Iterator[Opened]:
    """A hub with all entities and what follows from them."""
    effects = hub_effects(MediaStore(data / PACKS))
    with open_hub(data, settings, schema=SCHEMA, effects=effects, clock=clock, hasher=hasher) as each:
        yield each


@pytest.fixture
def client(opened: Opened, settings: Settings) -> Iterator[Client]:
    with TestClient(create_app(settings, opened.served), raise_server_exceptions=False) as each:
        yield Client(each)


@pytest.fixture
def root(client: Client, opened: Opened) -> Client:
    person = client.join("root")
    opened.served.accounts.set_role(person.user["email"], "admin")
    return person


@pytest.mark.postgresql
def test_a_category_comes_changes_and_goes(client: Client, root: Client) -> None:  # CAT-01, CAT-04, API-02
    made = root.post("/categories", {"name": "Physics", "id": ID, "icon": "atom"})
    assert (made.status_code, made.headers["location"]) == (201, f"/api/v1/categories/{ID}")
    assert root.post("/categories", {"name": "Physics", "id": ID, "icon": "atom"}).json() == made.json()
    assert root.post("/categories", {"name": "Chemistry", "id": ID}).json()["code"] == "id_reused"
    assert made.json() | {"updated_at": "", "created_at": ""} == {
        "id": ID, "name": "Physics", "slug": "physics", "description": "", "icon": "atom", "sort_order": 0,
        "is_active": True, "parent_category": None, "course_count": 0, "created_at": "", "updated_at": "",
    }  # fmt: skip
    for name in (ID, "physics", ID.upper()):
        assert client.get(f"/categories/{name}").json() == made.json()
    tag = made.headers["etag"]
    assert client.get("/categories/physics", headers={"If-None-Match": tag}).status_code == 304
    match = {"If-Match": tag}
    changed = root.ask("PATCH", "/categories/physics", json={"sort_order": 3}, headers=match)
    assert (changed.json()["sort_order"], changed.json()["icon"]) == (3, "atom")
    for method, more in (("PATCH", {"json": {}}), ("PUT", {"json": {"name": "Physics"}}), ("DELETE", {})):
        assert root.ask(method, "/categories/physics", headers=match, **more).status_code == 412
    whole = root.ask("PUT", "/categories/physics", json={"name": "Physics"}).json()
    assert (whole["sort_order"], whole["icon"]) == (0, "")
    assert root.delete("/categories/physics").status_code == 204
    assert root.delete("/categories/physics").status_code == 404
    assert client.get("/categories/physics").status_code == 404


@pytest.mark.postgresql
def test_a_category_moves_to_a_place_among_its_siblings(root: Client) -> None:  # CAT-01, CAT-02
    ids = {name: root.post("/categories", {"name": name}).json()["id"] for name in ("Art", "Botany", "Zoology")}

    def tree() -> list[tuple[str, str | None]]:
        rows = root.get("/categories").json()["results"]
        names = {row["id"]: row["name"] for row in rows}
        return [(row["name"], names.get(row["parent_category"])) for row in rows]

    def move(name: str, parent: str | None = None, after: str | None = None) -> Any:
        body = {"parent_category": ids.get(parent or ""), "after": ids.get(after or "")}
        return root.post(f"/categories/{ids[name]}/move", body)

    assert move("Zoology").json()["sort_order"] == 0
    assert [name for name, _ in tree()] == ["Zoology", "Art", "Botany", "General"]
    assert move("Zoology", after="Art").status_code == 200
    assert [name for name, _ in tree()] == ["Art", "Zoology", "Botany", "General"]
    assert move("Art", parent="Botany").json()["parent_category"] == ids["Botany"]
    assert ("Art", "Botany") in tree()
    assert move("Zoology", parent="Botany", after="Art").json()["sort_order"] == 1
    refused = move("Botany", parent="Art")
    assert (refused.status_code, refused.json()["details"]["fields"]) == (400, {"parent_category": ["category_parent"]})
    assert move("Botany", after="Art").json()["details"]["fields"] == {"after": ["invalid"]}
    assert root.post("/categories/nowhere/move", {}).status_code == 404


def test_the_list_is_searched_and_paged_and_hides(client: Client, root: Client) -> None:  # CAT-02, CAT-04
    for name in ("Art", "Botany", "Zoology"):
        root.post("/categories", {"name": name, "description": "Of the sea."})
    root.ask("PATCH", "/categories/art", json={"is_active": False})
    names = [[c["name"] for c in who.get("/categories").json()["results"]] for who in (client, root)]
    assert names == [["Botany", "General", "Zoology"], ["Art", "Botany", "General", "Zoology"]]
    page = client.get("/categories?page_size=2").json()
    assert (page["count"], page["next"]) == (3, "/api/v1/categories?page_size=2&page=2")
    assert [c["slug"] for c in client.get("/categories?search=SEA+zoo").json()["results"]] == ["zoology"]
    assert client.get("/categories/art").status_code == 404
    assert root.get("/categories/art").status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [({"name": "x"}, "name"), ({"name": " "}, "name"), ({}, None), ({"name": "Sea", "slug": "x"}, None),
     ({"name": "Sea", "sort_order": -1}, "sort_order"), ({"name": "GENERAL"}, "name"), ({"name": None}, "name"),
     ({"name": "Sea", "parent_category": "nobody"}, "parent_category"), ({"name": "Sea", "id": "x"}, "id")],
)  # fmt: skip
def test_what_does_not_fit_is_named(root: Client, body: dict[str, object], field: str | None) -> None:  # API-07
    answer = root.post("/categories", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_fields")
    assert field is None or field in answer.json()["details"]["fields"]


def test_rights(client: Client, root: Client) -> None:  # API-13
    sam = client.join("sam")
    for who, status in ((client, 401), (sam, 403)):
        assert who.post("/categories", {"name": "Sea"}).status_code == status
        assert who.ask("PATCH", "/categories/general", json={"name": "Sea"}).status_code == status
        assert who.delete("/categories/general").status_code == status
    assert root.delete("/categories/general").json()["code"] == "category_default"
    assert client.get("/categories", headers={"Authorization": "Bearer x"}).status_code == 401
