"""Notes as Markdown files, and back again: what people read stands in the text, what only programs need in comments.

A comment begins each course, lesson, note and bookmark and carries what the text does not say; the last paragraph of
a note is its line of date, lesson, colour and tags, for people alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, tzinfo
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec

from lms_core.content.text import plain_text
from lms_core.db.engine import storage_errors
from lms_core.errors import StorageError
from lms_core.learning.anchors import read_spot
from lms_core.learning.model import Bookmark, Note

_COMMENT = re.compile(r"^<!-- (course|lesson|note|bookmark) (\{.*\}) -->$")
_BEFORE_SIGN = re.compile(r"\s+([.,;:!?)\]])")
_MARKED, _ESCAPED = re.compile(r"\\*<!-- "), re.compile(r"\\+<!-- ")
"""Lines of a note that look like the comments of these files get a backslash more."""
_KEPT = ("before", "after", "start", "anchor", "colour", "tags", "is_private", "created_at", "edited_at")
Kept = Note | Bookmark
Titles = Mapping[str, str]


def in_order(kept: Iterable[Kept], titles: Titles) -> list[Kept]:
    """Notes and bookmarks by course, lesson (as `titles` has them) and place; those without a course last."""
    rank = {key: n for n, key in enumerate(titles)}

    def place(each: Kept) -> tuple[Any, ...]:
        course, lesson = each.course_id or "", each.lesson_id or ""
        spot = read_spot(each.anchor)
        start = each.start if isinstance(each, Note) and each.start is not None else spot.start or 0
        where = (spot.page or 0, spot.at_s or 0.0, start)
        return (
            not course,
            titles.get(course, ""),
            course,
            rank.get(lesson, -1),
            lesson,
            where,
            each.created_at,
            each.id,
        )

    return sorted(kept, key=place)


def to_markdown(kept: Iterable[Kept], titles: Titles, *, zone: tzinfo = UTC) -> str:
    """Notes and bookmarks as one Markdown text, by course and lesson; `read_markdown` reads it back."""
    return "\n\n".join(_parts(in_order(kept, titles), titles, zone)) + "\n"


@contextmanager
def writing(target: Path) -> Iterator[Path]:
    """A file beside `target` to write into, which takes its name in the end; one half written never stays.

    Raises:
        DiskFull, StorageError `file_unwritable`.
    """
    part = target.with_name(f"{target.name}.part")
    try:
        with storage_errors(part):
            yield part
            part.replace(target)
    except OSError as error:
        raise StorageError("file_unwritable", path=str(target)) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def write_text(target: Path, text: str) -> Path:
    """Write a text. Raises as `writing`."""
    with writing(target) as part:
        part.write_text(text, encoding="utf-8", newline="\n")
    return target


def by_course(kept: Iterable[Kept], titles: Titles, *, zone: tzinfo = UTC) -> dict[str, str]:
    """The same, one text a course, by names that files may have."""
    groups: dict[str, list[Kept]] = {}
    for each in kept:
        groups.setdefault(each.course_id or "", []).append(each)
    out: dict[str, str] = {}
    for course, some in sorted(groups.items(), key=lambda item: (titles.get(item[0], ""), item[0])):
        stem = re.sub(r"[^\w -]+", "", titles.get(course, ""))[:80].strip() or "notes"
        taken = sum(name.removesuffix(".md").rpartition(" (")[0] == stem or name == f"{stem}.md" for name in out)
        out[f"{stem} ({taken + 1}).md" if taken else f"{stem}.md"] = to_markdown(some, titles, zone=zone)
    return out


def _parts(kept: Sequence[Kept], titles: Titles, zone: tzinfo) -> Iterator[str]:
    course = lesson = None
    for each in kept:
        if (each.course_id or "") != course:
            course, lesson = each.course_id or "", None
            yield _head("course", course, titles, "#")
        if (each.lesson_id or "") != lesson:
            lesson = each.lesson_id or ""
            yield _head("lesson", lesson, titles, "##")
        yield _note(each, titles, zone) if isinstance(each, Note) else _bookmark(each, zone)


def _head(kind: str, key: str, titles: Titles, mark: str) -> str:
    title = titles.get(key, "")
    return _comment(kind, {"id": key}) + (f"\n{mark} {_line(title)}" if title else "")


def _note(note: Note, titles: Titles, zone: tzinfo) -> str:
    about: dict[str, Any] = {"id": note.id}
    about |= {name: value for name in _KEPT if (value := getattr(note, name)) not in ("", None, ())}
    body = note.body.splitlines()
    quote = [f"> {line}" for line in note.quote.split("\n")] if note.quote else []
    about |= {"quoted": len(quote), "lines": len(note.body.split("\n")) if note.body else 0}
    words = "\n".join(f"\\{line}" if _MARKED.match(line) else line for line in note.body.split("\n"))
    parts = ["\n".join([_comment("note", about), *quote]), words if body else "", _foot(note, titles, zone)]
    return "\n\n".join(part for part in parts if part)


def _bookmark(mark: Bookmark, zone: tzinfo) -> str:
    about = {"id": mark.id, "anchor": mark.anchor, "title": mark.title, "created_at": mark.created_at}
    return f"{_comment('bookmark', about)}\n- {_line(mark.title)} · {_day(mark.created_at, zone)}"


def _foot(note: Note, titles: Titles, zone: tzinfo) -> str:
    lesson, spot = titles.get(note.lesson_id or "", ""), read_spot(note.anchor)
    facts = [
        f"[{_line(lesson)}](lesson:{note.lesson_id})" if lesson else "", _day(note.created_at, zone),
        clock(spot.at_s) if spot.at_s is not None else "", f"p. {spot.page}" if spot.page else "", note.colour,
        *(f"#{_line(tag)}" for tag in note.tags),
    ]  # fmt: skip
    return " · ".join(fact for fact in facts if fact)


def plain_words(body: str) -> str:
    """A Markdown text without its marks, on one line, and no space left before a sign where a mark was."""
    return _BEFORE_SIGN.sub(r"\1", plain_text(body))


def clock(seconds: float) -> str:
    """Seconds of a video as 1:02:03 or 2:03."""
    whole = int(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def _day(ms: int, zone: tzinfo) -> str:
    return datetime.fromtimestamp(ms / 1000, zone).strftime("%Y-%m-%d")


def _line(text: str) -> str:
    return " ".join(text.split()).replace("[", "\\[").replace("]", "\\]")


def _comment(kind: str, about: Mapping[str, Any]) -> str:
    told = msgspec.json.encode(about).decode().replace("--", "-\\u002d").replace("\u2028", "\\u2028")
    return f"<!-- {kind} {told} -->"


# --- reading
def read_markdown(text: str) -> list[Kept]:
    """The notes and bookmarks of a text that `to_markdown` made; what people wrote between them is left out."""
    out: list[Kept] = []
    course = lesson = ""
    lines = text.split("\n")
    starts = [at for at, line in enumerate(lines) if _COMMENT.match(line)]
    for at, end in pairwise([*starts, len(lines)]):
        found = _COMMENT.match(lines[at])
        if found is None:
            continue
        try:
            about = msgspec.json.decode(found[2], type=dict[str, Any])
            if found[1] == "course":
                course, lesson = str(about["id"]), ""
            elif found[1] == "lesson":
                lesson = str(about["id"])
            else:
                out.append(_read(found[1], about, lines[at + 1 : end], course, lesson))
        except (msgspec.MsgspecError, KeyError, TypeError, ValueError):
            continue  # a comment that somebody else wrote
    return out


def _read(kind: str, about: Mapping[str, Any], lines: Sequence[str], course: str, lesson: str) -> Kept:
    if kind == "bookmark":
        return msgspec.convert({**about, "course_id": course, "lesson_id": lesson}, Bookmark)
    quoted, size = int(about["quoted"]), int(about["lines"])
    quote = "\n".join(line[2:] for line in lines[:quoted])
    body = lines[quoted + 1 : quoted + 1 + size]
    words = "\n".join(line[1:] if _ESCAPED.match(line) else line for line in body)
    values = {name: about[name] for name in ("id", *_KEPT) if name in about}
    at = {"course_id": course or None, "lesson_id": lesson or None, "quote": quote, "body": words}
    return msgspec.convert({**values, **at}, Note)
