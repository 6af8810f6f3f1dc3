"""Classes and terms, as those who run them do it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from lms_core.sync.replica.transport import Transport

PAGE = 100


class SchoolClass(msgspec.Struct, frozen=True, kw_only=True):
    """A class; dates as YYYY-MM-DD, `mine` is what the caller is in it."""

    id: str
    name: str
    term: str
    starts_on: str | None
    ends_on: str | None
    archived_at: str | None
    came_from: str | None
    students: int
    instructors: int
    courses: int
    mine: str | None


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody in a class."""

    user_id: str
    name: str
    email: str
    kind: str
    joined_at: str | None


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """A course that a class learns."""

    course_id: str
    title: str


class Code(msgspec.Struct, frozen=True, kw_only=True):
    """What people type to join, until when (ISO 8601) and how many more may."""

    code: str
    expires_at: str
    uses_left: int


class Classes(msgspec.Struct, frozen=True, kw_only=True):
    """A page of classes, and how many there are in all."""

    count: int
    results: list[SchoolClass]


class Members(msgspec.Struct, frozen=True, kw_only=True):
    """A page of members, and how many there are in all."""

    count: int
    results: list[Member]


class ClassesApi:
    """Classes that the caller runs or, at the desk, all (ACC-20). Raises what the hub refuses with."""

    def __init__(self, line: Transport) -> None:
        self._line = line

    def _ask(self, kind: Any, method: str, path: str, **options: Any) -> Any:
        said = self._line.ask(method, f"/classes{path}", **options)
        return msgspec.convert(said, kind) if kind else None

    def all(self, *, search: str = "", archived: bool = False, page: int = 1) -> Classes:
        """Classes, the newest term first."""
        params = {"search": search, "archived": str(archived).lower(), "page": str(page), "page_size": str(PAGE)}
        return self._ask(Classes, "GET", "", params=params)  # type: ignore[no-any-return]

    def one(self, name: str) -> SchoolClass:
        """A class by id. Raises NotFound."""
        return self._ask(SchoolClass, "GET", f"/{name}")  # type: ignore[no-any-return]

    def create(self, **values: Any) -> SchoolClass:
        """Make one from name, term, starts_on and ends_on. Raises UserError `invalid_fields`."""
        return self._ask(SchoolClass, "POST", "", json=values)  # type: ignore[no-any-return]

    def change(self, name: str, /, **values: Any) -> None:
        """Change name, term or dates, close it (`archived`) or open it again."""
        self._ask(None, "PATCH", f"/{name}", json=values)

    def roll_over(self, name: str, /, **values: Any) -> SchoolClass:
        """Make the class of the next term, with `students` and `courses` as asked, and close this one."""
        return self._ask(SchoolClass, "POST", f"/{name}/roll-over", json=values)  # type: ignore[no-any-return]

    def members(self, name: str, page: int = 1) -> Members:
        """Who is in it, instructors first."""
        params = {"page": str(page), "page_size": str(PAGE)}
        return self._ask(Members, "GET", f"/{name}/members", params=params)  # type: ignore[no-any-return]

    def add(self, name: str, people: list[str], kind: str) -> int:
        """Add accounts by address; returns how many are new. Raises UserError `unknown_people`, `no_instructor`."""
        said = self._ask(dict[str, int], "POST", f"/{name}/members", json={"people": people, "kind": kind})
        return said["added"]  # type: ignore[no-any-return]

    def remove(self, name: str, person: str) -> None:
        """Take somebody out; courses that were begun go on."""
        self._ask(None, "DELETE", f"/{name}/members/{person}")

    def courses(self, name: str) -> list[Offered]:
        """What the class learns."""
        return self._ask(list[Offered], "GET", f"/{name}/courses")  # type: ignore[no-any-return]

    def offer(self, name: str, course: str) -> None:
        """Let the class learn a course. Raises UserError `course_unavailable`."""
        self._ask(None, "POST", f"/{name}/courses", json={"course_id": course})

    def withdraw(self, name: str, course: str) -> None:
        """Offer a course no longer; who learns it goes on."""
        self._ask(None, "DELETE", f"/{name}/courses/{course}")

    def code(self, name: str) -> Code | None:
        """The code by which people join, if one works."""
        return self._ask(Code | None, "GET", f"/{name}/code")  # type: ignore[no-any-return]

    def renew_code(self, name: str) -> None:
        """A fresh code; a former one ends."""
        self._ask(None, "POST", f"/{name}/code", json={})

    def end_code(self, name: str) -> None:
        """Let nobody join by the code any more."""
        self._ask(None, "DELETE", f"/{name}/code")
