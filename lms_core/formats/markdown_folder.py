"""Turn a folder of Markdown that someone wrote for another program into a course, and say what became of each file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from lms_core.content.model import AnswerKey, CourseDocument, LessonDoc, LessonKind, MediaRef, ModuleDoc
from lms_core.content.text import plain_text
from lms_core.errors import UserError
from lms_core.formats.links import Links, callouts
from lms_core.formats.quizfile import read_quiz
from lms_core.formats.report import Progress, Report, step
from lms_core.formats.tree import SETTINGS, Branch, Leaf, Tree, discover, is_index, load_yaml, pretty
from lms_core.media.images import prepare_image
from lms_core.media.store import MediaStore
from lms_core.ports import v5_id

MAX_TEXT_MB = 10
MAX_BODY = 250_000
_HEADING = re.compile(r"^#{1,2}[ \t]+(.+?)[ \t]*#*[ \t]*(?:\{[^}]*\})?$", re.MULTILINE)
_FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)


@dataclass
class ImportPlan:
    """What an import would make. Nothing is written until `store`."""

    document: CourseDocument
    keys: dict[str, AnswerKey]
    report: Report
    pictures: dict[str, Path] = field(default_factory=dict)

    def store(self, media: MediaStore, progress: Progress | None = None) -> None:
        """Bring the pictures into the file store; raises DiskFull, UserError `cancelled`."""
        for done, (name, path) in enumerate(self.pictures.items()):
            step(progress, done, len(self.pictures), path.name)
            if not media.has(name):
                media.put(prepare_image(path.read_bytes(), path.name)[0])


def scan(root: Path, progress: Progress | None = None) -> ImportPlan:
    """Read a folder without changing anything.

    Raises:
        UserError: `not_a_course` (no Markdown at all), `no_lessons`, `cancelled`.
        NotFound: there is no such folder.
    """
    return _Scan(root, progress).plan()


class _Scan:
    def __init__(self, root: Path, progress: Progress | None) -> None:
        self.root = Path(root)
        if not self.root.is_dir():
            raise UserError("not_a_course" if self.root.exists() else "no_such_path", path=str(root))
        self.progress = progress
        self.report = Report()
        self.tree = Tree(self.root, self.report)
        if not self.tree.markdown():
            raise UserError("not_a_course", path=str(root))
        self.settings = self._settings()
        self.keys: dict[str, AnswerKey] = {}
        self.media: dict[str, MediaRef] = {}
        self.pictures: dict[str, Path] = {}

    def plan(self) -> ImportPlan:
        branches = discover(self.tree, self.settings)
        if not branches:
            raise UserError("no_lessons", path=str(self.root))
        leaves = [leaf for branch in branches for leaf in branch.leaves]
        ids = {leaf.path: v5_id("import", self.tree.name(leaf.path)) for leaf in leaves}
        links = Links(self.tree, ids, self._picture)
        modules, done = [], 0
        for branch in branches:
            lessons = []
            for leaf in branch.leaves:
                step(self.progress, done, len(leaves), leaf.path.name)
                done += 1
                lesson = self._lesson(leaf, ids[leaf.path], links)
                if lesson:
                    lessons.append(lesson)
            if lessons:
                modules.append(self._module(branch, lessons, links))
        if not modules:
            raise UserError("no_lessons", path=str(self.root))
        self._unused({leaf.path for leaf in leaves})
        return ImportPlan(self._document(modules, links), self.keys, self.report, self.pictures)

    # --- parts
    def _settings(self) -> dict[str, Any]:
        for name in SETTINGS:
            path = self.root / name
            if path in self.tree.files and path.suffix != ".md":
                try:
                    found = load_yaml(path)
                except ValueError as error:
                    self.report.add(name, "left_out", "settings_unreadable", why=str(error))
                    continue
                self.report.add(name, "imported", "settings")
                return found
        return {}

    def _text(self, path: Path) -> tuple[dict[str, Any], str] | None:
        """Front matter and text of a file; None when there is nothing to take."""
        name = self.tree.name(path)
        if path.stat().st_size > MAX_TEXT_MB << 20:
            self.report.add(name, "left_out", "too_large", most=MAX_TEXT_MB)
            return None
        data = path.read_bytes()
        text, encoding = decode(data)
        if text is None:
            self.report.add(name, "left_out", "binary")
            return None
        if encoding != "utf-8":
            self.report.add(name, "changed", "encoding", encoding=encoding)
        front: dict[str, Any] = {}
        found = _FRONT.match(text)
        if found:
            try:
                loaded = yaml.safe_load(found[1])
                front = loaded if isinstance(loaded, dict) else {}
            except (yaml.YAMLError, ValueError):
                front = {}
            text = text[found.end() :]
        text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
        if not text:
            self.report.add(name, "left_out", "empty")
            return None
        return front, text

    def _lesson(self, leaf: Leaf, row: str, links: Links) -> LessonDoc | None:
        if leaf.kind == "quiz":
            return self._quiz(leaf, row)
        read = self._text(leaf.path)
        if read is None:
            return None
        front, text = read
        name = self.tree.name(leaf.path)
        title, text = self._title(
            front, text, leaf.title or pretty(leaf.path.parent.name if is_index(leaf.path) else name)
        )
        converted = callouts(text)
        if converted != text:
            self.report.add(name, "changed", "div_to_callout")
        body = links.rewrite(converted, leaf.path)
        if len(body.encode()) > MAX_BODY:
            body = body.encode()[:MAX_BODY].decode("utf-8", "ignore")
            self.report.add(name, "changed", "too_large", most=MAX_BODY / 1e6)
        kind: LessonKind = "assignment" if leaf.kind == "assignment" or front.get("kind") == "assignment" else "text"
        self.report.add(
            name, "imported", leaf.kind if leaf.kind == "page" else "assignment" if kind == "assignment" else "lesson"
        )
        return LessonDoc(
            id=row, title=title[:200], kind=kind, body=body, minutes=_minutes(front), preview=bool(front.get("preview"))
        )  # fmt: skip

    def _title(self, front: dict[str, Any], text: str, fallback: str) -> tuple[str, str]:
        """The title, and the text without a heading that only repeats it."""
        heading = _HEADING.search(text[:4000])
        first = heading if heading and not text[: heading.start()].strip() else None
        title = str(front.get("title") or "").strip()
        if not title and heading and heading[0].startswith("# "):
            title = plain_text(heading[1])
        if not title and first:
            title = plain_text(first[1])
        title = title or fallback
        if first and plain_text(first[1]).casefold() == title.casefold():
            text = text[first.end() :].strip()
        return title, text

    def _quiz(self, leaf: Leaf, row: str) -> LessonDoc | None:
        name = self.tree.name(leaf.path)
        try:
            quiz, key = read_quiz(leaf.path, name=name)
        except (ValueError, OSError) as error:
            self.report.add(name, "left_out", "quiz_unreadable", why=str(error))
            return None
        self.keys[quiz.id] = key
        self.report.add(name, "imported", "quiz")
        title = quiz.title or pretty(name)
        return LessonDoc(id=row, title=title[:200], kind="quiz", assessment=quiz)

    def _module(self, branch: Branch, lessons: list[LessonDoc], links: Links) -> ModuleDoc:
        settings: dict[str, Any] = {}
        about = branch.path / "module.yaml"
        if about in self.tree.files:
            settings = load_yaml(about)
            self.report.add(self.tree.name(about), "imported", "settings")
        title, description = str(settings.get("title") or branch.title), str(settings.get("description") or "")
        if branch.index and branch.path != self.root and (read := self._text(branch.index)):
            found, text = self._title(read[0], read[1], "")
            title, description = title or found, description or links.rewrite(text, branch.index)
            self.report.add(self.tree.name(branch.index), "imported", "introduction")
        title = title or (pretty(branch.path.name) if branch.path != self.root else self._course_title())
        return ModuleDoc(v5_id("import", self.tree.name(branch.path), title), title[:200], description, tuple(lessons))

    def _course_title(self) -> str:
        title = str(self.settings.get("title") or self.settings.get("site_name") or "")
        index = self._index()
        if not title and index and (read := self._text(index)):
            title = self._title(read[0], read[1], "")[0]
        return title or pretty(self.root.resolve().name)

    def _index(self) -> Path | None:
        return next((p for p in self.tree.files if p.parent == self.root and is_index(p)), None)

    def _document(self, modules: list[ModuleDoc], links: Links) -> CourseDocument:
        s = self.settings
        description = str(s.get("description") or s.get("site_description") or "")
        index = self._index()
        if index and (read := self._text(index)):
            text = self._title(read[0], read[1], "")[1]
            description = description or plain_text(text.split("\n## ")[0])[:2000]
            self.report.add(self.tree.name(index), "imported", "introduction")
        level = str(s.get("level") or "all_levels")
        return CourseDocument(
            course_id=v5_id("import", str(self.root.resolve())),
            version="import",
            title=self._course_title()[:160],
            subtitle=str(s.get("subtitle") or "")[:255],
            description=description,
            language=str(s.get("language") or s.get("lang") or "en")[:35],
            level=level if level in ("beginner", "intermediate", "advanced") else "all_levels",
            category=str(s.get("category") or "General")[:100],
            authors=_strings(s.get("authors") or s.get("author")),
            license=str(s.get("license") or "")[:200],
            objectives=_strings(s.get("objectives")),
            requirements=_strings(s.get("requirements")),
            modules=tuple(modules),
            media=tuple(self.media.values()),
        )

    def _picture(self, path: Path, alt: str) -> str | None:
        """The name of a picture in the file store, or None when it cannot be shown."""
        name = self.tree.name(path)
        try:
            data, mime = prepare_image(path.read_bytes(), path.name)
        except (UserError, OSError):
            self.report.add(name, "left_out", "picture_unusable")
            return None
        digest = sha256(data).hexdigest()
        self.media.setdefault(digest, MediaRef(digest, path.name, mime, len(data), alt[:500]))
        self.pictures[digest] = path
        self.report.add(name, "imported", "picture")
        return digest

    def _unused(self, used: set[Path]) -> None:
        """Name every file that nothing was made of."""
        known = {item.path for item in self.report.items}
        for path in self.tree.files:
            if path not in used and self.tree.name(path) not in known:
                self.report.add(self.tree.name(path), "left_out", "not_used")


def decode(data: bytes) -> tuple[str | None, str]:
    """Text and its encoding: UTF-8, UTF-16 with its mark, else Latin-1; None for what is no text."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return data.decode("utf-16"), "UTF-16"
        except UnicodeDecodeError:
            return None, ""
    if b"\0" in data[:4096]:
        return None, ""
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "Latin-1"


def _minutes(front: dict[str, Any]) -> int | None:
    total = 0
    for name in ("minutes", "duration", "teaching", "exercises"):
        value = front.get(name)
        if isinstance(value, int | float) and 0 < value < 10_000:
            total += int(value)
    return total or None


def _strings(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(str(v)[:500] for v in value)[:15] if isinstance(value, list) else ()
