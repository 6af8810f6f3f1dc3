"""Who may call which route, as a table: everybody that there is, against an own and a foreign object."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from lms_core import ops
from lms_core.accounts.model import Caller
from lms_core.content.model import MediaRef
from lms_core.courses import entities as e
from lms_core.courses.contents import ContentsService
from lms_core.courses.rules import instructor_id
from lms_core.courses.service import CoursesService
from lms_core.learning.entities import ENROLLMENT
from lms_core.learning.rights import note_holder
from lms_core.permissions import (
    can_read_course,
    is_admin,
    is_anyone,
    is_authenticated,
    is_enrolled,
    is_instructor_or_admin,
    is_owner,
    is_owner_or_admin,
)
from lms_core.schema import Actor
from lms_core.sync.wire import pack
from sync_server.opening import Opened
from tests.core.school import add_quiz
from tests.server.people import PASSWORD, Client, wish
from tests.server.test_replicas import KEY
from tests.server.test_sync_route import ZSTD, first

ROLES = {
    "guest": "", "deactivated": "student", "student": "student", "enrolled": "student", "instructor": "instructor",
    "assistant": "instructor", "foreign": "instructor", "manager": "manager", "admin": "admin",
}  # fmt: skip
"""Everybody, with the stored role. `enrolled` learns the course that `instructor` leads and that `assistant` teaches
without any right; `foreign` leads another course."""

OUTSIDE = frozenset({"/", "/metrics"})
"""What lies outside of the interface for programs."""

EVERYBODY = frozenset(ROLES)
SIGNED_IN = EVERYBODY - {"guest", "deactivated"}
AUTHORS = frozenset({"instructor", "assistant", "foreign", "admin"})
ADMINS = frozenset({"admin"})
NOBODY: frozenset[str] = frozenset()
OWNERS = frozenset({"student", "foreign"})
"""To whom belongs what others ask for in vain."""


class World:
    """A hub with everybody in it, and objects of theirs on demand."""

    def __init__(self, opened: Opened, client: Client, people: Mapping[str, Client] | None = None) -> None:
        self.opened, self.client = opened, client
        self.people = dict(people or everybody(opened, client))
        self._published: dict[str, str] = {}
        self.handed_in = ""
        self.drafts: dict[str, str] = {}
        self.made: dict[tuple[str, bool, str], Ask] = {}
        self._count = 0

    def account(self, name: str) -> str:
        return str(self.people[name].user["id"])

    def caller(self, name: str) -> Caller:
        return Caller(self.account(name), "", self.people[name].user["email"], ROLES[name])

    def number(self) -> int:
        self._count += 1
        return self._count

    def uuid(self) -> str:
        return f"0197a3c2-7b1e-7c3a-9d55-{self.number():012x}"

    def fresh(self, name: str) -> Client:
        """Somebody with a session of its own, or as they are where there can be none."""
        return self.client.sign_in(name) if name in SIGNED_IN else self.people[name]

    def course(self, lead: str, **settings: Any) -> str:
        """A new course with one lesson that somebody leads; it costs money, so that only enrolment lets in."""
        with self.opened.hub.unit(Actor(self.account(lead), ROLES[lead])) as unit:
            courses = CoursesService(lambda: nullcontext(unit))
            about = "A week at the shore, told day by day, from one tide to the next."
            course = courses.create_course(f"Tides {self.number()}", **{"price": 5.0, "description": about} | settings)
            module = courses.add_module(course, "The shore")
            lesson = courses.add_lesson(module, "Waves", body="Wind makes waves.")
            contents = ContentsService(lambda: nullcontext(unit))
            contents.add_item(lesson, "text", body="Wind.")
            contents.add_resource(lesson, "Tide tables", url="https://tides.example.org")
            if lead == "instructor":
                row = instructor_id(course, self.account("assistant"))
                rights = dict.fromkeys(("can_edit_content", "can_manage_students", "can_view_analytics"), False)
                values = {"course_id": course, "user_id": self.account("assistant"), **rights}
                unit.emit(ops.create(e.COURSE_INSTRUCTOR, row, values))
        if lead == "instructor":
            self.enrol("enrolled", course)
        return course

    def enrol(self, name: str, course: str) -> None:
        row = {"user_id": self.account(name), "course_id": course, "status": "active"}
        with self.opened.hub.unit() as unit:
            unit.derive(ENROLLMENT, ENROLLMENT.id_for(self.account(name), course), row)

    def published(self, lead: str) -> str:
        """The same course for every caller, published, with an exam and a picture."""
        if lead not in self._published:
            course, blob = self.course(lead), self.opened.hub.blobs.put(f"picture of {lead}".encode())
            with self.opened.hub.unit(Actor(self.account(lead), ROLES[lead])) as unit:
                note_holder(unit, self.account(lead), blob, 16)
                courses = CoursesService(lambda: nullcontext(unit))
                add_quiz(Desk(courses), courses.outline(course).modules[0].id, mode="exam", attempts_allowed=9)
                courses.add_file(course, MediaRef(blob, "wave.png", "image/png", 16))
                first = courses.lesson_draft(courses.outline(course).modules[0].lessons[0].id)
                courses.edit_lesson(first.id, base=first.body, text=f"![A wave](media:{blob})")
                courses.publish(course)
            self.opened.hub.project()
            self._published[lead] = course
        return self._published[lead]

    def free(self) -> str:
        """A published course that costs nothing."""
        if "free" not in self._published:
            course = self._published["free"] = self.course("foreign", price=0.0)
            with self.opened.hub.unit(Actor(self.account("foreign"), "instructor")) as unit:
                CoursesService(lambda: nullcontext(unit)).publish(course)
            self.opened.hub.project()
        return self._published["free"]

    def lesson(self, course: str) -> str:
        """The first lesson of a course."""
        return self.draft(course).outline(course).modules[0].lessons[0].id

    def draft(self, course: str) -> CoursesService:
        """Read a draft in the hub's own name."""
        return CoursesService(self.opened.hub.unit)


def everybody(opened: Opened, client: Client) -> dict[str, Client]:
    """Let them all join and give them their roles."""
    people = {name: client.join(name) if role else client for name, role in ROLES.items()}
    accounts = opened.served.accounts
    for name, role in ROLES.items():
        if role not in ("", "student"):
            accounts.set_role(people[name].user["email"], role)
    accounts.set_active(str(people["deactivated"].user["id"]), active=False)
    return people


@dataclass
class Desk:
    """What `add_quiz` needs of a workspace."""

    courses: Any


Ask = tuple[Mapping[str, str], Mapping[str, Any]]
"""Values for the path, and what httpx gets."""


@dataclass(frozen=True)
class Case:
    """Who may call a route: `own` and `foreign` are those who may for each object; `ends`: it takes the session away.

    `says` is the status of success, `refused` that of those who may not; guests get 401.
    """

    may: Callable[..., bool]
    own: frozenset[str]
    foreign: frozenset[str] | None = None
    ask: Callable[[World, str, bool], Ask] = lambda world, name, foreign: ({}, {})
    says: frozenset[int] = frozenset({200, 201, 204, 206})
    refused: frozenset[int] = frozenset({401, 403, 404})
    ends: bool = False


def body(make: Callable[[World, str, bool], Any], **path: Callable[[World, str, bool], str]) -> Any:
    """Ask with a JSON body."""
    return lambda w, name, foreign: (
        {key: value(w, name, foreign) for key, value in path.items()}, {"json": make(w, name, foreign)}
    )  # fmt: skip


def form(**values: str) -> Any:
    """Ask as a page does."""
    return lambda *_: ({}, {"data": values})


def at(**path: Callable[[World, str, bool], str]) -> Any:
    """Ask with nothing but the path."""
    return lambda w, name, foreign: ({key: value(w, name, foreign) for key, value in path.items()}, {})


# --- objects of the caller, or of somebody else
def whose(name: str, foreign: bool) -> str:
    return name if name in SIGNED_IN and not foreign else "student" if name != "student" else "manager"


def _session(w: World, name: str, foreign: bool) -> str:
    found = w.fresh(whose(name, foreign)).get("/auth/sessions").json()
    return str(next(s["id"] for s in found if s["current"]))


def _replica(w: World, name: str, foreign: bool) -> str:
    made = f"{w.number():016x}"
    w.people[whose(name, foreign)].post("/replicas", {"replica_id": made, "public_key": KEY})
    return made


def _upload(w: World, name: str, foreign: bool) -> str:
    owner = whose(name, foreign)
    giver = w.fresh(owner if owner in AUTHORS else "foreign" if name != "foreign" else "admin")
    return str(giver.begin(sha256(str(w.number()).encode()).hexdigest(), 5).json()["id"])


def lead_of(foreign: bool) -> str:
    return "foreign" if foreign else "instructor"


def _card(w: World, foreign: bool) -> Any:
    return w.draft("").card(w.published(lead_of(foreign)))


def exam_of(w: World, name: str, foreign: bool) -> str:
    course = w.published(lead_of(foreign))
    lesson = w.draft(course).outline(course).modules[0].lessons[-1]
    return e.ASSESSMENT.id_for(lesson.id)


# --- bodies
def _login(w: World, name: str, foreign: bool) -> Any:
    return {"email": f"{name if name != 'guest' else 'student'}@school.example", "password": PASSWORD}


def _sync(w: World, name: str, foreign: bool) -> Ask:
    account = w.account(name) if name != "guest" else ""
    request = first(account)
    replica = f"{w.number():016x}"
    return {}, {"content": pack(type(request)(**{**_fields(request), "replica": replica})), "headers": ZSTD}


def _fields(request: Any) -> dict[str, Any]:
    return {name: getattr(request, name) for name in request.__struct_fields__}


def _begin(w: World, name: str, foreign: bool) -> Ask:
    named = sha256(str(w.number()).encode()).hexdigest()
    from base64 import b64encode

    about = f"sha256 {b64encode(named.encode()).decode()}"
    return {}, {"headers": {"Upload-Length": "5", "Upload-Metadata": about}}


def _part(w: World, name: str, foreign: bool) -> Ask:
    headers = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    return {"name": _upload(w, name, foreign)}, {"content": b"1234", "headers": headers}


def _password(w: World, name: str, foreign: bool) -> Any:
    return {"password": PASSWORD}


def _google(w: World, name: str, foreign: bool) -> str:
    return "google"


def _visit(w: World, name: str, foreign: bool) -> Any:
    return {"redirect_uri": "http://127.0.0.1:49152/", "state": "mine", "code_challenge": "c" * 43}


def _came_back(w: World, name: str, foreign: bool) -> Any:
    return {"code": "made up", "code_verifier": "made up"}


GONE, WRONG = frozenset({404}), frozenset({400})
DESK = frozenset({"manager", "admin"})
COURSE_READERS = frozenset({"enrolled", "instructor", "assistant", "admin"})
FOREIGN_READERS = frozenset({"foreign", "admin"})

CASES: dict[str, Case] = {
    "GET /health": Case(is_anyone, EVERYBODY),
    "GET /": Case(is_anyone, EVERYBODY),
    "GET /metrics": Case(is_anyone, EVERYBODY, says=GONE),  # no token is set here
    "GET /openapi.json": Case(is_anyone, EVERYBODY),
    "POST /auth/register": Case(is_anyone, EVERYBODY, ask=body(lambda w, *_: wish(f"new{w.number()}"))),
    "POST /auth/login": Case(is_anyone, EVERYBODY - {"deactivated"}, ask=body(_login)),
    "POST /auth/refresh": Case(
        is_anyone, EVERYBODY, ask=body(lambda w, *_: {"refresh": w.client.sign_in("student").refresh})
    ),
    "POST /auth/logout": Case(is_authenticated, SIGNED_IN, ends=True),
    "POST /auth/logout-all": Case(is_authenticated, SIGNED_IN, ends=True),
    "POST /auth/password/change": Case(
        is_authenticated, SIGNED_IN, ask=body(lambda *_: {"old_password": PASSWORD, "new_password": PASSWORD})
    ),
    "GET /auth/sessions": Case(is_authenticated, SIGNED_IN),
    "DELETE /auth/sessions/{session_id}": Case(is_owner, SIGNED_IN, NOBODY, at(session_id=_session)),
    "GET /auth/second-factor": Case(is_authenticated, SIGNED_IN),
    "POST /auth/second-factor": Case(is_authenticated, SIGNED_IN, ask=body(_password)),
    "POST /auth/second-factor/confirm": Case(
        is_authenticated, SIGNED_IN, ask=body(lambda *_: {"code": "no"}), says=frozenset({400})
    ),
    "POST /auth/second-factor/recovery-codes": Case(
        is_authenticated, SIGNED_IN, ask=body(_password), says=frozenset({404})
    ),
    "POST /auth/second-factor/end": Case(is_authenticated, SIGNED_IN, ask=body(_password)),
    # what proves something is the mail, not who asks
    "POST /auth/password/reset": Case(is_anyone, EVERYBODY, ask=body(lambda *_: {"email": "a@school.example"})),
    "POST /auth/email/verify/resend": Case(is_anyone, EVERYBODY, ask=body(lambda *_: {"email": "a@school.example"})),
    "POST /auth/email/verify": Case(is_anyone, EVERYBODY, ask=body(lambda *_: {"token": "x"}), says=WRONG),
    "POST /auth/password/reset/confirm": Case(
        is_anyone, EVERYBODY, ask=body(lambda *_: {"token": "x", "new_password": PASSWORD}), says=WRONG
    ),
    "GET /auth/email/verify": Case(is_anyone, EVERYBODY),
    "GET /auth/password/reset/confirm": Case(is_anyone, EVERYBODY),
    "POST /auth/email/verify/page": Case(is_anyone, EVERYBODY, ask=form(token="x"), says=WRONG),
    "POST /auth/password/reset/confirm/page": Case(
        is_anyone, EVERYBODY, ask=form(token="x", new_password=PASSWORD), says=WRONG
    ),
    # no provider is set up here
    "GET /auth/providers": Case(is_anyone, EVERYBODY),
    "POST /auth/social/{provider}/visits": Case(is_anyone, EVERYBODY, ask=body(_visit, provider=_google), says=GONE),
    "GET /auth/social/{provider}/callback": Case(is_anyone, EVERYBODY, ask=at(provider=_google), says=frozenset({401})),
    "POST /auth/social/{provider}": Case(
        is_anyone, EVERYBODY, ask=body(_came_back, provider=_google), says=frozenset({401})
    ),
    "POST /auth/social/{provider}/links": Case(
        is_authenticated, SIGNED_IN, ask=body(_visit, provider=_google), says=GONE
    ),
    "POST /auth/social/{provider}/link": Case(
        is_authenticated, SIGNED_IN, ask=body(_came_back, provider=_google), says=frozenset({401})
    ),
    "GET /auth/identities": Case(is_authenticated, SIGNED_IN),
    "DELETE /auth/identities/{provider}": Case(is_owner, SIGNED_IN, ask=at(provider=_google), says=GONE),
    **{f"GET /system/{name}": Case(is_admin, frozenset({"admin"})) for name in ("db-status", "db-stats")},
    "GET /users/me": Case(is_authenticated, SIGNED_IN),
    "GET /replicas": Case(is_authenticated, SIGNED_IN),
    "POST /replicas": Case(
        is_authenticated, SIGNED_IN, ask=body(lambda w, *_: {"replica_id": f"{w.number():016x}", "public_key": KEY})
    ),
    "DELETE /replicas/{replica_id}": Case(is_owner, SIGNED_IN, NOBODY, at(replica_id=_replica), ends=True),
    "GET /replicas/{replica_id}/recovery": Case(is_owner, SIGNED_IN, NOBODY, at(replica_id=_replica)),
    "POST /sync": Case(is_authenticated, SIGNED_IN, ask=_sync),
    "POST /bundles": Case(is_authenticated, SIGNED_IN, ask=lambda *_: ({}, {"content": b"x"}), says=frozenset({400})),
    "POST /exams/{assessment}/start": Case(
        is_enrolled, frozenset({"enrolled"}), NOBODY, at(assessment=exam_of), refused=frozenset({400, 403})
    ),
    "POST /files/lacking": Case(is_authenticated, SIGNED_IN, ask=body(lambda *_: {"names": ["0" * 64]})),
    "OPTIONS /uploads": Case(is_authenticated, SIGNED_IN),
    "POST /uploads": Case(is_instructor_or_admin, AUTHORS, ask=_begin),
    "HEAD /uploads/{name}": Case(is_owner, AUTHORS, NOBODY, at(name=_upload)),
    "PATCH /uploads/{name}": Case(is_owner, AUTHORS, NOBODY, _part),
    "POST /uploads/{name}/proof": Case(is_owner, AUTHORS, NOBODY, body(lambda *_: {"digest": "0" * 64}, name=_upload)),
    "DELETE /uploads/{name}": Case(is_owner, AUTHORS, NOBODY, at(name=_upload)),
    "GET /uploads/records": Case(is_authenticated, SIGNED_IN),
    "GET /uploads/records/{name}": Case(is_owner_or_admin, AUTHORS, ADMINS, at(name=_upload)),
}


for _method in ("GET", "HEAD"):
    CASES[f"{_method} /packs/{{sha256}}"] = Case(
        can_read_course, COURSE_READERS, FOREIGN_READERS, at(sha256=lambda w, _, foreign: _card(w, foreign).pack)
    )
    CASES[f"{_method} /blobs/{{sha256}}"] = Case(
        can_read_course, COURSE_READERS, FOREIGN_READERS,
        at(sha256=lambda w, _, foreign: (
            w.published(lead_of(foreign)) and sha256(f"picture of {lead_of(foreign)}".encode()).hexdigest()
        )),
    )  # fmt: skip
