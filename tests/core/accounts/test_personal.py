"""Profile, links, settings and skills: written on a laptop without a network or at the hub, the same everywhere."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from PIL import Image

from lms_core import ops
from lms_core.accounts.personal import PROFILE, USER_SETTINGS, USER_SKILL, USER_SOCIAL
from lms_core.accounts.personal_service import PersonalService
from lms_core.accounts.photos import LONGEST, photo_type, prepare_photo
from lms_core.db.engine import read
from lms_core.errors import NotFound, UserError
from lms_core.learning.rights import note_holder
from lms_core.schema import Actor
from lms_core.unit import Unit
from lms_core.workspace import Workspace
from tests.core.school import School, forge, refusals


@pytest.fixture
def sam(school: School) -> tuple[Workspace, Workspace]:
    """Two laptops of one student."""
    account = school.person("sam")
    return school.laptop(account), school.laptop(account)


def at_hub(school: School, account: str) -> PersonalService:
    """The service as the server offers it to somebody."""

    def keep(unit: Unit, data: bytes) -> str:
        name = school.blobs.put(data)
        note_holder(unit, account, name, len(data))
        return name

    work, look = partial(school.hub.unit, Actor(account, "student")), partial(read, school.engine)
    return PersonalService(work, look=look, me=account, keep=keep)


def picture(kind: str = "PNG", size: tuple[int, int] = (1024, 768), mode: str = "RGB", **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "#12636f").save(out, kind, **more)
    return out.getvalue()


def codes(caught: pytest.ExceptionInfo[UserError]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = caught.value.values["fields"]
    return found


@pytest.mark.postgresql
def test_two_laptops_and_the_hub_agree(school: School, sam: tuple[Workspace, Workspace]) -> None:  # USR-01 to USR-05
    here, there = sam
    here.personal.change_profile(bio="I like tides.", city="Beira", teaching_experience=3)
    there.personal.change_profile(city="Maputo", receive_marketing_emails=True)
    here.personal.change_social(website="https://sam.example/", github="sam")
    there.personal.change_settings(theme="dark", notifications={"deadline": False})
    here.personal.change_settings(playback_speed=1.5, notifications={"review": False})
    here.personal.add_skill("Sea  charts", "expert")
    there.personal.add_skill("sea Charts", "beginner")
    there.personal.add_skill("Knots")
    school.sync(here, there, here)
    hub = at_hub(school, here.account)
    assert here.personal.profile() == there.personal.profile() == hub.profile()
    profile = hub.profile()
    assert (profile.bio, profile.teaching_experience, profile.receive_marketing_emails) == ("I like tides.", 3, True)
    assert profile.receive_email_notifications, "USR-02: on, until somebody switches it off"
    assert profile.city in ("Beira", "Maputo")
    assert here.personal.social() == there.personal.social() == hub.social()
    settings = hub.settings()
    assert here.personal.settings() == there.personal.settings() == settings
    assert (settings.theme, settings.playback_speed) == ("dark", 1.5)
    assert settings.notifications == {"deadline": False, "review": False}
    assert here.personal.skills() == there.personal.skills() == hub.skills()
    assert len({skill.id for skill in hub.skills()}) == 2
    assert [skill.name.casefold() for skill in hub.skills()] == ["knots", "sea charts"]
    assert refusals(here) == refusals(there) == []


def test_what_is_said_at_the_hub_reaches_the_laptops(school: School, sam: tuple[Workspace, Workspace]) -> None:
    here, _ = sam
    hub = at_hub(school, here.account)
    hub.change_profile(bio="Written in a browser.")
    hub.change_profile(bio="Written in a browser, twice.", location="Beira")
    hub.change_account(first_name=" Samuel ", cohort="8b")
    skill = hub.add_skill("Knots", "expert")
    school.sync(here)
    assert (here.personal.profile().bio, here.personal.profile().location) == ("Written in a browser, twice.", "Beira")
    assert here.person.name == "Samuel Moyo"
    here.personal.remove_skill(skill.id)
    school.sync(here)
    assert hub.skills() == []
    with pytest.raises(NotFound):
        hub.remove_skill(skill.id)
    assert hub.add_skill("KNOTS", "advanced").id == skill.id
    school.sync(here)
    assert [(s.name, s.level) for s in here.personal.skills()] == [("Knots", "advanced")]


def test_both_texts_of_two_laptops_are_kept(school: School, sam: tuple[Workspace, Workspace]) -> None:
    here, there = sam
    here.personal.change_profile(bio="One.\n\nTwo.")
    school.sync(here, there)
    here.personal.change_profile(bio="One, better.\n\nTwo.")
    there.personal.change_profile(bio="One.\n\nTwo, better.")
    school.sync(here, there, here)
    assert here.personal.profile().bio == there.personal.profile().bio == "One, better.\n\nTwo, better."


@pytest.mark.parametrize(
    ("verb", "fields", "code"),
    [
        ("change_profile", {"date_of_birth": "2026-01-06"}, "date_invalid"),
        ("change_profile", {"date_of_birth": "1850-01-01"}, "date_invalid"),
        ("change_profile", {"date_of_birth": "20010203"}, "date_invalid"),
        ("change_profile", {"phone_number": "1" * 21}, "too_long"),
        ("change_profile", {"city": "a\nb"}, "unprintable"),
        ("change_profile", {"teaching_experience": -1}, "invalid"),
        ("change_profile", {"teaching_experience": "3"}, "invalid"),
        ("change_profile", {"receive_marketing_emails": "yes"}, "invalid"),
        ("change_profile", {"user_id": "somebody"}, "reserved_field"),
        ("change_profile", {"profile_picture": "0" * 64}, "reserved_field"),
        ("change_profile", {"role": "admin"}, "unknown_field"),
        ("change_social", {"website": "javascript:alert(1)"}, "url_invalid"),
        ("change_social", {"website": "https://"}, "url_invalid"),
        ("change_social", {"linkedin": "https://[x/"}, "url_invalid"),
        ("change_social", {"twitter": "x" * 101}, "too_long"),
        ("change_settings", {"theme": "pink"}, "invalid"),
        ("change_settings", {"language": "e"}, "invalid"),
        ("change_settings", {"playback_speed": 2.5}, "invalid"),
        ("change_settings", {"notifications": {"spam": True}}, "invalid"),
        ("change_settings", {"notifications": {"review": "off"}}, "invalid"),
        ("change_account", {"first_name": " "}, "field_required"),
        ("change_account", {"last_name": "x" * 151}, "too_long"),
        ("change_account", {"cohort": "a\x00"}, "unprintable"),
        ("change_account", {"cohort": None}, "invalid"),
        ("change_account", {"role": "admin"}, "reserved_field"),
        ("change_account", {"email": "x@y.example"}, "reserved_field"),
    ],
)
def test_bad_values_name_their_field(school: School, verb: str, fields: dict[str, Any], code: str) -> None:
    hub = at_hub(school, school.person("sam"))
    with pytest.raises(UserError) as caught:
        getattr(hub, verb)(**fields)
    assert codes(caught) == {name: [code] for name in fields}


def test_the_hub_asks_the_same_of_what_a_changed_program_sends(school: School) -> None:  # SEC-14, ROL-12
    sam, eve = school.laptop(school.person("sam")), school.person("eve")
    me = {"user_id": sam.account}
    forge(
        sam,
        ops.create(PROFILE, PROFILE.id_for(eve), {"user_id": eve, "bio": "not me"}),
        ops.create(PROFILE, PROFILE.id_for(sam.account), {**me, "date_of_birth": "soon"}),
        ops.create(PROFILE, PROFILE.id_for(sam.account), {**me, "profile_picture": "../../etc"}),
        ops.create(USER_SOCIAL, USER_SOCIAL.id_for(sam.account), {**me, "website": "file:///etc/passwd"}),
        ops.create(USER_SETTINGS, USER_SETTINGS.id_for(sam.account), {**me, "notifications": {"review": "x"}}),
        ops.create(USER_SKILL, USER_SKILL.id_for(sam.account, "x"), {**me, "handle": "x", "name": "Y"}),
    )
    school.sync(sam)
    assert refusals(sam) == [
        ("profile", "forbidden"), ("profile", "date_invalid"), ("profile", "bad_hash"), ("user_social", "url_invalid"),
        ("user_settings", "invalid"), ("user_skill", "bad_id"),
    ]  # fmt: skip
    sam.personal.change_settings(theme="dark", notifications={"review": True})
    school.sync(sam)
    row = USER_SETTINGS.id_for(sam.account)
    for field, value, code in (("notifications/spam", True, "invalid"), ("theme", "", "bad_choice")):
        forge(sam, ops.change(USER_SETTINGS, row, field, value))
        school.sync(sam)
        assert ("user_settings", code) in refusals(sam)
    assert at_hub(school, sam.account).settings().notifications == {"review": True}


def test_nobody_takes_away_the_skill_of_another(school: School) -> None:
    sam, eve = (at_hub(school, school.person(name)) for name in ("sam", "eve"))
    skill = sam.add_skill("Knots")
    with pytest.raises(NotFound):
        eve.remove_skill(skill.id)
    for bad in ("", "  "):
        with pytest.raises(UserError) as caught:
            sam.add_skill(bad)
        assert codes(caught) == {"name": ["field_required"]}
    with pytest.raises(UserError) as caught:
        sam.add_skill("Ropes", "godlike")
    assert codes(caught) == {"level": ["invalid"]}


# --- the picture
def test_a_photo_reaches_the_hub_and_the_other_laptop(school: School, sam: tuple[Workspace, Workspace]) -> None:
    here, there = sam  # USR-08
    name = here.personal.set_photo(picture())
    school.sync(here, there)
    assert there.personal.profile().profile_picture == name
    assert photo_type(school.blobs.read(name)) == "image/png"
    here.personal.remove_photo()
    school.sync(here, there)
    assert there.personal.profile().profile_picture is None


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_photo_is_small_and_tells_nothing(kind: str) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Camera", 6
    small = prepare_photo(picture(kind, exif=exif) + b"hidden behind the end")
    with Image.open(io.BytesIO(small)) as image:
        assert (image.format, image.size) == (kind, (384, LONGEST)), "turned upright, then scaled"
        assert not image.getexif()
    assert b"hidden" not in small
    assert prepare_photo(picture(kind, exif=exif) + b"hidden behind the end") == small
    assert photo_type(small) == f"image/{kind.lower()}"


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (lambda: b"", "not_an_image"), (lambda: b"<svg/>", "not_an_image"), (lambda: picture("GIF"), "not_an_image"),
        (lambda: picture()[:40], "not_an_image"), (lambda: picture() + bytes(2 << 20), "image_too_large"),
        (lambda: picture(size=(8000, 8000), mode="1"), "image_too_large"),
    ],
)  # fmt: skip
def test_what_is_no_photo(made: Callable[[], bytes], code: str) -> None:
    data = made()
    with pytest.raises(UserError) as caught:
        prepare_photo(data)
    assert caught.value.code == code
    assert photo_type(data) == ""
