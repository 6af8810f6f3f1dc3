"""Certificates at the hub: issued when earned, revoked and issued anew by administrators, verified by anybody (CER)."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, func, or_, select

from lms_core.accounts.audit import Action, By, check_admin, note
from lms_core.accounts.entities import ACCOUNT
from lms_core.accounts.keys import AccountKeys
from lms_core.accounts.model import Caller, Origin
from lms_core.accounts.service import Look
from lms_core.accounts.tables import account, instructor_profile
from lms_core.assessment.tables import grade
from lms_core.certificates import entities as e
from lms_core.certificates import tables as t
from lms_core.certificates.issuing import Due, completed_of, lacking, required_of
from lms_core.certificates.model import (
    Facts,
    Shown,
    Verdict,
    is_earned,
    is_released,
    judged,
    number_of,
    read_row,
    unsigned,
)
from lms_core.certificates.pictures import small_picture
from lms_core.certificates.templates import chosen, paper_of
from lms_core.courses import entities as courses
from lms_core.courses.publishing import Documents
from lms_core.courses.tables import course_instructor
from lms_core.errors import Conflict, Denied, LmsError, NotFound, UserError
from lms_core.learning import entities as learning
from lms_core.learning.tables import enrollment as learned
from lms_core.mail.letters import spoken
from lms_core.media.tables import held_file
from lms_core.notifications.notify import notify
from lms_core.permissions import is_admin, is_owner, is_owner_or_admin
from lms_core.ports import BlobStore
from lms_core.unit import Reader, Rows, Unit, Work

log = logging.getLogger(__name__)

MOST_AT_ONCE = 1000
SECOND = 1000


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What the operator decides: who issues, and whether paid courses' certificates need premium (CER-09)."""

    issuer: str = ""
    needs_premium: bool = True


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which certificates somebody looks for; `user` None: everybody's, what is empty does not matter."""

    user: str | None
    course: str = ""
    search: str = ""


class CertificatesService:
    """Certificates over the hub's units of work; every row is written in one with the journal."""

    def __init__(
        self, *, work: Work, look: Look, keys: AccountKeys, documents: Documents, blobs: BlobStore, due: Due,
        policy: Policy,
    ) -> None:  # fmt: skip
        self._work, self._look, self._keys, self._blobs = work, look, keys, blobs
        self._due, self._policy = due, policy
        self._required, self._completed = required_of(documents), completed_of(documents)

    # --- issued by the server
    def issue_due(self) -> int:
        """Issue what the projector has just seen earned; returns how many."""
        return sum(map(self._tried, self._due.take()))

    def sweep(self) -> dict[str, int]:
        """Issue what was missed, and release what may be had by now; the job does so."""
        with self._look() as conn:
            missed = self._earned(Rows(conn))
            held = conn.scalars(select(t.certificate.c.id).where(t.certificate.c.is_released.is_(False))).all()
        return {"issued": sum(map(self._tried, missed)), "released": sum(map(self._release, held))}

    def _earned(self, reader: Reader) -> list[str]:
        """Enrolments that lack what they have earned; those that lack a quiz cost no transaction each time."""
        required: dict[str, Collection[str] | None] = {}
        found = []
        for row in reader.all(lacking()):
            if row.course_id not in required:
                required[row.course_id] = self._required(reader, row.course_id)
            wanted = required[row.course_id]
            if wanted is not None and set(wanted) <= _passed(reader, row.user_id, row.course_id):
                found.append(row.id)
        return found

    def _tried(self, enrollment: str) -> bool:
        try:
            with self._work() as unit:
                return self._issue(unit, enrollment)
        except LmsError:  # one that fails holds up no other; the job tries again
            log.exception("no certificate could be issued for %s", enrollment)
            return False

    def _issue(self, unit: Unit, enrollment: str) -> bool:
        """Issue the first certificate of an enrolment, if it is earned and there is none."""
        joined = unit.row(learning.ENROLLMENT, enrollment)
        if joined is None or _rows(unit, t.certificate.c.enrollment_id == enrollment):
            return False
        user, course = joined["user_id"], joined["course_id"]
        person, card = unit.row(ACCOUNT, user), unit.row(courses.COURSE_CARD, courses.COURSE_CARD.id_for(course))
        required = self._required(unit, course)
        if card is None or required is None or person is None or person["deleted_at"]:
            return False
        earned = is_earned(
            status=joined["status"], has_certificate=bool(card["has_certificate"]), required=required,
            passed=_passed(unit, user, course),
        )  # fmt: skip
        if earned:
            at = min(self._completed(unit, user, course) or unit.now_ms, unit.now_ms) // SECOND * SECOND
            self._write(unit, enrollment, turn=0, issued_at=at, facts=self._facts(unit, person, card, at), card=card)
        return earned

    def _facts(self, unit: Unit, person: Mapping[str, Any], card: Mapping[str, Any], completed_at: int) -> Facts:
        return Facts(
            student_name=f"{person['first_name']} {person['last_name']}".strip(), student_id=person["id"],
            course_title=card["title"], completed_at=completed_at, instructor=", ".join(card["instructors"] or ()),
            issuer=self._policy.issuer, minutes=card["minutes"] or 0, level=card["level"] or "",
            language=spoken(card["language"] or "") or "en", signature_image=self._signature(unit, card["course_id"]),
        )  # fmt: skip

    def _signature(self, unit: Unit, course: str) -> str:
        """The signature of who leads the course, "" where there is none that they have given themselves."""
        lead, said = course_instructor.c, instructor_profile.c
        own = (held_file.c.sha256 == said.signature_image) & (held_file.c.account == said.user_id)
        query = select(said.signature_image).join(held_file, own).join(course_instructor, lead.user_id == said.user_id)
        where = (lead.course_id == course, lead.is_lead, lead.is_active)
        for row in unit.all(query.where(*where).order_by(said.user_id).limit(1)):
            try:
                return small_picture(self._blobs.read(row.signature_image))
            except LmsError:  # no picture, or not here any more: the name stands there
                log.warning("the signature for the certificates of %s cannot be used", course)
        return ""

    def _write(
        self, unit: Unit, enrollment: str, *, turn: int, issued_at: int, facts: Facts, card: Mapping[str, Any]
    ) -> str:
        """Sign and keep a certificate. The number follows from its time, so that a restored hub makes the same one."""
        key = self._keys.certificate_key
        if unit.row(e.SIGNING_KEY, e.SIGNING_KEY.id_for(key)) is None:
            unit.derive(e.SIGNING_KEY, e.SIGNING_KEY.id_for(key), {"public_key": key, "created_at": unit.now_ms})
        at = _free_stamp(unit, card["course_id"], facts.student_id, issued_at)
        made = unsigned(
            enrollment=enrollment, user=facts.student_id, course=card["course_id"], issued_at=at,
            template=chosen(unit, card["certificate_template"] or ""), facts=facts,
        )  # fmt: skip
        row, released = e.certificate_id(enrollment, turn), self._is_released(card)
        if released:
            _tell(unit, facts.student_id, row, facts.course_title)
        unit.derive(e.CERTIFICATE, row, {
            "enrollment_id": enrollment, "user_id": made.user_id, "course_id": made.course_id,
            "certificate_number": made.certificate_number, "is_valid": True,
            "is_released": released, "verification_hash": made.verification_hash,
            "signature": self._keys.sign_certificate(made.body()), "template_version": made.template_version,
            "issued_at": at, "payload": _plain(facts),
        })  # fmt: skip
        return row

    def _is_released(self, card: Mapping[str, Any]) -> bool:
        """Nobody can pay or subscribe yet, so that the price alone decides."""
        price = float(card["price"] or 0)
        return is_released(needs_premium=self._policy.needs_premium, price=price, has_paid=False, is_premium=False)

    def _release(self, certificate: str) -> bool:
        with self._work() as unit:
            held = _kept(unit, certificate).credential
            card = unit.row(courses.COURSE_CARD, courses.COURSE_CARD.id_for(held.course_id))
            if card is None or not self._is_released(card):
                return False
            unit.derive(e.CERTIFICATE, certificate, {"is_released": True})
            _tell(unit, held.user_id, certificate, held.facts.course_title)
            return True

    # --- read
    def certificates(self, caller: Caller, wanted: Wanted, *, offset: int, most: int) -> tuple[int, list[Shown]]:
        """How many there are, and some of them, the last issued first; others' for administrators alone.

        Raises Denied.
        """
        c = t.certificate.c
        if not is_owner(caller, wanted.user) and not is_admin(caller):
            raise Denied
        where: list[Any] = [c.user_id == wanted.user] if wanted.user else []
        where += [c.is_released] if not is_admin(caller) else []
        where += [c.course_id == wanted.course] if wanted.course else []
        if wanted.search:
            where.append(_found(wanted.search))
        with self._look() as conn:
            count = conn.scalar(select(func.count()).select_from(t.certificate).where(*where)) or 0
            query = select(t.certificate).where(*where).order_by(c.issued_at.desc(), c.id)
            return int(count), [read_row(dict(row._mapping)) for row in conn.execute(query.offset(offset).limit(most))]

    def file(self, caller: Caller, certificate: str, *, server: str) -> tuple[str, bytes]:
        """The number of a certificate and its PDF, for its owner and administrators; `server` is where it is verified.

        Raises NotFound, Conflict `certificate_revoked`.
        """
        with self._look() as conn:
            found = _seen(conn, caller, certificate)
            c = t.certificate_template.c
            version = found.credential.template_version
            row = conn.execute(select(t.certificate_template).where(c.version == version)).first()
        if not found.is_valid:
            raise Conflict("certificate_revoked")
        return found.credential.certificate_number, paper_of(
            found.credential, dict(row._mapping) if row else None, server=server
        )

    def verify(self, number: str) -> Verdict:
        """What anybody is told of a certificate (CER-06). Raises NotFound."""
        with self._look() as conn:
            query = select(t.certificate).where(t.certificate.c.certificate_number == number)
            row = conn.execute(query).mappings().first()
        if row is None:
            raise NotFound("certificate_unknown")
        return judged(read_row(dict(row)))

    # --- administrators
    def revoke(self, caller: Caller, certificate: str, reason: str, *, origin: Origin) -> Shown:
        """Say that a certificate counts no more, and why. Raises Denied, NotFound, Conflict `certificate_revoked`."""
        with self._work() as unit:
            by = By.of(caller, origin)
            check_admin(unit, by)
            self._revoke(unit, by, certificate, reason)
            return _kept(unit, certificate)

    def revoke_all(self, caller: Caller, certificates: Sequence[str], reason: str, *, origin: Origin) -> int:
        """Revoke several, all or none; those that count no more are left out. Raises as `revoke`; returns how many."""
        with self._work() as unit:
            by = By.of(caller, origin)
            check_admin(unit, by)
            valid = [each for each in dict.fromkeys(certificates) if _kept(unit, each).is_valid]
            for each in valid:
                self._revoke(unit, by, each, reason)
            return len(valid)

    def _revoke(self, unit: Unit, by: By, certificate: str, reason: str, *, anew: bool = False) -> None:
        reason = reason.strip()
        if not reason and not anew:
            raise UserError("invalid_fields", fields={"reason": ["field_required"]}, names="reason")
        if not _kept(unit, certificate).is_valid:
            raise Conflict("certificate_revoked")
        gone = {"is_valid": False, "revocation_date": unit.now_ms, "revocation_reason": reason}
        unit.derive(e.CERTIFICATE, certificate, gone)
        if not anew:
            self._note(unit, by, Action.CERTIFICATE_REVOKED, certificate, {"reason": reason})

    def reissue(self, caller: Caller, certificate: str, *, reason: str = "", origin: Origin) -> Shown:
        """Issue another in the place of the newest of an enrolment, as names and course are now.

        Raises Denied, NotFound, Conflict `certificate_replaced` for one in whose place there is another already.
        """
        with self._work() as unit:
            by = By.of(caller, origin)
            check_admin(unit, by)
            old = _kept(unit, certificate).credential
            turn = len(_rows(unit, t.certificate.c.enrollment_id == old.enrollment_id))
            if certificate != e.certificate_id(old.enrollment_id, turn - 1):
                raise Conflict("certificate_replaced")
            person = unit.row(ACCOUNT, old.user_id)
            card = unit.row(courses.COURSE_CARD, courses.COURSE_CARD.id_for(old.course_id))
            if person is None or person["deleted_at"] or card is None:
                raise NotFound
            if _kept(unit, certificate).is_valid:
                self._revoke(unit, by, certificate, reason, anew=True)
            facts = self._facts(unit, person, card, old.facts.completed_at)
            new = self._write(unit, old.enrollment_id, turn=turn, issued_at=unit.now_ms, facts=facts, card=card)
            self._note(unit, by, Action.CERTIFICATE_REISSUED, new, {"instead_of": certificate, "reason": reason})
            return _kept(unit, new)

    def issue_all(self, caller: Caller, course: str, *, origin: Origin) -> int:
        """Issue what is earned in a course and lacking, at most a thousand; tells how many. Raises Denied, NotFound."""
        with self._work() as unit:
            by = By.of(caller, origin)
            check_admin(unit, by)
            if unit.row(courses.COURSE_CARD, courses.COURSE_CARD.id_for(course)) is None:
                raise NotFound
            query = lacking().where(learned.c.course_id == course).limit(MOST_AT_ONCE)
            count = sum(self._issue(unit, row.id) for row in unit.all(query))
            note(unit, by, Action.CERTIFICATES_ISSUED, entity="course", row=course, after={"count": count})
            return count

    @staticmethod
    def _note(unit: Unit, by: By, action: Action, certificate: str, after: Mapping[str, Any]) -> None:
        note(unit, by, action, entity="certificate", row=certificate, after=after)


def _tell(unit: Unit, who: str, certificate: str, course: str) -> None:
    """Let the learner know that there is one to be had."""
    notify(unit, who, "certificate_issued", subject=certificate, values={"course": course}, action_url="certificates")


# --- reading rows
def _rows(unit: Unit, *where: Any) -> Sequence[Any]:
    return unit.all(select(t.certificate.c.id).where(*where))


def _kept(unit: Unit, certificate: str) -> Shown:
    row = unit.row(e.CERTIFICATE, certificate)
    if row is None:
        raise NotFound
    return read_row(dict(row))


def _seen(conn: Connection, caller: Caller, certificate: str) -> Shown:
    """A certificate that the caller may have."""
    row = conn.execute(select(t.certificate).where(t.certificate.c.id == certificate)).mappings().first()
    if row is None or not is_owner_or_admin(caller, row["user_id"]):
        raise NotFound
    found = read_row(dict(row))
    if not found.is_released and not is_admin(caller):
        raise Denied("premium_needed")
    return found


def _passed(reader: Reader, user: str, course: str) -> set[str]:
    g = grade.c
    mine = (g.user_id == user, g.course_id == course, g.passed, g.over_limit.is_(False))
    return {row.assessment_id for row in reader.all(select(g.assessment_id).where(*mine))}


def _free_stamp(unit: Unit, course: str, user: str, at: int) -> int:
    """The time, or the next second whose number nobody has."""
    at = at // SECOND * SECOND
    while _rows(unit, t.certificate.c.certificate_number == number_of(course, user, at)):
        at += SECOND
    return at


def _found(search: str) -> Any:
    """Certificates by a part of their number, or of the name or address of their learner."""
    full = account.c.first_name + " " + account.c.last_name
    people = select(account.c.id).where(
        or_(full.icontains(search, autoescape=True), account.c.email.icontains(search, autoescape=True))
    )
    c = t.certificate.c
    return or_(c.certificate_number.icontains(search, autoescape=True), c.user_id.in_(people))


def _plain(facts: Facts) -> dict[str, Any]:
    kept: dict[str, Any] = msgspec.to_builtins(facts)
    return kept
