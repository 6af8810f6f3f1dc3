"""Notes and bookmarks of the caller (PRG-11, PRG-12); others see only what its author shares with a course (PRG-13)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from litestar import Request, Response, Router, delete, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import UNSET, Meta, Struct, UnsetType, structs

from lms_core.accounts.model import Caller
from lms_core.learning.anchors import Spot, read_spot, write_spot
from lms_core.learning.model import Bookmark, Note, SharedNote
from sync_server.context import Context
from sync_server.details import ClientId, created, given, must_match, tagged, uuid_of
from sync_server.guards import signed_in
from sync_server.listing import Listing, PageOf, page_of, paged
from sync_server.routes.bodies import readable, when

Named = Request[Caller, Any, Any]
Words = Annotated[str, QueryParameter(max_length=200)]
Seconds = Annotated[int, Meta(ge=0, le=1 << 31)]
Leaf = Annotated[int, Meta(ge=1, le=1_000_000)]
Title = Annotated[str, Meta(max_length=200, examples=["The third wave"])]


class NoteWish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A note in Markdown; `quote` with its surroundings anchors it in the text, `colour` makes it a highlight."""

    body: Annotated[str, Meta(max_length=50_000, examples=["Waves break where it is shallow."])] = ""
    quote: Annotated[str, Meta(max_length=4000)] = ""
    before: Annotated[str, Meta(max_length=200)] = ""
    after: Annotated[str, Meta(max_length=200)] = ""
    start: Annotated[int, Meta(ge=0, le=1 << 53)] | None = None
    colour: Literal["", "amber", "mint", "rose", "sky"] = ""
    tags: Annotated[list[Annotated[str, Meta(min_length=2, max_length=50)]], Meta(max_length=10)] = []
    timestamp_seconds: Seconds | None = None
    page: Leaf | None = None
    is_private: bool = True


class NewNote(NoteWish, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new note."""

    id: ClientId | UnsetType = UNSET


class NoteBody(Struct, frozen=True, kw_only=True):
    """A note of the caller's."""

    id: str
    course_id: str | None
    lesson_id: str | None
    enrollment_id: str | None
    body: str
    quote: str
    before: str
    after: str
    start: int | None
    timestamp_seconds: int | None
    page: int | None
    colour: str
    tags: tuple[str, ...]
    is_private: bool
    created_at: str | None
    edited_at: str | None


class SharedNoteBody(Struct, frozen=True, kw_only=True):
    """A note that somebody else shares with the course; of its author only the name is told."""

    id: str
    course_id: str
    lesson_id: str
    author: str
    body: str
    quote: str
    before: str
    after: str
    start: int | None
    timestamp_seconds: int | None
    page: int | None
    colour: str
    tags: tuple[str, ...]
    created_at: str | None
    edited_at: str | None


class BookmarkWish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place in a lesson: seconds of its video, a page of its PDF, or else `anchor`, by which its reader finds it."""

    timestamp_seconds: Seconds | None = None
    page: Leaf | None = None
    anchor: Annotated[str, Meta(max_length=1000, examples=["312"])] | None = None
    title: Title = ""
    id: ClientId | UnsetType = UNSET


class BookmarkChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another title."""

    title: Title


class BookmarkBody(Struct, frozen=True, kw_only=True):
    """A bookmark of the caller's."""

    id: str
    course_id: str
    lesson_id: str
    enrollment_id: str | None
    timestamp_seconds: int | None
    page: int | None
    anchor: str | None
    title: str
    created_at: str | None


@get("/notes", guards=[signed_in], operation_class=Listing)
async def notes(
    request: Named, lesson: Words = "", course: Words = "", tag: Words = "", search: Words = ""
) -> PageOf[NoteBody]:
    """The caller's notes, the newest first; `search` finds words of the text."""
    return await _notes(request, lesson=lesson, course=course, tag=tag, search=search)


@get("/enrollments/{enrollment:str}/notes", guards=[signed_in], operation_class=Listing)
async def course_notes(request: Named, enrollment: FromPath[str]) -> PageOf[NoteBody]:
    """The caller's notes in a course that they learn or have learned."""
    return await _notes(request, enrollment=uuid_of(enrollment))


async def _notes(request: Named, **wish: str) -> PageOf[NoteBody]:
    context, page = Context.of(request), page_of(request)
    list_notes = context.served.notes.notes
    count, found = await context.lanes.run(list_notes, request.user, **wish, offset=page.offset, limit=page.size)
    return PageOf(**paged(request, page, count, [_note(each) for each in found]))


@get("/lessons/{lesson:str}/notes", guards=[signed_in], operation_class=Listing)
async def shared_notes(request: Named, lesson: FromPath[str]) -> PageOf[SharedNoteBody]:
    """Notes on a lesson that others share, for those who learn or teach its course, the newest first."""
    context, page = Context.of(request), page_of(request)
    count, found = await context.lanes.run(
        context.served.notes.shared, request.user, uuid_of(lesson), offset=page.offset, limit=page.size
    )
    return PageOf(**paged(request, page, count, [_shared(each) for each in found]))


@post("/lessons/{lesson:str}/notes", guards=[signed_in])
async def add_note(request: Named, lesson: FromPath[str], data: JSONBody[NewNote]) -> Response[NoteBody]:
    """Write a note on a lesson that the caller may read."""
    context, values = Context.of(request), _placed(given(data), data)
    row = values.pop("id", None)
    made = await context.lanes.run(context.served.notes.add, request.user, uuid_of(lesson), values, row)
    return _made(request, "notes", _note(made))


@put("/notes/{note:str}", guards=[signed_in])
async def replace_note(request: Named, note: FromPath[str], data: JSONBody[NoteWish]) -> Response[NoteBody]:
    """Set a note anew; what a laptop writes in it meanwhile is merged, word by word."""
    context = Context.of(request)
    done = await context.lanes.run(
        context.served.notes.change, request.user, uuid_of(note), _placed(given(data), data),
        lambda now: must_match(request, _note(now)),
    )  # fmt: skip
    return tagged(request, _note(done), changed=True)


@delete("/notes/{note:str}", guards=[signed_in])
async def delete_note(request: Named, note: FromPath[str]) -> None:
    """Delete a note."""
    context = Context.of(request)
    await context.lanes.run(
        context.served.notes.delete, request.user, uuid_of(note), lambda now: must_match(request, _note(now))
    )


# --- bookmarks
@get("/enrollments/{enrollment:str}/bookmarks", guards=[signed_in], operation_class=Listing)
async def bookmarks(request: Named, enrollment: FromPath[str], lesson: FromQuery[str] = "") -> PageOf[BookmarkBody]:
    """The caller's bookmarks in a course, the newest first."""
    context, page = Context.of(request), page_of(request)
    count, found = await context.lanes.run(
        context.served.notes.bookmarks, request.user, enrollment=uuid_of(enrollment), lesson=lesson,
        offset=page.offset, limit=page.size,
    )  # fmt: skip
    return PageOf(**paged(request, page, count, [_bookmark(each) for each in found]))


@post("/lessons/{lesson:str}/bookmarks", guards=[signed_in])
async def add_bookmark(request: Named, lesson: FromPath[str], data: JSONBody[BookmarkWish]) -> Response[BookmarkBody]:
    """Keep a place of a lesson of a course that the caller learns."""
    context, values = Context.of(request), _placed(given(data), data)
    row = values.pop("id", None)
    made = await context.lanes.run(context.served.notes.add_bookmark, request.user, uuid_of(lesson), values, row)
    return _made(request, "bookmarks", _bookmark(made))


@put("/bookmarks/{bookmark:str}", guards=[signed_in])
async def rename_bookmark(
    request: Named, bookmark: FromPath[str], data: JSONBody[BookmarkChange]
) -> Response[BookmarkBody]:
    """Give a bookmark another title; its place stays."""
    context = Context.of(request)
    done = await context.lanes.run(
        context.served.notes.rename_bookmark, request.user, uuid_of(bookmark), data.title,
        lambda now: must_match(request, _bookmark(now)),
    )  # fmt: skip
    return tagged(request, _bookmark(done), changed=True)


@delete("/bookmarks/{bookmark:str}", guards=[signed_in])
async def delete_bookmark(request: Named, bookmark: FromPath[str]) -> None:
    """Delete a bookmark."""
    context = Context.of(request)
    await context.lanes.run(
        context.served.notes.delete_bookmark, request.user, uuid_of(bookmark),
        lambda now: must_match(request, _bookmark(now)),
    )  # fmt: skip


def _made(request: Named, family: str, body: Any) -> Response[Any]:
    """What was made under a lesson lies in a family of its own."""
    reply = created(request, body, body.id)
    reply.headers["Location"] = f"{request.url.path.partition('/lessons/')[0]}/{family}/{body.id}"
    return reply


def _placed(values: dict[str, Any], wish: NoteWish | BookmarkWish) -> dict[str, Any]:
    """Seconds and page as the one place that rows keep."""
    values.pop("timestamp_seconds", None)
    values.pop("page", None)
    spot = write_spot(Spot(at_s=wish.timestamp_seconds, page=wish.page))
    if isinstance(wish, NoteWish):
        return values | {"anchor": spot}
    return values | ({"anchor": spot} if spot else {})


def _place(anchor: str | None) -> dict[str, Any]:
    spot = read_spot(anchor)
    return {"timestamp_seconds": None if spot.at_s is None else int(spot.at_s), "page": spot.page}


def _note(found: Note) -> NoteBody:
    times = {"created_at": when(found.created_at or None), "edited_at": when(found.edited_at)}
    told = structs.asdict(found) | times | _place(found.anchor)
    del told["anchor"]
    return NoteBody(**told)


def _shared(found: SharedNote) -> SharedNoteBody:
    told = {name: value for name, value in structs.asdict(_note(found.note)).items() if name in _SHOWN}
    return SharedNoteBody(author=found.author, **told)


_SHOWN = frozenset(SharedNoteBody.__struct_fields__)


def _bookmark(found: Bookmark) -> BookmarkBody:
    times = {"created_at": when(found.created_at or None)}
    return BookmarkBody(**structs.asdict(found) | times | _place(found.anchor))


router = Router(
    "/",
    route_handlers=[
        notes, course_notes, shared_notes, add_note, replace_note, delete_note,
        bookmarks, add_bookmark, rename_bookmark, delete_bookmark,
    ],
    before_request=readable,
    tags=["learning"],
)  # fmt: skip
