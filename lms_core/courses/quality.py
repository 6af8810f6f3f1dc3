"""How good a draft is, from 0 to 100, and what would make it better (BLD-14)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lms_core.content.model import CourseDocument, LessonDoc
from lms_core.content.text import plain_text

WEIGHTS = {"structure": 25, "depth": 25, "assessments": 20, "media": 15, "metadata": 15}
DEEP_WORDS = 150
LONG_DESCRIPTION = 120


@dataclass(frozen=True)
class Part:
    """One part of the figure: points reached of `most`, and the codes of what is missing."""

    name: str
    points: int
    most: int
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Quality:
    """The figure and its parts."""

    parts: tuple[Part, ...]

    @property
    def score(self) -> int:
        """0 to 100."""
        return sum(part.points for part in self.parts)

    @property
    def missing(self) -> tuple[str, ...]:
        """Codes of everything that would raise the figure, what weighs most first."""
        worst = sorted(self.parts, key=lambda p: p.points - p.most)
        return tuple(code for part in worst for code in part.missing)


def quality_of(document: CourseDocument) -> Quality:
    """Weigh a draft: each part is the share of its wishes that are met."""
    wishes = {
        "structure": list(_structure(document)),
        "depth": list(_depth(document)),
        "assessments": list(_assessments(document)),
        "media": list(_media(document)),
        "metadata": list(_metadata(document)),
    }
    return Quality(tuple(_part(name, WEIGHTS[name], found) for name, found in wishes.items()))


def _part(name: str, most: int, wishes: list[tuple[str, float]]) -> Part:
    met = sum(share for _, share in wishes) / len(wishes)
    return Part(name, round(most * met), most, tuple(code for code, share in wishes if share < 1))


def _share(many: int, of: int) -> float:
    return min(1.0, many / of) if of else 0.0


def _structure(document: CourseDocument) -> Iterator[tuple[str, float]]:
    lessons = document.lessons()
    yield "few_modules", _share(len(document.modules), 2)
    yield "few_lessons", _share(len(lessons), 4)
    yield "module_empty", _share(sum(bool(m.lessons) for m in document.modules), len(document.modules))


def _texts(document: CourseDocument) -> list[LessonDoc]:
    return [lesson for lesson in document.lessons() if lesson.kind != "quiz"]


def _depth(document: CourseDocument) -> Iterator[tuple[str, float]]:
    words = [len(plain_text(lesson.body).split()) for lesson in _texts(document)]
    yield "lesson_empty", _share(sum(count > 0 for count in words), len(words))
    yield "lesson_short", _share(sum(count >= DEEP_WORDS for count in words), len(words))


def _assessments(document: CourseDocument) -> Iterator[tuple[str, float]]:
    quizzes = [x.assessment for x in document.lessons() if x.assessment and x.assessment.questions]
    yield "no_quiz", _share(len(quizzes), 1)
    yield "few_questions", _share(sum(len(quiz.questions) for quiz in quizzes), 5)


def _media(document: CourseDocument) -> Iterator[tuple[str, float]]:
    texts = _texts(document)
    shown = sum("](media:" in lesson.body for lesson in texts)
    yield "few_pictures", _share(2 * shown, len(texts))
    named = sum("![](" not in lesson.body for lesson in texts)
    yield "image_without_words", _share(named, len(texts))


def _metadata(document: CourseDocument) -> Iterator[tuple[str, float]]:
    yield "description_short", _share(len(document.description), LONG_DESCRIPTION)
    yield "no_objectives", _share(len(document.objectives), 1)
    yield "no_subtitle", float(bool(document.subtitle.strip()))
