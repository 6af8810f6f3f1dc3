"""Becoming an instructor: apply, confirm, be approved or not; what a suspension takes away; who learns with whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lms_core import ops
from lms_core.accounts.passwords import PasswordHasher
from lms_core.errors import Denied
from lms_core.instructors.model import DECISIONS
from lms_core.learning.entities import ENROLLMENT, ROSTER_ENTRY
from lms_core.mail.letters import LANGUAGES, compose
from lms_core.notifications.words import say
from sync_server.config import Settings
from tests.fakes import FakeClock
from tests.server.learners import NONE, laptop_of, open_world, sync
from tests.server.people import Client
from tests.server.post import PostOffice, code_of, link_of, post_office, text_of
from tests.server.rights import World

SITE = "https://learn.example.org"
ABOUT = {"display_name": "Ada Moyo", "bio": "I dive.", "title": "Diver", "years_experience": 7}


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as each:
        yield each


@pytest.fixture
def settings(settings: Settings, office: PostOffice) -> Settings:
    return replace(
        settings, smtp_host="127.0.0.1", smtp_port=office.port, smtp_tls="none", public_url=SITE,
        mail_from="Hill School <lms@school.example>",
    )  # fmt: skip


@pytest.fixture
def world(data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher) -> Iterator[World]:
    with open_world(data, settings, clock, hasher) as each:
        yield each


class Post:
    """The mails of a world."""

    def __init__(self, world: World, office: PostOffice) -> None:
        self._world, self._office = world, office

    def last(self, name: str = "student") -> Any:
        self._world.opened.sender.run()
        return self._office.to(name)[-1]


@pytest.fixture
def mails(world: World, office: PostOffice) -> Post:
    return Post(world, office)


def confirmed(world: World, mails: Post, name: str = "student") -> Client:
    """Somebody whose address is confirmed."""
    code = code_of(mails.last(name))
    world.client.post("/auth/email/verify", {"email": f"{name}@school.example", "code": code})
    return world.people[name]


def decided(world: World, action: str, who: str, **more: str) -> Any:
    return world.people["admin"].post("/instructor/approval", {"user_id": who, "action": action, **more})


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


# --- applying
@pytest.mark.postgresql
def test_from_the_application_to_the_first_course(world: World, mails: Post) -> None:  # INS-02, INS-06, ACC-11
    ada, who = world.people["student"], world.account("student")
    assert code(ada.post("/instructor/apply", ABOUT)) == (403, "address_unconfirmed")
    assert ada.get("/instructor/status").status_code == 404
    confirmed(world, mails)
    applied = ada.post("/instructor/apply", ABOUT)
    assert (applied.status_code, applied.json()["status"], applied.json()["is_verified"]) == (200, "pending", False)
    assert code(decided(world, "approve", who)) == (409, "application_unconfirmed")
    link = link_of(mails.last())
    assert link.startswith(f"{SITE}/api/v1/instructor/verify?token=")
    token = link.partition("?token=")[2]
    assert ada.post(f"/instructor/verify/{token}").json()["is_verified"] is True
    assert code(ada.post(f"/instructor/verify/{token}")) == (400, "proof_invalid"), "once"
    news = {each["title"]: each["action_url"] for each in world.people["admin"].get("/notifications").json()["results"]}
    assert news["Ada Moyo wishes to teach"] == "admin/instructors"
    waiting = world.people["admin"].get("/instructor/approval?status=pending&search=ada").json()
    assert [(each["user_id"], each["title"]) for each in waiting["results"]] == [(who, "Diver")]
    assert ada.post("/courses", {"title": "Reefs"}).status_code == 403
    approved = decided(world, "approve", who).json()
    assert (approved["status"], approved["role"]) == ("active", "instructor")
    assert (approved["approved_by"], approved["approval_date"][-1]) == (world.account("admin"), "Z")
    assert "You may teach now" in text_of(mails.last())
    assert [each["title"] for each in ada.get("/notifications").json()["results"]] == ["You may teach now"]
    assert ada.post("/courses", {"title": "Reefs"}).status_code == 201
    told = ada.get("/instructor/status").json()
    assert (told["status"], told["display_name"], told["years_experience"]) == ("active", "Ada Moyo", 7)
    entry = world.people["admin"].get("/audit?action=instructor.approved").json()["results"][0]
    assert (entry["entity_id"], entry["before"], entry["after"]) == (who, {"status": "pending"}, {"status": "active"})


def test_a_rejected_application_is_changed_and_sent_again(world: World, mails: Post) -> None:  # INS-06, SEC-12
    ada, who = confirmed(world, mails), world.account("student")
    ada.post("/instructor/apply", ABOUT)
    assert ada.post("/instructor/verify", {"code": code_of(mails.last())}).json()["is_verified"] is True
    bare = decided(world, "reject", who, reason="  ")
    assert bare.json()["details"]["fields"] == {"reason": ["field_required"]}
    assert decided(world, "reject", who, reason="Tell us what you dived.").json()["status"] == "rejected"
    assert "Tell us what you dived." in text_of(mails.last())
    told = ada.get("/instructor/status").json()
    assert (told["status"], told["suspension_reason"]) == ("rejected", "Tell us what you dived.")
    again = ada.post("/instructor/apply", {"bio": "I dived the reefs of Beira."}).json()
    assert (again["status"], again["is_verified"], again["title"]) == ("pending", False, "Diver")
    assert again["suspension_reason"] == ""
    entry = world.people["admin"].get("/audit?action=instructor.rejected").json()["results"][0]
    assert entry["after"] == {"status": "rejected", "reason": "Tell us what you dived."}


def test_the_link_is_mailed_again_and_runs_out(world: World, mails: Post, clock: FakeClock) -> None:
    ada = confirmed(world, mails)
    ada.post("/instructor/apply", ABOUT)
    first = link_of(mails.last())
    ada.post("/instructor/apply", {})
    second = link_of(mails.last())
    assert first != second
    page = world.client.http.get("/api/v1/instructor/verify", params={"token": second.partition("=")[2]})
    assert "wish to teach" in page.text
    assert ada.get("/instructor/status").json()["is_verified"] is False, "opening the page does nothing"
    clock.advance(timedelta(days=8))
    late = world.client.http.post("/api/v1/instructor/verify/page", data={"token": second.partition("=")[2]})
    assert late.status_code == 400
    ada = world.client.sign_in("student")
    ada.post("/instructor/apply", {})
    third = link_of(mails.last()).partition("=")[2]
    done = world.client.http.post("/api/v1/instructor/verify/page", data={"token": third})
    assert "is confirmed" in done.text
    assert ada.get("/instructor/status").json()["is_verified"] is True


def test_who_cannot_apply(world: World, mails: Post) -> None:
    for name in ("instructor", "manager", "admin"):
        assert code(confirmed(world, mails, name).post("/instructor/apply", ABOUT)) == (409, "not_a_student")
    ada = confirmed(world, mails)
    wrong = ada.post("/instructor/apply", {"display_name": " ", "website": "reef", "years_experience": 3})
    assert wrong.json()["details"]["fields"] == {"display_name": ["field_required"], "website": ["url_invalid"]}
    assert ada.post("/instructor/apply", {"years_experience": 61}).status_code == 400
    assert ada.post("/instructor/apply", {"status": "active"}).status_code == 400, "only the server says that"
    assert ada.get("/instructor/status").status_code == 404
    assert code(decided(world, "approve", world.account("student")))[0] == 404
    assert code(decided(world, "approve", NONE))[0] == 404
    assert decided(world, "promote", world.account("student")).status_code == 400


def test_what_is_told_is_in_every_language() -> None:  # INS-06
    said = {"name": "Ada", "place": "Hill School", "reason": "None.", "code": "123456", "link": f"{SITE}/x"}
    letters = {language: compose("instructor_application", language, said) for language in LANGUAGES}
    assert len({letter.subject for letter in letters.values()}) == len(LANGUAGES)
    for each in DECISIONS.values():
        told = {language: say(each.event, language, said) for language in LANGUAGES}
        assert len({one.title for one in told.values()}) == len(LANGUAGES)
        assert all((one.message == "None.") == each.with_reason for one in told.values())


# --- the role and the profile
def test_the_role_brings_an_active_profile(world: World) -> None:  # INS-06
    admin, who = world.people["admin"], world.account("student")
    for role, status in (("instructor", "active"), ("student", "inactive"), ("instructor", "active")):
        admin.ask("PUT", f"/users/{who}/role", json={"role": role})
        world.opened.hub.project()
        assert world.people["student"].get("/instructor/status").json()["status"] == status
    shown = world.client.get(f"/instructors/{who}").json()
    assert shown["display_name"] == "Student Moyo"
    assert shown["courses"] == []


@pytest.mark.postgresql
def test_a_suspension_takes_authoring_away(
    world: World, mails: Post, tmp_path: Path, clock: FakeClock
) -> None:  # INS-03, ROL-14
    tess, who = world.people["instructor"], world.account("instructor")
    world.opened.hub.project()
    kept = world.published("instructor")
    confirmed(world, mails, "instructor")
    with laptop_of(world, "instructor", tmp_path, clock) as laptop:
        away = laptop.courses.create_course("Kelp", description="Written while nobody could be reached.")
        assert decided(world, "suspend", who, reason="Complaints.").json()["status"] == "suspended"
        assert "Complaints." in text_of(mails.last("instructor"))
        assert code(tess.post("/courses", {"title": "More reefs"})) == (403, "instructor_inactive")
        assert code(tess.post(f"/courses/{kept}/publish", {})) == (403, "instructor_inactive")
        assert tess.ask("PATCH", f"/courses/{kept}", json={"title": "Coral reefs"}).status_code == 200, "what is there"
        sync(world, laptop)
        assert "instructor_inactive" in {thing.code for thing in laptop.sync.parked()}
        with pytest.raises(Denied, match="active instructors"):
            laptop.courses.create_course("Sponges")
        assert decided(world, "reactivate", who).json()["status"] == "active"
        sync(world, laptop)
        for thing in laptop.sync.parked():
            laptop.sync.try_again(thing.key)
        sync(world, laptop)
    assert world.draft(away).draft(away).title == "Kelp", "nothing was lost"
    assert tess.post("/courses", {"title": "More reefs"}).status_code == 201


@pytest.mark.parametrize(
    ("action", "states"),
    [("approve", ("pending", "rejected")), ("reject", ("pending",)), ("suspend", ("active",)),
     ("reactivate", ("suspended", "inactive"))],
)  # fmt: skip
def test_each_step_has_its_states(action: str, states: tuple[str, ...]) -> None:  # INS-03
    from lms_core.accounts.personal import STANDINGS
    from lms_core.errors import Conflict
    from lms_core.instructors.model import decide

    for status in STANDINGS:
        if status in states:
            assert decide(action, status).after in STANDINGS
        else:
            with pytest.raises(Conflict, match="not possible"):
                decide(action, status)


# --- the own profile and the directory
@pytest.mark.postgresql
def test_the_directory_shows_public_profiles(world: World) -> None:  # INS-01, INS-07
    tess, who, course = world.people["instructor"], world.account("instructor"), world.published("instructor")
    world.opened.hub.project()
    science = world.people["admin"].post("/categories", {"name": "Science"}).json()["id"]
    about = {"display_name": "Tess of the tides", "title": "Biologist", "expertise_areas": [science, NONE]}
    assert tess.ask("PATCH", "/instructor/profile", json=about).json()["title"] == "Biologist"
    page = world.client.get("/instructors?search=TIDES").json()
    assert (page["count"], page["results"][0]["expertise_areas"]) == (1, ["Science"])
    assert (page["results"][0]["total_courses"], page["results"][0]["total_students"]) == (1, 1)
    assert "email" not in page["results"][0]
    detail = world.client.get(f"/instructors/{who}").json()
    assert [each["id"] for each in detail["courses"]] == [course]
    everybody = world.client.get("/instructors").json()["count"]
    tess.ask("PATCH", "/instructor/profile", json={"public_profile": False})
    assert world.client.get("/instructors").json()["count"] == everybody - 1
    assert world.client.get(f"/instructors/{who}").status_code == 404
    assert world.client.get(f"/instructors/{world.account('student')}").status_code == 404


def test_the_own_profile_is_changed_and_replaced(world: World) -> None:  # INS-01, INS-02
    tess = world.people["instructor"]
    world.opened.hub.project()
    now = tess.get("/instructor/profile")
    assert (now.json()["status"], now.json()["tier"]) == ("active", "bronze")
    assert now.json()["next_tier_requirements"] == {"tier": "silver", "students": 50, "rating": 3.5}
    changed = tess.ask("PATCH", "/instructor/profile", json={"bio": "Tides.", "title": "Biologist"})
    assert changed.json()["bio"] == "Tides."
    stale = tess.ask("PATCH", "/instructor/profile", json={"bio": "x"}, headers={"If-Match": now.headers["etag"]})
    assert stale.status_code == 412
    replaced = tess.ask("PUT", "/instructor/profile", json={"organization": "Hill School"}).json()
    assert (replaced["bio"], replaced["organization"], replaced["display_name"]) == (
        "", "Hill School", "Instructor Moyo",
    )  # fmt: skip
    for wrong in ({"tier": "gold"}, {"status": "active"}, {"years_experience": -1}, {"display_name": ""}):
        assert tess.ask("PATCH", "/instructor/profile", json=wrong).status_code == 400, wrong


def test_a_draft_of_the_profile_is_written_offline(world: World, tmp_path: Path, clock: FakeClock) -> None:  # INS-01
    with laptop_of(world, "student", tmp_path, clock) as laptop:
        laptop.personal.change_instructor(title="Diver", bio="I dive.")
        assert laptop.personal.instructor().display_name == "Student Moyo"
        sync(world, laptop)
    applied = world.people["student"].get("/instructor/status")
    assert applied.status_code == 404, "a draft is no application"
    assert world.people["admin"].get("/instructor/approval?search=student").json()["count"] == 0
    told = world.opened.served.personal(world.caller("student")).instructor()
    assert (told.title, told.bio, told.applied_at) == ("Diver", "I dive.", None)


# --- courses and students
def test_own_courses_drafts_too(world: World) -> None:
    tess, course = world.people["instructor"], world.published("instructor")
    draft = tess.post("/courses", {"title": "Reefs"}).json()["id"]
    page = tess.get("/instructor/courses").json()
    assert {(each["id"], each["is_published"], each["is_lead"]) for each in page["results"]} == {
        (draft, False, True), (course, True, True),
    }  # fmt: skip
    for wanted, found in (("true", [draft]), ("false", [course])):  # SRC-01
        page = tess.get(f"/instructor/courses?is_draft={wanted}").json()
        assert (page["count"], [each["id"] for each in page["results"]]) == (1, found)
    assert world.people["foreign"].get("/instructor/courses").json()["count"] == 0


@pytest.mark.postgresql
def test_students_are_listed_suspended_and_let_on(
    world: World, tmp_path: Path, clock: FakeClock
) -> None:  # ENR-12, INS-13
    tess, ola, course = world.people["instructor"], world.people["assistant"], world.published("instructor")
    world.opened.hub.project()
    row = ROSTER_ENTRY.id_for(course, world.account("enrolled"))
    page = tess.get("/instructor/students?search=enrolled").json()
    assert [(each["id"], each["status"], each["course_id"]) for each in page["results"]] == [(row, "active", course)]
    assert ola.get("/instructor/students").json()["count"] == 0, "without the right"
    assert ola.get(f"/instructor/students/{row}").status_code == 404
    learner = world.people["enrolled"]
    lesson = world.lesson(course)
    assert learner.get(f"/lessons/{lesson}").json()["body"]
    said = tess.ask("PATCH", f"/instructor/students/{row}", json={"status": "suspended"})
    assert said.json()["status"] == "suspended"
    world.opened.hub.project()
    assert tess.get("/instructor/students?status=suspended").json()["count"] == 1
    assert learner.get(f"/lessons/{lesson}").json()["body"] is None
    assert code(learner.post(f"/courses/{course}/enroll")) == (403, "enrollment_suspended"), "nobody lets themselves on"
    with laptop_of(world, "enrolled", tmp_path, clock) as laptop:
        assert laptop.learning.enrollment(course) == "suspended"
        reinstated = ops.act(ENROLLMENT, ENROLLMENT.id_for(laptop.account, course), "reinstate", expect="suspended")
        with laptop.work() as unit, pytest.raises(Denied):
            unit.emit(reinstated)
    assert tess.ask("PATCH", f"/instructor/students/{row}", json={"status": "active"}).json()["status"] == "active"
    assert learner.get(f"/lessons/{lesson}").json()["body"]
