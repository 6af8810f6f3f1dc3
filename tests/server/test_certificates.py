"""Certificates at the server: issued once and promptly, revoked, issued anew, verified by anybody (CER)."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from PIL import Image
from sqlalchemy import select

from lms_core.accounts.passwords import PasswordHasher
from lms_core.accounts.tables import instructor_profile
from lms_core.certificates.model import is_genuine, read_file
from lms_core.courses import entities as e
from lms_core.courses.service import CoursesService
from lms_core.schema import Actor
from sync_server.config import Settings
from tests.core.school import add_quiz
from tests.fakes import FakeClock
from tests.server.certifying import enrolled, keys_of, listed, reopened
from tests.server.learners import NONE, laptop_of, open_world
from tests.server.people import Client
from tests.server.rights import Desk, World
from tests.server.rights_certificates import certified, certified_course, complete

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)


@pytest.fixture
def world(data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher) -> Iterator[World]:
    with open_world(data, settings, clock, hasher) as each:
        yield each


# --- issuing
@pytest.mark.postgresql
def test_a_completed_course_gives_one_certificate(world: World) -> None:  # CER-01, CER-02, CER-03, PRG-05
    course = certified_course(world)
    enrolled(world, "student", course)
    service = world.opened.served.certificates
    assert (service.issue_due(), listed(world)) == (0, [])
    complete(world, "student", course)
    assert (service.issue_due(), service.issue_due()) == (1, 0)
    assert service.sweep() == {"issued": 0, "released": 0}
    (found,) = listed(world)
    student = world.account("student")
    stamp = datetime.fromisoformat(found["issued_at"]).strftime("%Y%m%d%H%M%S")
    assert found["certificate_number"] == f"CERT-{course[-12:]}-{student[-12:]}-{stamp}"
    assert len(found["certificate_number"]) == 45
    assert (found["student_name"], found["is_valid"], found["template_version"]) == ("Student Moyo", True, "v1")
    assert (found["course_id"], found["user_id"]) == (course, student)
    assert len(found["verification_hash"]) == 64
    told = world.people["student"].get("/notifications").json()["results"]
    assert [each["event"] for each in told if each["notification_type"] == "certificate"] == ["certificate_issued"]
    assert found["verification_url"].endswith(f"/certificates/verify?certificate_number={found['certificate_number']}")


def test_what_a_crash_lost_the_job_finds(world: World) -> None:  # CER-02
    course = certified_course(world)
    enrolled(world, "student", course)
    complete(world, "student", course)
    world.opened.served.certificates._due.take()
    assert world.opened.served.certificates.issue_due() == 0
    assert "certificates" in {job.name for job in world.opened.jobs._jobs}
    assert world.opened.served.certificates.sweep() == {"issued": 1, "released": 0}
    assert len(listed(world)) == 1


def test_no_certificate_without_the_wish_of_the_course(world: World) -> None:  # CER-02
    enrolled(world, "student", world.free())
    complete(world, "student", world.free())
    assert world.opened.served.certificates.issue_due() == 0
    assert world.opened.served.certificates.sweep()["issued"] == 0


def test_every_quiz_of_the_course_must_be_passed(world: World) -> None:  # CER-02, ASM-16
    """Completed is not enough: a version with a quiz came after the last lesson was done."""
    course = certified_course(world)
    enrolled(world, "student", course)
    complete(world, "student", course)
    with world.opened.hub.unit(Actor(world.account("foreign"), "instructor")) as unit:
        courses = CoursesService(lambda: nullcontext(unit))
        add_quiz(Desk(courses), courses.outline(course).modules[0].id, mode="graded")
        courses.publish(course)
    world.opened.hub.project()
    assert world.opened.served.certificates.issue_due() == 0
    assert world.opened.served.certificates.sweep()["issued"] == 0


def test_paid_courses_wait_for_premium(world: World) -> None:  # CER-09
    course = certified_course(world, price=5.0, lead="instructor")
    certificate = complete(world, "enrolled", course)
    assert world.opened.served.certificates.issue_due() == 1
    assert listed(world, "enrolled") == []
    inbox = world.people["enrolled"].get("/notifications").json()["results"]
    assert "certificate" not in {each["notification_type"] for each in inbox}
    refused = world.people["enrolled"].get(f"/certificates/{certificate}/file")
    assert (refused.status_code, refused.json()["code"]) == (403, "premium_needed")
    with world.opened.hub.unit(Actor(world.account("instructor"), "instructor")) as unit:
        unit.derive(e.COURSE_CARD, e.COURSE_CARD.id_for(course), {"price": 0.0})
    assert world.opened.served.certificates.sweep() == {"issued": 0, "released": 1}
    assert len(listed(world, "enrolled")) == 1


def test_the_number_says_when_the_course_was_first_completed(world: World, clock: FakeClock) -> None:  # CER-03
    """A restored server may issue it late, when there are more lessons: the number is what it would have been."""
    course = certified_course(world)
    enrolled(world, "student", course)
    complete(world, "student", course)
    at = clock.now().strftime("%Y%m%d%H%M%S")
    world.opened.served.certificates._due.take()
    clock.advance(ms=300_000)
    with world.opened.hub.unit(Actor(world.account("foreign"), "instructor")) as unit:
        courses = CoursesService(lambda: nullcontext(unit))
        more = courses.add_lesson(courses.outline(course).modules[0].id, "Storms", body="They pass.")
        courses.publish(course)
    world.opened.hub.project()
    assert world.people["student"].post(f"/lessons/{more}/progress", {"is_completed": True}).status_code == 200
    world.opened.hub.project()
    assert world.opened.served.certificates.sweep()["issued"] == 1
    assert listed(world)[0]["certificate_number"].endswith(f"-{at}")


# --- file and verification
def test_the_file_proves_itself(world: World) -> None:  # CER-04, CER-05, CER-07
    certificate = certified(world, "student")
    answer = world.people["student"].get(f"/certificates/{certificate}/file")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    credential = read_file(answer.content)
    assert is_genuine(credential, keys_of(world.opened))
    assert credential.facts.student_name == "Student Moyo"
    assert not is_genuine(credential, [base64.b64encode(bytes(32)).decode()])


def test_the_school_is_on_it_with_name_and_logo(
    data: Path, tmp_path: Path, clock: FakeClock, hasher: PasswordHasher
) -> None:  # CER-05
    Image.new("RGBA", (900, 300), "navy").save(tmp_path / "logo.png")
    with open_world(data, Settings(certificate_logo=str(tmp_path / "logo.png")), clock, hasher) as world:
        certificate = certified(world, "student")
        with_logo = world.people["student"].get(f"/certificates/{certificate}/file").content
        with laptop_of(world, "student", tmp_path, clock) as laptop:
            assert b"/Subtype /Image" in laptop.certificates.file(certificate)[1], "a laptop has it without a network"
    assert b"/Subtype /Image" in with_logo
    with reopened(data, Settings(institution="Karoo Open School"), clock, hasher) as (_, http):
        admin = Client(http).sign_in("admin")
        again = admin.post(f"/certificates/{certificate}/reissue", {}).json()
        without = admin.get(f"/certificates/{again['id']}/file").content
    assert read_file(without).facts.issuer == "Karoo Open School"
    assert b"/Subtype /Image" not in without


def test_the_instructor_signs_it(world: World, tmp_path: Path) -> None:  # CER-05
    picture, teacher = io.BytesIO(), world.caller("foreign")
    Image.new("RGBA", (600, 200), (20, 20, 80, 90)).save(picture, "PNG")
    world.opened.hub.project()
    world.opened.served.personal(teacher).set_signature(picture.getvalue())
    certificate = certified(world, "student")
    data = world.people["student"].get(f"/certificates/{certificate}/file").content
    credential = read_file(data)
    assert credential.facts.signature_image
    assert b"/Subtype /Image" in data
    assert is_genuine(credential, keys_of(world.opened))
    unsigned = msgspec.structs.replace(credential.facts, signature_image="")
    assert not is_genuine(msgspec.structs.replace(credential, facts=unsigned), keys_of(world.opened))


def test_nobody_signs_with_a_picture_of_somebody_else(world: World) -> None:
    """To name a hash gives its bytes to nobody."""
    picture = io.BytesIO()
    Image.new("RGB", (60, 20), "navy").save(picture, "PNG")
    world.opened.hub.project()
    world.opened.served.personal(world.caller("instructor")).set_signature(picture.getvalue())
    with world.opened.hub.unit() as unit:
        named = instructor_profile.c.signature_image
        (theirs,) = unit.all(select(named).where(named.is_not(None)))
    world.opened.served.personal(world.caller("foreign")).change_instructor(signature_image=theirs.signature_image)
    certificate = certified(world, "student")
    data = world.people["student"].get(f"/certificates/{certificate}/file").content
    assert read_file(data).facts.signature_image == ""


def test_anybody_verifies_and_learns_no_more_than_that(world: World) -> None:  # CER-06
    certified(world, "student")
    (own,) = listed(world)
    guest, query = world.people["guest"], {"certificate_number": own["certificate_number"]}
    told = guest.get("/certificates/verify", params=query).json()
    assert told == {
        "certificate_number": own["certificate_number"], "is_valid": True, "student_name": "Student Moyo",
        "course_title": own["course_title"], "completion_date": own["completion_date"], "revocation_date": None,
    }  # fmt: skip
    page = guest.get("/certificates/verify", params=query, headers={"Accept": "text/html,*/*", "Accept-Language": "de"})
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "Dieses Zertifikat ist gültig." in page.text
    assert "Student Moyo" in page.text
    assert world.account("student") not in page.text
    unknown = guest.get("/certificates/verify", params={"certificate_number": "<b>"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "certificate_unknown")
    html = {"Accept": "text/html"}
    strange = guest.get("/certificates/verify", params={"certificate_number": "<b>"}, headers=html)
    assert (strange.status_code, "<b>" in strange.text) == (404, False)
    assert guest.get("/certificates/verify").status_code == 400
    assert guest.get("/certificates/verify", headers=html).status_code == 200
    assert guest.get("/certificates/verify", params={"certificate_number": "x" * 5000}).status_code == 404


def test_numbers_cannot_be_tried_out(
    data: Path, clock: FakeClock, hasher: PasswordHasher, database_url: str
) -> None:  # CER-06
    with open_world(data, Settings(database_url=database_url, verifications_per_address=2), clock, hasher) as world:
        told = [
            world.people["guest"].get("/certificates/verify", params={"certificate_number": "x"}).status_code
            for _ in range(3)
        ]
        assert told == [404, 404, 429]


# --- administrators
@pytest.mark.postgresql
def test_revoked_and_issued_anew(world: World, clock: FakeClock) -> None:  # CER-08, SEC-12
    certificate, admin, guest = certified(world, "student"), world.people["admin"], world.people["guest"]
    (old,) = listed(world)
    assert admin.post(f"/certificates/{certificate}/revoke", {"reason": " "}).json()["code"] == "invalid_fields"
    assert admin.post(f"/certificates/{certificate}/revoke", {}).status_code == 400
    assert admin.post(f"/certificates/{NONE}/revoke", {"reason": "x"}).status_code == 404
    revoked = admin.post(f"/certificates/{certificate}/revoke", {"reason": "Copied answers"})
    assert (revoked.status_code, revoked.json()["is_valid"]) == (200, False)
    assert revoked.json()["revocation_reason"] == "Copied answers"
    again = admin.post(f"/certificates/{certificate}/revoke", {"reason": "Once more"})
    assert (again.status_code, again.json()["code"]) == (409, "certificate_revoked")
    said = guest.get("/certificates/verify", params={"certificate_number": old["certificate_number"]})
    assert (said.json()["is_valid"], said.json()["revocation_date"] is not None) == (False, True)
    assert "Copied" not in said.text
    assert world.people["student"].get(f"/certificates/{certificate}/file").status_code == 409
    assert world.opened.served.certificates.sweep()["issued"] == 0, "what was revoked does not come back by itself"
    clock.advance(ms=5000)
    new = admin.post(f"/certificates/{certificate}/reissue", {"reason": "Cleared up"})
    assert (new.status_code, new.json()["is_valid"]) == (201, True)
    assert new.json()["certificate_number"] != old["certificate_number"]
    assert admin.post(f"/certificates/{certificate}/reissue", {}).json()["code"] == "certificate_replaced"
    assert [each["is_valid"] for each in listed(world)] == [True, False]
    assert world.people["student"].get(f"/certificates/{new.json()['id']}/file").status_code == 200
    noted = admin.get("/audit", params={"entity": "certificate"}).json()["results"]
    assert [each["action"] for each in noted] == ["certificate.reissued", "certificate.revoked"]
    assert noted[1]["after"] == {"reason": "Copied answers"}


def test_many_at_once(world: World) -> None:  # CER-08
    course = certified_course(world)
    for name in ("student", "enrolled"):
        enrolled(world, name, course)
        complete(world, name, course)
    admin = world.people["admin"]
    world.opened.served.certificates._due.take()
    assert admin.post("/certificates/bulk", {"action": "issue", "course_id": course}).json() == {"count": 2}
    assert admin.post("/certificates/bulk", {"action": "issue", "course_id": course}).json() == {"count": 0}
    (noted, _) = admin.get("/audit", params={"action": "certificates.issued"}).json()["results"]
    assert (noted["entity_id"], noted["after"]) == (course, {"count": 0})
    assert admin.post("/certificates/bulk", {"action": "issue", "course_id": NONE}).status_code == 404
    for wrong in ({"action": "issue"}, {"action": "burn"}, {"action": "revoke", "certificates": ["x"], "reason": "x"}):
        assert admin.post("/certificates/bulk", wrong).status_code == 400
    every = admin.get("/certificates", params={"everyone": "true", "course": course}).json()["results"]
    ids = [each["id"] for each in every]
    assert len(ids) == 2
    found = admin.get("/certificates", params={"everyone": "true", "search": "enrolled mo"}).json()["results"]
    assert [each["student_name"] for each in found] == ["Enrolled Moyo"]
    half = {"action": "revoke", "certificates": [ids[0], NONE], "reason": "Wrong course"}
    assert admin.post("/certificates/bulk", half).status_code == 404
    assert all(each["is_valid"] for each in listed(world)), "all or none"
    whole = {"action": "revoke", "certificates": [*ids, ids[0]], "reason": "Wrong course"}
    assert admin.post("/certificates/bulk", whole).json() == {"count": 2}
    assert world.people["student"].get("/certificates", params={"everyone": "true"}).status_code == 403
