"""The own account over HTTP: names, profile, links, settings, skills, picture, sign-ins."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from sync_server.opening import Opened
from tests.server.accounts.conftest import School
from tests.server.people import Client


def picture(kind: str = "PNG", size: tuple[int, int] = (900, 600)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#12636f").save(out, kind)
    return out.getvalue()


def send(who: Client, data: bytes, field: str = "photo") -> Any:
    return who.ask("PUT", "/users/me/photo", files={field: ("me.png", data, "image/png")})


@pytest.mark.postgresql(soak=True)
def test_names_username_cohort_and_profile_change_together(client: Client, school: School) -> None:  # USR-06, ACC-20
    ada = school.ada
    body = {"first_name": " Ada ", "username": "ada", "cohort": "8b", "profile": {"bio": "Hello.", "city": "Beira"}}
    answer = ada.ask("PATCH", "/users/me", json=body)
    assert answer.status_code == 200, answer.text
    me = ada.get("/users/me").json()
    assert me == answer.json()
    assert (me["first_name"], me["username"], me["cohort"], me["profile"]["bio"]) == ("Ada", "ada", "8b", "Hello.")
    assert me["is_active"] is True
    again = ada.ask("PUT", "/users/me", json={"first_name": "Ada", "last_name": "Lee", "username": "ada"}).json()
    assert (again["last_name"], again["cohort"], again["profile"]["city"]) == ("Lee", "", "Beira")


def test_all_or_nothing(school: School) -> None:
    bad = {"first_name": "New", "username": "sam.moyo", "profile": {"date_of_birth": "tomorrow"}}
    answer = school.ada.ask("PATCH", "/users/me", json=bad)
    assert answer.status_code == 400
    assert answer.json()["details"]["fields"] == {"username": ["username_taken"], "date_of_birth": ["date_invalid"]}
    assert school.ada.get("/users/me").json()["first_name"] == "Ada"


@pytest.mark.parametrize("field", ["id", "role", "email", "is_active", "is_email_verified", "user_id", "date_joined"])
def test_reserved_fields_are_refused(school: School, field: str) -> None:  # SEC-14, ROL-12
    for method, path, body in (
        ("PATCH", "/users/me", {field: "admin"}),
        ("PATCH", "/users/me/profile", {field: "admin"}),
        ("PUT", "/users/me/social", {field: "admin"}),
        ("PATCH", "/users/me/settings", {field: "admin"}),
        ("POST", "/users/me/skills", {"name": "Knots", field: "admin"}),
    ):
        answer = school.ada.ask(method, path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_fields"), (method, path)
    assert school.ada.get("/users/me").json()["role"] == "student"


@pytest.mark.postgresql
def test_profile_links_and_settings(school: School) -> None:  # USR-01 to USR-04
    ada = school.ada
    assert ada.get("/users/me/profile").json()["receive_email_notifications"] is True
    said = ada.ask("PATCH", "/users/me/profile", json={"bio": "One.", "teaching_experience": 2}).json()
    assert (said["bio"], said["teaching_experience"]) == ("One.", 2)
    said = ada.ask("PUT", "/users/me/profile", json={"city": "Beira"}).json()
    assert (said["bio"], said["teaching_experience"], said["city"]) == ("", 0, "Beira")
    links = {"website": "https://ada.example", "github": "ada"}
    assert ada.ask("PUT", "/users/me/social", json=links).json() == {"linkedin": "", "twitter": ""} | links
    settings = ada.ask("PATCH", "/users/me/settings", json={"theme": "dark", "notifications": {"grade": False}}).json()
    assert (settings["theme"], settings["notifications"]) == ("dark", {"grade": False})
    settings = ada.ask("PUT", "/users/me/settings", json={"language": "pt-BR"}).json()
    assert (settings["theme"], settings["language"], settings["playback_speed"]) == ("system", "pt-BR", 1.0)
    first = ada.get("/users/me/settings")
    assert ada.get("/users/me/settings", headers={"If-None-Match": first.headers["etag"]}).status_code == 304


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("profile", {"date_of_birth": "2999-01-01"}, "date_of_birth"),
        ("profile", {"phone_number": "1" * 30}, "phone_number"),
        ("social", {"website": "javascript:x"}, "website"),
        ("settings", {"theme": "pink"}, "theme"),
        ("settings", {"notifications": {"spam": True}}, "notifications"),
    ],
)
def test_bad_values_name_the_field(school: School, path: str, body: dict[str, Any], field: str) -> None:
    answer = school.ada.ask("PUT", f"/users/me/{path}", json=body)
    assert (answer.status_code, list(answer.json()["details"]["fields"])) == (400, [field])
    assert answer.json()["details"]["messages"][field][0].endswith(".")


def test_skills(school: School) -> None:  # USR-05
    ada, sam = school.ada, school.sam
    made = ada.post("/users/me/skills", {"name": "Sea charts", "level": "expert"})
    assert (made.status_code, made.json()["level"]) == (201, "expert")
    assert made.headers["location"].endswith(f"/users/me/skills/{made.json()['id']}")
    assert ada.post("/users/me/skills", {"name": "SEA CHARTS"}).json()["id"] == made.json()["id"]
    assert ada.get("/users/me/skills").json() == [made.json() | {"level": "beginner"}]
    path = f"/users/me/skills/{made.json()['id']}"
    assert [sam.delete(path).status_code, ada.delete(path).status_code, ada.delete(path).status_code] == [404, 204, 404]
    assert ada.delete("/users/me/skills/no-id").status_code == 404
    assert ada.post("/users/me/skills", {"name": " "}).json()["details"]["fields"] == {"name": ["field_required"]}


def test_a_picture(school: School) -> None:  # USR-08
    ada, sam = school.ada, school.sam
    path = f"/users/{ada.user['id']}/photo"
    assert sam.get(path).status_code == 404
    answer = send(ada, picture())
    assert answer.status_code == 200, answer.text
    shown = sam.get(path)
    assert shown.headers["content-type"] == "image/png"
    with Image.open(io.BytesIO(shown.content)) as image:
        assert image.size == (512, 341)
    assert ada.get("/users/me/profile").json()["profile_picture"] == answer.json()["profile_picture"]
    assert ada.delete("/users/me/photo").status_code == 204
    assert sam.get(path).status_code == 404


def test_what_is_no_picture(school: School) -> None:
    ada = school.ada
    for data, status, code in (
        (b"hello", 400, "not_an_image"), (picture("GIF"), 400, "not_an_image"),
        (picture() + bytes(2 << 20), 400, "image_too_large"), (bytes(3 << 20), 413, "too_large"),
    ):  # fmt: skip
        answer = send(ada, data)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert send(ada, picture(), "file").json()["details"]["fields"] == {"photo": ["field_required"]}
    assert ada.ask("PUT", "/users/me/photo", json={}).status_code == 415
    assert ada.get("/users/me/profile").json()["profile_picture"] is None


def test_a_picture_that_a_device_gave_is_looked_at_before_it_is_shown(school: School, opened: Opened) -> None:
    name = opened.hub.blobs.put(b"<script>no picture</script>")
    with opened.hub.unit() as unit:
        from lms_core.accounts.personal import PROFILE

        who = school.ada.user["id"]
        unit.derive(PROFILE, PROFILE.id_for(who), {"user_id": who, "profile_picture": name})
    assert school.sam.get(f"/users/{who}/photo").status_code == 404


def test_a_student_gives_the_named_picture_and_no_other_file(school: School, opened: Opened) -> None:
    from hashlib import sha256

    from lms_core.accounts.personal import PROFILE

    data, who = picture(size=(64, 64)), school.ada.user["id"]
    assert school.ada.give(data).status_code == 403
    with opened.hub.unit() as unit:
        named = {"user_id": who, "profile_picture": sha256(data).hexdigest()}
        unit.derive(PROFILE, PROFILE.id_for(who), named)
    assert school.sam.give(data).status_code == 403
    assert school.ada.give(data).status_code == 204
    assert school.sam.get(f"/users/{who}/photo").content == data


def test_own_sign_ins_in_pages(client: Client, school: School) -> None:  # ACC-12
    client.post("/auth/login", {"email": "ada@school.example", "password": "not this one"})
    page = school.ada.get("/users/me/logins?page_size=1").json()
    assert (page["count"], page["previous"]) == (2, None)
    assert (page["results"][0]["successful"], page["results"][0]["ip_address"]) == (False, "testclient")
    after = school.ada.http.get(page["next"], headers={"Authorization": f"Bearer {school.ada.token}"}).json()
    assert (after["results"][0]["successful"], after["next"]) == (True, None)


def test_all_own_data_comes_as_a_zip(school: School) -> None:
    import json
    from zipfile import ZipFile

    ada = school.ada
    send(ada, picture())
    answer = ada.get("/users/me/export")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    with ZipFile(io.BytesIO(answer.content)) as zipped:
        about = json.loads(zipped.read("about.json"))
        sessions = json.loads(zipped.read("rows/session.json"))
    assert (about["account"], len(about["files"]), len(sessions)) == (ada.user["id"], 1, 1)
    assert school.root.get(f"/audit?action=account.exported&actor={ada.user['id']}").json()["count"] == 1
    for secret in (b"argon2", ada.token.encode()):
        assert secret not in answer.content
