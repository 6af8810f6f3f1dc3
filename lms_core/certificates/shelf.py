"""Certificates on a laptop: its owner's as they came by sync, made as PDF and proved without a network (CER-10)."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from sqlalchemy import select

from lms_core.certificates import entities as e
from lms_core.certificates import tables as t
from lms_core.certificates.model import Credential, Shown, Verdict, is_genuine, judged, read_file, read_row, verdict_of
from lms_core.certificates.templates import paper_of
from lms_core.courses.tables import course_card
from lms_core.errors import Conflict, NotFound
from lms_core.learning.tables import course_progress, derived_course_progress, enrollment
from lms_core.permissions import LEARNING
from lms_core.unit import Unit, Work

Given = Literal["", "given", "provisional", "here"]
"""Whether a course gives a certificate, it is earned as far as this device knows, or it is here."""


class Provisional(msgspec.Struct, frozen=True):
    """A course that this device holds for completed, whose certificate the server has not issued yet."""

    course_id: str
    title: str


class CertificatesShelf:
    """The certificates of one account on this device; `server` is the address where they are verified."""

    def __init__(self, work: Work, *, me: str, server: str) -> None:
        self._work, self._me, self._server = work, me, server

    def own(self) -> list[Shown]:
        """All of them, the last issued first; those that count no more included."""
        c = t.certificate.c
        with self._work() as unit:
            rows = unit.all(select(t.certificate).where(c.user_id == self._me).order_by(c.issued_at.desc(), c.id))
        return [read_row(dict(row._mapping)) for row in rows]

    def provisional(self) -> list[Provisional]:
        """Courses that are done, as far as this device knows, and give a certificate that is not here yet."""
        joined, card = enrollment.c, course_card.c
        with self._work() as unit:
            certified = select(t.certificate.c.course_id).where(t.certificate.c.user_id == self._me)
            rows = unit.all(
                select(card.course_id, card.title, joined.status)
                .join(enrollment, joined.course_id == card.course_id)
                .where(
                    joined.user_id == self._me, joined.status.in_(LEARNING), card.has_certificate, card.price == 0,
                    card.course_id.not_in(certified),
                )
                .order_by(card.title)
            )  # fmt: skip
            done = _done(unit, self._me)
        return [Provisional(r.course_id, r.title) for r in rows if r.status == "completed" or r.course_id in done]

    def state_of(self, course: str) -> Given:
        """What a course's page says of its certificate."""
        c = t.certificate.c
        mine = select(c.id).where(c.user_id == self._me, c.course_id == course, c.is_valid)
        with self._work() as unit:
            if unit.all(mine):
                return "here"
            rows = unit.all(select(course_card.c.has_certificate).where(course_card.c.course_id == course))
        if not rows or not rows[0].has_certificate:
            return ""
        return "provisional" if any(each.course_id == course for each in self.provisional()) else "given"

    def file(self, certificate: str) -> tuple[str, bytes]:
        """The number of an own certificate and its PDF. Raises NotFound, Conflict `certificate_revoked`."""
        with self._work() as unit:
            row = unit.row(e.CERTIFICATE, certificate)
            if row is None or row["user_id"] != self._me:
                raise NotFound
            found = read_row(row)
            version = found.credential.template_version
            template = unit.row(e.CERTIFICATE_TEMPLATE, e.CERTIFICATE_TEMPLATE.id_for(version))
        if not found.is_valid:
            raise Conflict("certificate_revoked")
        return found.credential.certificate_number, paper_of(found.credential, template, server=self._server)

    # --- proving
    def verify_file(self, data: bytes) -> Verdict:
        """Whether this hub has signed the certificate in a PDF; that it was revoked is known of own ones alone.

        Raises UserError `certificate_unreadable`.
        """
        return self._judge(read_file(data))

    def verify_number(self, number: str) -> Verdict:
        """What this device knows of a number: certificates of its owner. Raises NotFound `certificate_unknown`."""
        with self._work() as unit:
            row = _numbered(unit, number.strip())
        if row is None:
            raise NotFound("certificate_unknown")
        found = read_row(row)
        return self._judge(found.credential) if found.is_valid else judged(found)

    def _judge(self, credential: Credential) -> Verdict:
        with self._work() as unit:
            keys = [r.public_key for r in unit.all(select(t.signing_key.c.public_key))]
            row = _numbered(unit, credential.certificate_number)
        if not is_genuine(credential, keys):
            return verdict_of(credential, "forged")
        if row is not None and not row["is_valid"]:
            return judged(read_row(row))
        return verdict_of(credential, "valid")


def _numbered(unit: Unit, number: str) -> dict[str, Any] | None:
    rows = unit.all(select(t.certificate).where(t.certificate.c.certificate_number == number))
    return dict(rows[0]._mapping) if rows else None


def _done(unit: Unit, me: str) -> set[str]:
    """Courses of which every lesson is done, as this device reckons or as the hub last told."""
    found: set[str] = set()
    for c in (course_progress.c, derived_course_progress.c):
        whole = (c.user_id == me, c.lessons_total > 0, c.lessons_done >= c.lessons_total)
        found.update(row.course_id for row in unit.all(select(c.course_id).where(*whole)))
    return found
