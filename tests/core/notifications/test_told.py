"""People are told what happens to them: once, in their language, as they like it; laptops show and answer it."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from sqlalchemy import select

from lms_core.accounts.entities import ACCOUNT
from lms_core.accounts.personal import PROFILE, USER_SETTINGS
from lms_core.db.engine import read
from lms_core.errors import NotFound
from lms_core.mail.letters import GAP, LANGUAGES
from lms_core.mail.tables import mail
from lms_core.notifications.events import EVENTS, SAID
from lms_core.notifications.notify import notify, notify_all
from lms_core.notifications.tables import notification_mail
from lms_core.notifications.words import Said, say
from lms_core.ops import Draft
from lms_core.workspace import Workspace
from tests.core.school import School, forge, refusals
from tests.samples import PROJECT


def tell(school: School, who: str, event: str = "enrolled", **more: Any) -> None:
    with school.hub.unit() as unit:
        notify(unit, who, event, **{"subject": "c1", "values": {"course": "Tides"}} | more)


def titles(laptop: Workspace) -> list[str]:
    return [each.title for each in laptop.inbox.list()[1]]


def rows(school: School, table: Any) -> list[Any]:
    with read(school.engine) as conn:
        return list(conn.execute(select(table)).all())


def verified(school: School, name: str, **more: Any) -> str:
    who = school.person(name)
    with school.hub.unit() as unit:
        unit.derive(ACCOUNT, who, {"is_email_verified": True, **more})
    return who


@pytest.mark.postgresql(soak=True)
def test_the_same_occurrence_is_told_once_and_the_newest_stands_first(school: School) -> None:  # NTF-01
    sam = school.person("sam")
    tell(school, sam)
    school.clock.advance(ms=1000)
    tell(school, sam)
    tell(school, sam, subject="c2", values={"course": "Wind"})
    laptop = school.laptop(sam)
    assert titles(laptop) == ["You are learning “Wind” now", "You are learning “Tides” now"]
    first = laptop.inbox.list()[1][1]
    assert (first.kind, first.priority, first.read_at, first.dismissed_at) == ("enrollment", "normal", None, None)
    assert first.action_text == "Open the course"


def test_nobody_else_is_told(school: School) -> None:
    sam, eve = school.person("sam"), school.person("eve")
    tell(school, sam)
    assert titles(school.laptop(eve)) == []
    assert titles(school.laptop(sam)) == ["You are learning “Tides” now"]


@pytest.mark.postgresql(soak=True)
def test_what_is_read_or_put_away_on_one_device_is_so_on_all(school: School) -> None:  # NTF-08
    sam = school.person("sam")
    tell(school, sam)
    tell(school, sam, subject="c2")
    one, two = school.laptop(sam), school.laptop(sam)
    first, second = (each.id for each in one.inbox.list()[1])
    one.inbox.read(first)  # both without a line to the hub
    assert (one.inbox.unread(), two.inbox.unread()) == (1, 2)
    school.clock.advance(ms=60000)
    two.inbox.read(first)
    two.inbox.dismiss(second)
    school.sync(one, two, one)
    assert (one.inbox.unread(), two.inbox.unread()) == (0, 0)
    assert [each.id for each in one.inbox.list()[1]] == [each.id for each in two.inbox.list()[1]] == [first]
    assert one.inbox.get(first).read_at == two.inbox.get(first).read_at < two.inbox.get(second).dismissed_at
    assert refusals(one) + refusals(two) == []


def test_all_are_read_at_once(school: School) -> None:  # NTF-04
    sam = school.person("sam")
    for n in range(3):
        tell(school, sam, subject=f"c{n}")
    laptop = school.laptop(sam)
    assert laptop.inbox.read_all() == 3
    assert (laptop.inbox.unread(), laptop.inbox.read_all(), laptop.inbox.list(unread=True)) == (0, 0, (0, []))
    school.sync(laptop)
    assert refusals(laptop) == []


def test_a_notification_is_its_owners_to_answer_and_nobodys_to_write(school: School) -> None:
    sam, eve = school.person("sam"), school.person("eve")
    tell(school, sam)
    name = school.laptop(sam).inbox.list()[1][0].id
    other = school.laptop(eve)
    with pytest.raises(NotFound):
        other.inbox.read(name)
    for account, field, value in ((eve, "read_at", 1), (sam, "title", "mine"), (sam, "read_at", None)):
        laptop = school.laptop(account)
        forge(
            laptop, Draft("notification", name, "min" if value != "mine" else "attr", {"field": field, "value": value})
        )
        school.sync(laptop)
        assert [entity for entity, _ in refusals(laptop)] == ["notification"], field


def test_what_is_out_of_date_is_not_shown(school: School) -> None:  # NTF-07
    sam = school.person("sam")
    tell(school, sam, expires_at=school.clock.ms() + 60_000)
    laptop = school.laptop(sam)
    assert laptop.inbox.unread() == 1
    school.clock.advance(ms=60000)
    assert (laptop.inbox.unread(), laptop.inbox.list()) == (0, (0, []))


def test_a_kind_that_is_switched_off_is_not_told_unless_it_is_urgent(school: School) -> None:  # USR-04
    sam = school.person("sam")
    with school.hub.unit() as unit:
        row = {"user_id": sam, "notifications": {"enrollment": False, "maintenance": False}, "language": "de"}
        unit.derive(USER_SETTINGS, USER_SETTINGS.id_for(sam), row)
    tell(school, sam)
    tell(school, sam, "maintenance", said=Said("Away", "At six."), priority="urgent")
    tell(school, sam, "course_completed")
    assert set(titles(school.laptop(sam))) == {"Away", "Du hast „Tides“ abgeschlossen"}


def test_closed_and_unknown_accounts_are_not_told(school: School) -> None:
    sam = school.person("sam")
    with school.hub.unit() as unit:
        unit.derive(ACCOUNT, sam, {"is_active": False})
        notify_all(unit, [sam, "nobody"], "enrolled", values={"course": "Tides"})
    assert rows(school, notification_mail) == []
    assert titles(school.laptop(sam)) == []


def test_mails_go_to_verified_addresses_of_those_who_want_them(school: School) -> None:  # NTF-05
    wants, unverified, never = verified(school, "sam"), school.person("eve"), verified(school, "ada")
    with school.hub.unit() as unit:
        unit.derive(PROFILE, PROFILE.id_for(never), {"user_id": never, "receive_email_notifications": False})
        notify_all(unit, [wants, unverified, never], "enrolled", subject="c1", values={"course": "Tides"})
        notify_all(unit, [wants, unverified, never], "role_changed", values={"role": "instructor"})
    assert {(r.account, r.sent_at is None) for r in rows(school, notification_mail)} == {(wants, True), (wants, False)}
    (sent,) = rows(school, mail)
    assert (sent.account, sent.template) == (wants, "notification")
    assert "You are an instructor now." in sent.data


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_event_is_said_in_every_language(language: str) -> None:
    folder = PROJECT / "resources" / "notifications"
    english, here = (tomllib.loads((folder / f"{name}.toml").read_text("utf-8")) for name in ("en", language))
    assert english.keys() == here.keys() == EVENTS.keys() - SAID | {"values"}
    for event, parts in english.items():
        assert parts.keys() == here[event].keys(), event
        for name, text in parts.items():
            assert sorted(GAP.findall(text)) == sorted(GAP.findall(here[event][name])), (event, name)
            assert language == "en" or text == "{" + text[1:-1] + "}" or text != here[event][name], (event, name)


def test_a_laptop_tells_in_the_language_of_its_reader(school: School) -> None:
    sam = school.person("sam")
    tell(school, sam)
    (told,) = school.laptop(sam).inbox.list(language="es-MX")[1]
    assert (told.title, told.action_text) == ("Ya estudias «Tides»", "Abrir el curso")
    assert say("role_changed", "fr", {"role": "admin"}).message == "You are an administrator now."


# --- what causes them
@pytest.mark.postgresql(soak=True)
def test_learners_hear_of_new_versions_and_of_what_they_achieve(school: School) -> None:  # OPS-04
    teacher, sam = school.laptop(school.person("tess", "instructor")), school.laptop(school.person("sam"))
    course = teacher.courses.create_course("Tides")
    module = teacher.courses.add_module(course, "The shore")
    lesson = teacher.courses.add_lesson(module, "Waves", body="Wind makes waves.")
    teacher.courses.publish(course)
    school.sync(teacher, sam)
    assert titles(teacher) == ["“Tides” is published"]
    sam.learning.enroll(course)
    school.sync(sam)
    assert titles(sam) == []  # whoever joins knows it
    school.clock.advance(ms=60000)
    teacher.courses.publish(course)
    school.sync(teacher, sam)
    (told,) = sam.inbox.list()[1]
    assert (told.title, told.action_url) == ("“Tides” has a new version", f"course/{course}")
    sam.installed.install(course)
    sam.learning.finish(lesson)
    school.sync(sam)
    school.hub.project()
    assert titles(sam)[0] == "You have completed “Tides”"
    assert len(titles(sam)) == 2
