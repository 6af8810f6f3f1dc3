"""Turn a folder of Markdown that someone wrote for another program into a course, and say what became of each file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lms_core.content.model import PROGRESS_METHODS, AnswerKey, AssessmentDoc, CourseDocument, LessonDoc, ModuleDoc
from lms_core.content.text import plain_text
from lms_core.errors import UserError
from lms_core.formats.attachments import Attachments, store
from lms_core.formats.links import Links, callouts, split_code
from lms_core.formats.quizfile import read_quiz
from lms_core.formats.reading import decode, lines, load_yaml, split_front, words
from lms_core.formats.report import Progress, Report, step
from lms_core.formats.tree import SETTINGS, WRAPPERS, Branch, Leaf, Tree, discover, is_index, pretty
from lms_core.ports import BlobStore, v5_id
from lms_core.schema import MINUTES, PART_TITLE, TITLE

MAX_TEXT_MB = 10
MAX_BODY = 250_000
_HEADING = re.compile(
    r"^#{1,2}[ \t]+([^\n]+?)[ \t]*#*[ \t]*(?:\{[^}\n]*\})?$|^([^\s#>|*+-][^\n]{0,300})\n(?:={3,}|-{3,})[ \t]*$",
    re.MULTILINE,
)


@dataclass
class ImportPlan:
    """What an import would make. Nothing is written until `store`."""

    document: CourseDocument
    keys: dict[str, AnswerKey]
    report: Report
    files: dict[str, Path] = field(default_factory=dict)

    def store(self, media: BlobStore, progress: Progress | None = None) -> None:
        """Bring the files into the file store; raises DiskFull, UserError `cancelled` or `source_changed`."""
        for done, (name, path) in enumerate(self.files.items()):
            step(progress, done, len(self.files), path.name)
            if media.has(name):
                continue
            store(name, path, media)


def scan(root: Path, progress: Progress | None = None) -> ImportPlan:
    """Read a folder without changing anything.

    Raises:
        UserError: `not_a_course` (no Markdown at all), `folder_wanted`, `no_lessons`, `cancelled`.
        NotFound: there is no such folder.
    """
    return _Scan(root, progress).plan()


@dataclass(frozen=True)
class Text:
    """A file's settings and its text."""

    front: dict[str, Any]
    body: str


Source = Text | AssessmentDoc


class _Scan:
    def __init__(self, root: Path, progress: Progress | None) -> None:
        self.root = Path(root)
        if not self.root.is_dir():
            raise UserError("folder_wanted" if self.root.exists() else "no_such_path", path=str(root))
        self.progress = progress
        self.report = Report()
        self.tree = Tree(self.root, self.report, self.progress)
        if not self.tree.markdown():
            raise UserError("not_a_course", path=str(root))
        self.settings = self._settings()
        self.keys: dict[str, AnswerKey] = {}
        self.files = Attachments(self.tree)

    def plan(self) -> ImportPlan:
        branches = discover(self.tree, self.settings)
        leaves = [leaf for branch in branches for leaf in branch.leaves]
        read: dict[Path, Source] = {}
        for done, leaf in enumerate(leaves):
            step(self.progress, done, 2 * len(leaves), leaf.path.name)
            if source := self._read(leaf):
                read[leaf.path] = source
        links = Links(self.tree, {path: self._id(path) for path in read}, self.files.take)
        modules: list[ModuleDoc] = []
        for number, branch in enumerate(branches):
            lessons: list[LessonDoc] = []
            for leaf in branch.leaves:
                if leaf.path in read:
                    step(self.progress, len(leaves) + len(lessons), 2 * len(leaves), leaf.path.name)
                    lessons += self._lessons(leaf, read[leaf.path], links)
            if lessons:
                modules.append(self._module(branch, lessons, links, number=number))
        if not modules:
            raise UserError("no_lessons", path=str(self.root))
        document = self._document(modules)
        self._unused(set(read))
        return ImportPlan(document, self.keys, self.report, self.files.paths)

    def _id(self, path: Path, *more: str) -> str:
        return v5_id("import", self.tree.name(path), *more)

    # --- parts
    def _settings(self) -> dict[str, Any]:
        for name in SETTINGS:
            path = self.root / name
            if path in self.tree.known and path.suffix != ".md" and (found := self._load(path)):
                return found
        return {}

    def _load(self, path: Path) -> dict[str, Any]:
        """A settings file; one that cannot be read counts as empty, and the report says why."""
        try:
            found = load_yaml(path)
        except ValueError as error:
            self.report.add(self.tree.name(path), "left_out", "settings_unreadable", why=str(error))
            return {}
        self.report.add(self.tree.name(path), "imported", "settings")
        return found

    def _read(self, leaf: Leaf) -> Source | None:
        return self._quiz(leaf) if leaf.kind == "quiz" else self._text(leaf.path)

    def _text(self, path: Path) -> Text | None:
        """Front matter and text of a file; None when there is nothing to take."""
        name = self.tree.name(path)
        try:
            with path.open("rb") as file:
                data = file.read((MAX_TEXT_MB << 20) + 1)
        except OSError as error:
            self.report.add(name, "left_out", "unreadable", why=error.strerror)
            return None
        if len(data) > MAX_TEXT_MB << 20:
            self.report.add(name, "left_out", "too_large", most=MAX_TEXT_MB)
            return None
        text, encoding = decode(data)
        if text is None:
            self.report.add(name, "left_out", "binary")
            return None
        if encoding != "UTF-8":
            self.report.add(name, "changed", "encoding", encoding=encoding)
        front, text, why_not = split_front(text)
        if why_not:
            self.report.add(name, "changed", "front_matter", why=why_not)
        if not text.strip():
            self.report.add(name, "left_out", "empty")
            return None
        return Text(front, text.strip("\n").rstrip())

    def _lessons(self, leaf: Leaf, source: Source, links: Links) -> list[LessonDoc]:
        """The lesson, or several when the text is too long for one."""
        row, name = self._id(leaf.path), self.tree.name(leaf.path)
        if isinstance(source, AssessmentDoc):
            self.report.add(name, "imported", "quiz")
            return [LessonDoc(id=row, title=source.title or pretty(name), kind="quiz", assessment=source)]
        own = leaf.path.parent.name if is_index(leaf.path) else leaf.path.name
        title, text = split_title(source, leaf.title or pretty(own))
        converted = callouts(text)
        if converted != text:
            self.report.add(name, "changed", "div_to_callout")
        bodies = split_body(links.rewrite(converted, leaf.path))
        from lms_core.content.render import has_active_parts  # a tenth of a second that starting need not wait for

        if any(has_active_parts(body) for body in bodies):
            self.report.add(name, "changed", "active_parts")
        if len(bodies) > 1:
            self.report.add(name, "changed", "split", parts=len(bodies))
        front = source.front
        about: dict[str, Any] = {"kind": "assignment"} if leaf.kind == "assignment" else {}
        about |= self.files.settings(front, leaf.path, row)
        kind = about.get("kind")
        self.report.add(
            name, "imported", leaf.kind if leaf.kind == "page" else "assignment" if kind == "assignment" else "lesson"
        )
        return [
            LessonDoc(
                id=self._id(leaf.path, str(number)) if number else row,
                title=f"{title[: PART_TITLE[1] - 10]} ({number + 1})" if number else title[: PART_TITLE[1]],
                body=body, minutes=_minutes(front), preview=front.get("preview") is True, **({} if number else about),
            )
            for number, body in enumerate(bodies)
        ]  # fmt: skip

    def _quiz(self, leaf: Leaf) -> AssessmentDoc | None:
        name = self.tree.name(leaf.path)
        try:
            quiz, key = read_quiz(leaf.path, name=name)
        except ValueError as error:
            self.report.add(name, "left_out", "quiz_unreadable", why=str(error))
            return None
        self.keys[quiz.id] = key
        return quiz

    def _module(self, branch: Branch, lessons: list[LessonDoc], links: Links, *, number: int) -> ModuleDoc:
        about = branch.path / "module.yaml"
        settings = self._load(about) if about in self.tree.known else {}
        title = words(settings.get("title")) or branch.title
        description = links.rewrite(str(settings.get("description") or ""), about)
        if branch.index and branch.path != self.root and (read := self._text(branch.index)):
            found, text = split_title(read, "")
            title, description = title or found, description or links.rewrite(text, branch.index)
            self.report.add(self.tree.name(branch.index), "imported", "introduction")
        inside = [pretty(part) for part in branch.path.relative_to(self.root).parts if part.lower() not in WRAPPERS]
        title = title or " – ".join(inside) or self._course_title()
        row = v5_id("import", self.tree.name(branch.path), str(number))
        return ModuleDoc(row, title[: PART_TITLE[1]], description[:MAX_BODY], tuple(lessons))

    def _course_title(self) -> str:
        title = words(self.settings.get("title")) or words(self.settings.get("site_name"))
        index = self._index()
        if not title and index and (read := self._text(index)):
            title = split_title(read, "")[0]
        title = title or pretty(self.root.resolve().name)
        return title if len(title) >= TITLE[0] else f"Course {title}"

    def _course_id(self, modules: list[ModuleDoc]) -> str:
        """From `id` in the settings, else from title and lessons: a folder that was moved is the same course."""
        lessons = [lesson.id for module in modules for lesson in module.lessons]
        return v5_id("import", words(self.settings.get("id")) or "\n".join([self._course_title(), *lessons]))

    def _index(self) -> Path | None:
        return next((p for p in self.tree.files if p.parent == self.root and is_index(p)), None)

    def _document(self, modules: list[ModuleDoc]) -> CourseDocument:
        s = self.settings
        description = str(s.get("description") or s.get("site_description") or "")
        index = self._index()
        if index and (read := self._text(index)):
            description = description or plain_text(split_title(read, "")[1].split("\n## ")[0])[:2000]
            self.report.add(self.tree.name(index), "imported", "introduction")
        level, method = words(s.get("level")), words(s.get("progress_method"))
        return CourseDocument(
            course_id=self._course_id(modules),
            version="import",
            title=self._course_title()[:160],
            subtitle=words(s.get("subtitle"))[:255],
            description=description[:MAX_BODY],
            language=(words(s.get("language")) or words(s.get("lang")) or "en")[:35],
            level=level if level in ("beginner", "intermediate", "advanced") else "all_levels",
            category=(words(s.get("category")) or "General")[:100],
            authors=lines(s.get("authors") or s.get("author")),
            license=words(s.get("license"))[:200],
            objectives=lines(s.get("objectives")),
            requirements=lines(s.get("requirements")),
            modules=tuple(modules),
            tags=lines(s.get("tags"))[:30],
            progress_method=method if method in PROGRESS_METHODS else "lesson",  # type: ignore[arg-type]
            sequential=s.get("sequential") is True,
            media=tuple(self.files.media.values()),
        )

    def _unused(self, used: set[Path]) -> None:
        """Name every file that nothing was made of."""
        known = {item.path for item in self.report.items}
        for path in self.tree.files:
            if path not in used and self.tree.name(path) not in known:
                self.report.add(self.tree.name(path), "left_out", "not_used")


def split_title(source: Text, fallback: str) -> tuple[str, str]:
    """The title, and the text without a heading that only repeats it."""
    text = source.body
    code, start = next(split_code(text))
    heading = None if code else _HEADING.search(start[:4000])
    first = heading if heading and not text[: heading.start()].strip() else None
    found = plain_text(heading[1] or heading[2]) if heading else ""
    chief = heading is not None and (heading[0].startswith("# ") or heading[0].rstrip().endswith("="))
    title = words(source.front.get("title")) or (found if chief or first else "") or fallback
    if first and found.casefold() == title.casefold():
        text = text[first.end() :].strip("\n")
    return title, text


def split_body(text: str) -> list[str]:
    """A text in parts that fit into a lesson: cut at headings, else between paragraphs, else anywhere."""
    parts = []
    while len(text) > MAX_BODY:
        ends = [text.rfind(mark, MAX_BODY // 2, MAX_BODY) for mark in ("\n# ", "\n## ", "\n### ", "\n\n", "\n", " ")]
        end = next((end for end in ends if end > 0), MAX_BODY)
        parts.append(text[:end].rstrip())
        text = text[end:].lstrip("\n")
    return [*parts, text]


def _minutes(front: dict[str, Any]) -> int | None:
    total = 0
    for name in ("minutes", "duration", "teaching", "exercises"):
        value = front.get(name)
        if isinstance(value, int | float) and 0 < value <= MINUTES[1]:
            total += int(value)
    return min(total, MINUTES[1]) or None
