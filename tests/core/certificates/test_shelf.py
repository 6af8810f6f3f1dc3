"""Certificates on a laptop: its own ones, what is still to come, and proofs without a network (CER-10)."""

from __future__ import annotations

import msgspec
import pytest

from lms_core.accounts.keys import AccountKeys
from lms_core.certificates.paper import draw
from lms_core.certificates.templates import SHIPPED
from lms_core.courses.entities import COURSE_CARD
from lms_core.errors import Conflict, NotFound, UserError
from lms_core.learning.entities import COURSE_PROGRESS
from lms_core.workspace import Workspace
from tests.certified import certify, credential_of, signed
from tests.told import tell

COURSE = "0197a3c2-7b1e-7c3a-9d55-3f0a2b6c1d03"
SERVER = "https://learn.school.example"


def test_own_certificates_are_listed_and_made_as_pdf(workspace: Workspace) -> None:  # CER-10, CER-05
    old = credential_of(workspace.account, COURSE, issued_at=1_700_000_000_000)
    new = credential_of(workspace.account, COURSE, template="v2")
    gone = certify(workspace, old, is_valid=False, revocation_date=5, revocation_reason="A name was misspelt")
    row = certify(workspace, new, turn=1)
    shelf = workspace.certificates
    assert [(each.id, each.is_valid) for each in shelf.own()] == [(row, True), (gone, False)]
    assert shelf.own()[0].credential == new
    number, data = shelf.file(row)
    assert number == new.certificate_number
    assert data == draw(new, SHIPPED["v2"]["layout"], server="")
    with pytest.raises(Conflict, match="revoked"):
        shelf.file(gone)
    with pytest.raises(NotFound):
        shelf.file("nothing")


def test_a_foreign_row_is_no_own_certificate(workspace: Workspace) -> None:
    row = certify(workspace, credential_of("somebody", COURSE))
    assert workspace.certificates.own() == []
    with pytest.raises(NotFound):
        workspace.certificates.file(row)


def test_files_are_proved_without_a_network(workspace: Workspace) -> None:  # CER-07, CER-10
    certify(workspace, credential_of(workspace.account, COURSE))
    shelf, theirs = workspace.certificates, credential_of("somebody", COURSE, student_name="Tess Harbour")

    def file(credential: object) -> bytes:
        return draw(credential, SHIPPED["v1"]["layout"], server=SERVER)  # type: ignore[arg-type]

    said = shelf.verify_file(file(theirs))
    assert (said.state, said.student_name) == ("valid", "Tess Harbour")
    forger = AccountKeys(b"a forger's secret of thirty-two b")
    said = shelf.verify_file(file(signed(theirs, forger)))
    assert (said.state, said.student_name) == ("forged", ""), "what is forged is not repeated"
    facts = msgspec.structs.replace(theirs.facts, student_name="Somebody Else")
    assert shelf.verify_file(file(msgspec.structs.replace(theirs, facts=facts))).state == "forged"
    with pytest.raises(UserError):
        shelf.verify_file(b"%PDF-1.4")


def test_numbers_are_known_of_own_ones(workspace: Workspace) -> None:  # CER-10
    own = credential_of(workspace.account, COURSE)
    certify(workspace, own)
    assert workspace.certificates.verify_number(f" {own.certificate_number} ").state == "valid"
    with pytest.raises(NotFound) as missing:
        workspace.certificates.verify_number("CERT-1")
    assert missing.value.code == "certificate_unknown"
    certify(workspace, own, is_valid=False, revocation_date=7)
    said = workspace.certificates.verify_number(own.certificate_number)
    assert (said.state, said.revoked_at) == ("revoked", 7)
    assert workspace.certificates.verify_file(draw(own, SHIPPED["v1"]["layout"], server="")).state == "revoked"


def test_completion_is_provisional_until_the_certificate_is_here(workspace: Workspace) -> None:  # CER-10
    shelf, me = workspace.certificates, workspace.account
    card = {"course_id": COURSE, "title": "Between the tides", "is_published": True}
    tell(workspace, "course_card", COURSE_CARD.id_for(COURSE), **card)
    workspace.learning.enroll(COURSE)
    assert shelf.state_of(COURSE) == ""
    tell(workspace, "course_card", COURSE_CARD.id_for(COURSE), **card, has_certificate=True)
    assert (shelf.state_of(COURSE), shelf.provisional()) == ("given", [])
    figures = {"user_id": me, "course_id": COURSE, "lessons_done": 3, "lessons_total": 3}
    tell(workspace, "course_progress", COURSE_PROGRESS.id_for(me, COURSE), **figures)
    assert shelf.state_of(COURSE) == "provisional"
    assert [each.title for each in shelf.provisional()] == ["Between the tides"]
    certify(workspace, credential_of(me, COURSE))
    assert (shelf.state_of(COURSE), shelf.provisional()) == ("here", [])
