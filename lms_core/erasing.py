"""An account goes: what tells of the person is erased, what was learned stays under a name that says nothing (ACC-19).

Erased are names, addresses, profile, picture, private notes, sign-ins and devices. Enrolments, progress, attempts and
grades stay, for the figures of courses hang on them. The row of the account stays too and says when it was deleted, so
that neither a registration card nor the journal brings the person back, and its laptops are told why they are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, delete, select, update

from lms_core import ops
from lms_core.accounts import personal
from lms_core.accounts import tables as a
from lms_core.accounts.audit import Action, By, check_admin, note
from lms_core.accounts.entities import ACCOUNT
from lms_core.accounts.model import Caller, Origin, key_of
from lms_core.accounts.people import WorkAs
from lms_core.accounts.service import AccountsService, Look
from lms_core.accounts.standing import account_row, check_not_last
from lms_core.certificates.entities import CERTIFICATE
from lms_core.certificates.tables import certificate
from lms_core.classes.entities import COHORT_MEMBER
from lms_core.classes.tables import cohort_member
from lms_core.courses import entities as courses
from lms_core.courses.rules import instructor_id
from lms_core.courses.tables import course, course_card, course_file, course_instructor
from lms_core.db.rows import VISIBLE
from lms_core.errors import Conflict, NotFound, UserError
from lms_core.invitations.tables import invitation
from lms_core.learning.entities import ACTIVITY_LOG, BOOKMARK, CONTRIBUTOR, NOTE, SEARCH_LOG
from lms_core.learning.rights import note_holder
from lms_core.mail.tables import mail
from lms_core.media.tables import held_file, upload_record
from lms_core.notifications.entities import NOTIFICATION
from lms_core.notifications.tables import digest, notification_mail
from lms_core.ops import Values
from lms_core.permissions import AUTHORS
from lms_core.review.entities import ENTITIES as REVIEW
from lms_core.schema import Actor, Entity
from lms_core.sync import tables as sync
from lms_core.sync.entities import CONFLICT
from lms_core.unit import Unit

NAME = "Deleted"
PRIVATE = (*personal.PERSONAL, NOTE, CONTRIBUTOR, BOOKMARK, *REVIEW, NOTIFICATION, ACTIVITY_LOG, SEARCH_LOG)
"""Rows that tell of nobody but their owner: erased and gone."""
EMPTIED = (
    a.credential, a.second_factor, a.recovery_code, a.identity, a.provider_visit, a.proof, mail, notification_mail,
    digest, invitation,
    sync.held, sync.quarantined, sync.refused, sync.usage, held_file, upload_record,
)  # fmt: skip
"""Tables with a column `account` whose rows go with it."""
BLANKED: Mapping[Table, Mapping[str, Any]] = {
    a.session: {"ip_address": "", "user_agent": "", "location": "", "device_type": "unknown"},
    a.login_log: {"ip_address": "", "user_agent": ""},
    a.device: {"name": "", "platform": "", "app_version": "", "recovery": b""},
}
"""Tables whose rows stay and tell nothing any more."""
KEPT = (sync.replica, sync.taken, sync.grant)
"""Tables that hold no more of an account than its id."""


class ErasureService:
    """Delete accounts, and hand the courses over that stand in the way."""

    def __init__(self, *, work: WorkAs, look: Look, accounts: AccountsService) -> None:
        self._work, self._look, self._accounts = work, look, accounts

    def delete_own(self, caller: Caller, password: str) -> None:
        """Delete the caller's account, who says the password again.

        Raises:
            UserError: `invalid_fields`, `last_admin`. Conflict: `owns_courses`.
        """
        self._accounts.prove(caller, password)
        self._delete(caller.account, By(caller.account), lambda unit, by: None)

    def delete(self, caller: Caller, who: str, *, origin: Origin) -> None:
        """Delete somebody's account; for administrators. Raises as `delete_own`, NotFound."""
        self._delete(who, By.of(caller, origin), check_admin)

    def _delete(self, who: str, by: By, check: Callable[[Unit, By], None]) -> None:
        with self._work(Actor(by.account or "hub", "admin")) as unit:
            check(unit, by)
            row = account_row(unit, who)
            check_not_last(unit, who, row)
            owned = courses_of(unit, who)
            if owned:
                titles = ", ".join(each["title"] for each in owned)
                raise Conflict("owns_courses", courses=owned, count=len(owned), titles=titles)
            self._accounts.end_all(unit, who)
            erase(unit, who, row)
            note(unit, by, Action.ACCOUNT_DELETED, entity="account", row=who, before={"role": row["role"]})

    def hand_over(
        self, caller: Caller, who: str, to: str, *, only: Sequence[str] | None = None, origin: Origin
    ) -> list[dict[str, str]]:
        """Make somebody else the lead instructor of courses that `who` leads, by default of all; returns them.

        For whoever leads them and for administrators; `to` is an id or an e-mail address.

        Raises:
            NotFound, Denied. UserError: `cannot_lead` when the other cannot.
        """
        by = By.of(caller, origin)
        with self._work(Actor(caller.account, caller.role)) as unit:
            if who != caller.account:
                check_admin(unit, by)
            account_row(unit, who)
            to = _check_heir(unit, who, to)
            owned = courses_of(unit, who)
            chosen = [each for each in owned if only is None or each["id"] in only]
            if only is not None and len(chosen) < len(set(only)):
                raise NotFound
            for each in chosen:
                _hand_over(unit, each["id"], who, to)
                change = {"before": {"lead": who}, "after": {"lead": to}}
                note(unit, by, Action.COURSE_HANDED_OVER, entity="course", row=each["id"], **change)
            return chosen

    def courses(self, caller: Caller, who: str) -> list[dict[str, str]]:
        """Courses (id, title) that somebody leads alone; for the owner and administrators."""
        with self._work(Actor(caller.account, caller.role)) as unit:
            if who != caller.account:
                check_admin(unit, By(caller.account))
            account_row(unit, who)
            return courses_of(unit, who)


def courses_of(unit: Unit, who: str) -> list[dict[str, str]]:
    """Courses, by title, that nobody else leads."""
    c = course_instructor.c
    led = select(c.course_id).where(c.user_id == who, c.is_lead, c.is_active)
    others = select(c.course_id).where(c.user_id != who, c.is_lead, c.is_active)
    alone = select(course.c.id, course.c.title).where(course.c.id.in_(led), course.c.id.not_in(others))
    return [{"id": row.id, "title": row.title} for row in unit.all(alone.order_by(course.c.title, course.c.id))]


def _check_heir(unit: Unit, who: str, to: str) -> str:
    """A course is led by somebody else, whose account is open and who may write courses; returns the account."""
    named = unit.all(select(a.credential.c.account).where(a.credential.c.email_key == key_of(to)))
    to = named[0].account if named else to
    try:
        row = account_row(unit, to)
    except NotFound as error:
        raise UserError("cannot_lead") from error
    if to == who or not row["is_active"] or row["role"] not in AUTHORS:
        raise UserError("cannot_lead")
    return to


def _hand_over(unit: Unit, name: str, who: str, to: str) -> None:
    """First the new lead, then the old one steps back and stays an instructor of the course."""
    heir, rights = instructor_id(name, to), ("can_edit_content", "can_manage_students", "can_view_analytics")
    now = unit.row(courses.COURSE_INSTRUCTOR, heir)
    if now is None:
        unit.emit(ops.create(courses.COURSE_INSTRUCTOR, heir, {"course_id": name, "user_id": to, "is_lead": True}))
    for field in ("is_lead", "is_active", *rights) if now else ():
        unit.emit(ops.change(courses.COURSE_INSTRUCTOR, heir, field, True))
    unit.emit(ops.change(courses.COURSE_INSTRUCTOR, instructor_id(name, who), "is_lead", False))
    _share_files(unit, name, who, to)


def _share_files(unit: Unit, name: str, who: str, to: str) -> None:
    """Count the files that somebody gave for a course as another's too: readers get those of its instructors."""
    given = select(held_file.c.sha256, held_file.c.size).where(held_file.c.account == who)
    named = select(course_file.c.sha256).where(course_file.c.course_id == name)
    for file in unit.all(given.where(held_file.c.sha256.in_(named))):
        note_holder(unit, to, file.sha256, file.size)


# --- erasing
def erase(unit: Unit, who: str, row: Values) -> None:
    """Erase what tells of a person, inside a unit of the hub."""
    for entity in PRIVATE:
        table = VISIBLE.tables[entity.name]
        for (name,) in unit.all(select(table.c.id).where(table.c.user_id == who)):
            _erase_row(unit, entity, name)
    _forget_conflicts(unit, who)
    _leave_classes(unit, who)
    _leave_courses(unit, who, f"{row['first_name']} {row['last_name']}".strip())
    unit.local(delete(invitation).where(invitation.c.email_key == key_of(row["email"])))
    _void_certificates(unit, who)
    for table in EMPTIED:
        unit.local(delete(table).where(table.c.account == who))
    for table, blank in BLANKED.items():
        unit.local(update(table).where(table.c.account == who).values(blank))
    told = (Action.ACCOUNT_CREATED, Action.ACCOUNT_CHANGED)
    mine = (a.audit.c.entity_id == who, a.audit.c.action.in_([each.value for each in told]))
    unit.local(update(a.audit).where(*mine).values(before=None, after=None))
    unit.local(update(a.audit).where(a.audit.c.actor == who).values(ip_address=""))
    unit.derive(ACCOUNT, who, row | {
        "email": "", "username": f"deleted-{who[-12:]}", "first_name": NAME, "last_name": who[-6:], "cohort": "",
        "role": "student", "is_active": False, "is_email_verified": False, "deleted_at": unit.now_ms,
    })  # fmt: skip


def _erase_row(unit: Unit, entity: Entity, name: str) -> None:
    """Empty a row before it goes, for what is gone is kept with its last values."""
    blank = {n: f.default for n, f in entity.fields.items() if n not in ("user_id", *entity.maps)}
    unit.derive(entity, name, blank)
    unit.derive(entity, name, None)


def _forget_conflicts(unit: Unit, who: str) -> None:
    """What a merge could not place goes where nobody else sees it; elsewhere it is nobody's."""
    table, own = VISIBLE.tables[CONFLICT.name], [f"account/{who}"]
    for found in unit.all(select(table).where((table.c.account_id == who) | (table.c.by == who))):
        if (found.audience or own) == own:
            unit.derive(CONFLICT, found.id, {"mine": "", "theirs": "", "before": "", "author": "", "by_name": ""})
            unit.derive(CONFLICT, found.id, None)
            continue
        nobody: Values = {"account_id": "", "author": ""} if found.account_id == who else {}
        nobody |= {"by": "", "by_name": ""} if found.by == who else {}
        unit.derive(CONFLICT, found.id, nobody | {"audience": [each for each in found.audience if each not in own]})


def _leave_courses(unit: Unit, who: str, name: str) -> None:
    """Teach nothing any more; cards of courses do not name the person either."""
    c = course_instructor.c
    for taught in unit.all(select(c.id, c.course_id).where(c.user_id == who)):
        leads = select(c.user_id).where(c.course_id == taught.course_id, c.is_lead, c.is_active, c.user_id != who)
        for lead in unit.all(leads):
            _share_files(unit, taught.course_id, who, lead.user_id)
        unit.derive(courses.COURSE_INSTRUCTOR, taught.id, {"is_active": False, "is_lead": False, "title": ""})
        for card in unit.all(select(course_card).where(course_card.c.course_id == taught.course_id)):
            unit.derive(courses.COURSE_CARD, card.id, {
                "instructors": _without(card.instructors or (), name), "authors": _without(card.authors or (), name),
            })  # fmt: skip


def _leave_classes(unit: Unit, who: str) -> None:
    """Be in no class any more; what is left there names nobody."""
    for (name,) in unit.all(select(cohort_member.c.id).where(cohort_member.c.user_id == who)):
        unit.derive(COHORT_MEMBER, name, {"name": f"{NAME} {who[-6:]}", "is_active": False})


def _void_certificates(unit: Unit, who: str) -> None:
    """Certificates name nobody any more, and prove nothing without the name; their numbers stay taken."""
    for (name,) in unit.all(select(certificate.c.id).where(certificate.c.user_id == who)):
        void = {"is_valid": False, "payload": {}, "signature": "", "revocation_reason": ""}
        unit.derive(CERTIFICATE, name, void | {"revocation_date": unit.now_ms})


def _without(names: Iterable[str], name: str) -> list[str]:
    return [each for each in names if each != name]
