"""Becoming an instructor at the hub: apply, confirm by the mailed link, be approved or not (INS-02, INS-03, INS-06)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Select, func, or_, select

from lms_core.accounts.audit import Action, By, check_admin, note
from lms_core.accounts.keys import AccountKeys
from lms_core.accounts.model import Caller, Origin, key_of, refuse
from lms_core.accounts.people import WorkAs
from lms_core.accounts.personal import INSTRUCTOR_PROFILE
from lms_core.accounts.personal_service import InstructorProfile, read_of, write_instructor
from lms_core.accounts.proofs import Purpose, issue, redeem
from lms_core.accounts.reading import users
from lms_core.accounts.service import AccountsService, Look
from lms_core.accounts.standing import change_role
from lms_core.accounts.tables import account, credential, instructor_profile
from lms_core.errors import Conflict, Denied, NotFound, UserError
from lms_core.instructors.model import MOST_REASON, Applicant, Decision, decide
from lms_core.notifications.notify import notify, notify_all
from lms_core.permissions import ADMIN, AUTHORS, INSTRUCTOR, STUDENT, is_admin, is_student, is_verified_user
from lms_core.schema import Actor
from lms_core.unit import Unit

PURPOSE: Purpose = "instructor_application"
NOTED = {
    "approve": Action.INSTRUCTOR_APPROVED, "reject": Action.INSTRUCTOR_REJECTED,
    "suspend": Action.INSTRUCTOR_SUSPENDED, "reactivate": Action.INSTRUCTOR_REACTIVATED,
}  # fmt: skip


class InstructorsService:
    """Applications over the hub's units of work; each verb asks who the caller is there."""

    def __init__(self, *, work: WorkAs, look: Look, keys: AccountKeys, accounts: AccountsService) -> None:
        self._work, self._look, self._keys, self._accounts = work, look, keys, accounts

    def _as(self, caller: Caller) -> AbstractContextManager[Unit]:
        return self._work(Actor(caller.account, caller.role))

    # --- who wishes to teach
    def apply(self, caller: Caller, fields: Mapping[str, Any], *, origin: Origin) -> InstructorProfile:
        """Apply with a profile, anew after a rejection; a link to confirm it goes by mail.

        Asked again before it is confirmed, the link is mailed once more.

        Raises:
            Denied: `address_unconfirmed` (ACC-11), `instructor_suspended`. Conflict: `not_a_student`.
            UserError: `invalid_fields`.
        """
        with self._as(caller) as unit:
            person = unit.all(users().where(account.c.id == caller.account))[0]
            if not is_verified_user(caller, person._mapping):
                raise Denied("address_unconfirmed")
            if not is_student(Actor(person.id, person.role)):
                raise Conflict("not_a_student")
            row = INSTRUCTOR_PROFILE.id_for(person.id)
            now = unit.row(INSTRUCTOR_PROFILE, row)
            if now and now["status"] == "suspended":
                raise Denied("instructor_suspended")
            write_instructor(unit, fields)
            open_one = now is not None and now["status"] == "pending" and now["applied_at"] is not None
            if not open_one:
                fresh = {"applied_at": unit.now_ms, "is_verified": False, "suspension_reason": ""}
                unit.derive(INSTRUCTOR_PROFILE, row, {"status": "pending"} | fresh)
            if not (open_one and now and now["is_verified"]):
                issue(unit, self._keys, PURPOSE, person, origin)
            return read_of(unit, INSTRUCTOR_PROFILE, person.id, InstructorProfile)

    def confirm(self, *, token: str = "", email: str = "", code: str = "") -> InstructorProfile:
        """Confirm an application by the token of the link, or by address and code.

        Raises:
            UserError: `proof_invalid`, the same for an unknown token, a wrong code and one that ran out.
        """
        with self._work(Actor("hub", "admin")) as unit:
            person = redeem(unit, self._keys, PURPOSE, token=token, email=email, code=code, spend=True)
            if person is not None:
                row = INSTRUCTOR_PROFILE.id_for(person.id)
                unit.derive(INSTRUCTOR_PROFILE, row, {"is_verified": True})
                found = read_of(unit, INSTRUCTOR_PROFILE, person.id, InstructorProfile)
                _tell_administrators(unit, found, f"{row} {found.applied_at}")
                return found
        raise UserError("proof_invalid")

    def status(self, caller: Caller) -> InstructorProfile:
        """What became of the caller's application. Raises NotFound before there is one."""
        with self._look() as conn:
            found = read_of(conn, INSTRUCTOR_PROFILE, caller.account, InstructorProfile)
        if not found.display_name or (found.applied_at is None and found.status == "pending"):
            raise NotFound
        return found

    # --- administrators
    def applications(
        self, caller: Caller, *, status: str = "", search: str = "", offset: int, most: int
    ) -> tuple[int, list[Applicant]]:
        """How many applied or teach, and some of them, who waits longest first; without a status all. Raises Denied."""
        with self._look() as conn:
            mine = conn.execute(select(account.c.role).where(account.c.id == caller.account, account.c.is_active))
            if not is_admin(Actor(caller.account, mine.scalar() or "")):
                raise Denied
            count = conn.scalar(_wanted(select(func.count()), status, search)) or 0
            query = _wanted(_columns(), status, search)
            waiting = (instructor_profile.c.applied_at, instructor_profile.c.id)
            rows = conn.execute(query.order_by(*waiting).offset(offset).limit(most))
            return int(count), [_applicant(row) for row in rows]

    def decide(self, caller: Caller, who: str, verb: str, *, reason: str = "", origin: Origin) -> Applicant:
        """Approve, reject, suspend or reactivate somebody, who is told; for administrators.

        Raises:
            Denied. NotFound. Conflict: `bad_transition`, `application_unconfirmed`. UserError: `invalid_fields`.
        """
        by, reason = By.of(caller, origin), " ".join(reason.split())
        with self._as(caller) as unit:
            check_admin(unit, by)
            rows = unit.all(_wanted(_columns(), "", "").where(account.c.id == who))
            if not rows:
                raise NotFound
            step = _step(rows[0], verb, reason)
            approved = {"approved_by": caller.account, "approval_date": unit.now_ms} if step.after == "active" else {}
            values = {"status": step.after, "suspension_reason": reason if step.with_reason else ""}
            unit.derive(INSTRUCTOR_PROFILE, INSTRUCTOR_PROFILE.id_for(who), values | approved)
            if step.after == "active" and rows[0].role == STUDENT:
                change_role(unit, who, INSTRUCTOR, by, tell=False)
            after = {"status": step.after} | ({"reason": reason} if step.with_reason else {})
            change = {"before": {"status": rows[0].status}, "after": after}
            note(unit, by, NOTED[verb], entity="instructor_profile", row=who, **change)
            notify(unit, who, step.event, values={"reason": reason}, action_url="instructor")
            return _applicant(unit.all(_columns().where(account.c.id == who))[0])


def _tell_administrators(unit: Unit, found: InstructorProfile, which: str) -> None:
    """Tell those who decide that somebody waits."""
    people = unit.all(select(account.c.id).where(account.c.role == ADMIN, account.c.is_active))
    about: dict[str, Any] = {"values": {"name": found.display_name}, "action_url": "admin/instructors"}
    notify_all(unit, [row.id for row in people], "application_waiting", subject=which, **about)


def _step(person: Any, verb: str, reason: str) -> Decision:
    """The step, if it is possible for somebody as they are."""
    step = decide(verb, person.status)
    if verb == "approve" and not person.is_verified:
        raise Conflict("application_unconfirmed")
    if step.after == "active" and person.role not in (STUDENT, *AUTHORS):
        raise Conflict("not_a_student")
    faults = ["field_required"] if step.with_reason and not reason else []
    faults += ["too_long"] if len(reason) > MOST_REASON else []
    refuse({"reason": faults} if faults else {})
    return step


def _columns() -> Select[Any]:
    own = [account.c[name] for name in ("email", "first_name", "last_name", "role")]
    told = [instructor_profile.c[name] for name in Applicant.__struct_fields__ if name in instructor_profile.c]
    return select(*told, *own).join(account, account.c.id == instructor_profile.c.user_id)


def _wanted(query: Select[Any], status: str, search: str) -> Select[Any]:
    """Those who applied or teach; a draft is nobody's business."""
    p = instructor_profile.c
    if not query.get_final_froms():
        query = query.select_from(instructor_profile).join(account, account.c.id == p.user_id)
    query = query.where(or_(p.applied_at.is_not(None), p.status != "pending"), account.c.deleted_at.is_(None))
    query = query.where(p.status == status) if status else query
    if search:
        keyed = select(credential.c.account).where(credential.c.email_key.contains(key_of(search), autoescape=True))
        query = query.where(or_(p.display_name.icontains(search, autoescape=True), account.c.id.in_(keyed)))
    return query


def _applicant(row: Any) -> Applicant:
    said = {name: getattr(row, name) for name in Applicant.__struct_fields__}
    fields = INSTRUCTOR_PROFILE.fields
    return Applicant(**{n: fields[n].default if v is None and n in fields else v for n, v in said.items()})
