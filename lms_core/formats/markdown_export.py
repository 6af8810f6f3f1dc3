"""Write a course as a folder of Markdown that anybody can read and that an import takes back (docs/formats.md)."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import yaml

from lms_core.content.model import AnswerKey, AssessmentDoc, CourseDocument, LessonDoc, MediaRef, QuestionDoc
from lms_core.db.engine import storage_errors
from lms_core.errors import UserError
from lms_core.formats.links import outside_code
from lms_core.formats.markdown_folder import Text, split_title
from lms_core.formats.report import Progress, step
from lms_core.ports import BlobStore

_OURS = re.compile(r"\]\((media|lesson):([0-9a-f-]{1,64})(#[^()\s]{0,500})?\)")
_ENDINGS = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".svg": "image/svg+xml",
}


def export_markdown(
    document: CourseDocument,
    folder: Path,
    *,
    keys: Mapping[str, AnswerKey],
    media: BlobStore,
    progress: Progress | None = None,
) -> None:
    """Write the course into a new folder: all of it or nothing.

    Raises:
        UserError: `folder_in_use` when there is something already, `cancelled`.
        DiskFull: nothing is left behind.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError("folder_in_use", path=str(folder))
    draft = folder.with_name(f".{folder.name}-{uuid4().hex}")
    try:
        with storage_errors(folder):
            _Export(document, draft, keys, media).write(progress)
            if folder.exists():
                folder.rmdir()
            draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


class _Export:
    def __init__(self, document: CourseDocument, root: Path, keys: Mapping[str, AnswerKey], media: BlobStore) -> None:
        self.document, self.root, self.keys, self.media = document, root, keys, media
        self.folders = {
            module.id: f"{number:02}-{_slug(module.title, 'module')}"
            for number, module in enumerate(document.modules, 1)
        }
        self.lessons = {
            lesson.id: f"{self.folders[module.id]}/{number:02}-{_file_name(lesson)}"
            for module in document.modules
            for number, lesson in enumerate(module.lessons, 1)
        }
        self.pictures = _picture_names([ref for ref in document.media if media.has(ref.sha256)])

    def write(self, progress: Progress | None) -> None:
        self._write("course.yaml", _yaml(self._settings()))
        total, done = len(self.lessons) + len(self.pictures), 0
        for sha256, name in self.pictures.items():
            step(progress, done, total, name)
            done += 1
            self._write(f"images/{name}", self.media.read(sha256))
        for module in self.document.modules:
            about = {"title": module.title, "description": self._linked(module.description)}
            self._write(f"{self.folders[module.id]}/module.yaml", _yaml(about))
            for lesson in module.lessons:
                step(progress, done, total, lesson.title)
                done += 1
                self._write(self.lessons[lesson.id], self._lesson(lesson))

    def _write(self, name: str, data: str | bytes) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)

    def _settings(self) -> dict[str, Any]:
        d = self.document
        named = {
            "title": d.title, "subtitle": d.subtitle, "description": d.description, "language": d.language,
            "level": d.level, "category": d.category, "authors": [*d.authors], "license": d.license,
            "objectives": [*d.objectives], "requirements": [*d.requirements], "tags": [*d.tags],
            "progress_method": "" if d.progress_method == "lesson" else d.progress_method, "sequential": d.sequential,
        }  # fmt: skip
        return {name: value for name, value in named.items() if value}

    def _lesson(self, lesson: LessonDoc) -> str:
        if lesson.assessment is not None:
            return _yaml(self._quiz(lesson.title, lesson.assessment))
        front: dict[str, Any] = {"title": lesson.title}
        if lesson.minutes is not None:
            front["minutes"] = lesson.minutes
        if lesson.preview:
            front["preview"] = True
        if lesson.kind != "reading":
            front["kind"] = lesson.kind
        front |= self._settled(lesson)
        body = self._linked(lesson.body)
        headed = f"# {lesson.title}\n\n{body}"
        # the heading is for people; it stays away where an import would not know it as the title
        if split_title(Text(front, headed), "") != (lesson.title, body):
            headed = body
        return f"---\n{_yaml(front)}---\n\n{headed}\n"

    def _settled(self, lesson: LessonDoc) -> dict[str, Any]:
        """Tiers, items and resources of a lesson as its front matter says them (docs/formats.md)."""
        said: dict[str, Any] = {
            "access": "" if lesson.access == "registered" else lesson.access, "guest": lesson.guest,
            "registered": lesson.registered, "denied": lesson.denied, "transcript": lesson.transcript,
            "lab": lesson.has_lab, "weight": lesson.weight if lesson.weight != 1 else None,
        }  # fmt: skip
        for item in lesson.items:
            said.setdefault(item.kind, self._place(item.media, item.url))
            if heard := {c.language: self._place(c.media, "") for c in item.captions}:
                said.setdefault("captions", {language: place for language, place in heard.items() if place})
            if item.kind == "video":
                said.setdefault("thumbnail", self._place(item.thumbnail, ""))
                said.setdefault("quality", item.quality)
        said["keep"] = [item.kind for item in lesson.items if not item.downloadable]
        said["resources"] = [
            {"title": r.title, "type": r.kind, "url" if r.url and not r.media else "file": place}
            | ({"description": r.description} if r.description else {})
            | ({"premium": True} if r.premium else {})
            for r in lesson.resources
            if (place := self._place(r.media, r.url))
        ]
        return {name: value for name, value in said.items() if value not in ("", None, False, [], {})}

    def _place(self, media: str, url: str) -> str:
        return f"../images/{self.pictures[media]}" if media in self.pictures else url

    def _linked(self, text: str) -> str:
        """A Markdown text of one module or lesson with relative links; all of them lie one folder deep."""

        def target(found: re.Match[str]) -> str:
            kind, name, anchor = found[1], found[2], found[3] or ""
            if kind == "media" and name in self.pictures:
                return f"](../images/{self.pictures[name]})"
            if kind == "lesson" and name in self.lessons:
                return f"](../{self.lessons[name]}{anchor})"
            return found[0]

        return outside_code(text, lambda prose: _OURS.sub(target, prose))

    def _quiz(self, title: str, quiz: AssessmentDoc) -> dict[str, Any]:
        found: dict[str, Any] = {
            "kind": "quiz", "title": title, "mode": quiz.mode, "pass_percent": quiz.pass_percent,
            "attempts_allowed": quiz.attempts_allowed, "time_limit_minutes": quiz.time_limit_minutes,
            "shuffle": quiz.shuffle,
        }  # fmt: skip
        found = {name: value for name, value in found.items() if value is not None}
        key = self.keys.get(quiz.id, AnswerKey(quiz.id, ""))
        return {**found, "questions": [self._question(question, key) for question in quiz.questions]}

    def _question(self, question: QuestionDoc, key: AnswerKey) -> dict[str, Any]:
        right = key.correct.get(question.id, ())
        found: dict[str, Any] = {
            "kind": question.kind,
            "text": self._linked(question.text),
            "points": question.points,
            "options": [{"text": o.text, **({"correct": True} if o.id in right else {})} for o in question.options],
        }
        why = key.explanations.get(question.id, question.explanation)
        return {**found, "explanation": why} if why else found


def _yaml(value: dict[str, Any]) -> str:
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=100)


def _slug(title: str, fallback: str) -> str:
    """A part of a file name that every system takes."""
    return re.sub(r"[\W_]+", "-", title.casefold())[:48].strip("-") or fallback


def _file_name(lesson: LessonDoc) -> str:
    slug = _slug(lesson.title, "lesson")
    if lesson.assessment is not None:
        return f"{slug.removesuffix('quiz').strip('-')}-quiz.yaml".lstrip("-")
    said = slug.endswith(("assignment", "homework"))
    return f"{slug}-lesson.md" if said and lesson.kind != "assignment" else f"{slug}.md"


def _picture_names(media: list[MediaRef]) -> dict[str, str]:
    """File names by hash: what the author called them where it can be kept."""
    names: dict[str, str] = {}
    for ref in media:
        stem = _slug(Path(ref.name).stem, "picture")
        own = Path(ref.name).suffix.lower()
        ending = next((ending for ending, mime in _ENDINGS.items() if mime == ref.mime), own or ".bin")
        name = f"{stem}{ending}"
        names[ref.sha256] = f"{stem}-{ref.sha256[:8]}{ending}" if name in names.values() else name
    return names
