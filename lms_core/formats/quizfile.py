"""Read a quiz from a YAML file (docs/formats.md)."""

from __future__ import annotations

from math import isfinite
from pathlib import Path
from typing import Any, get_args

from lms_core.content.model import AnswerKey, AssessmentDoc, Mode, OptionDoc, QuestionDoc, QuestionKind
from lms_core.courses.service import CoursesService
from lms_core.errors import UserError
from lms_core.formats.reading import load_yaml, words
from lms_core.ports import v5_id
from lms_core.schema import PART_TITLE

MODES, KINDS = get_args(Mode), get_args(QuestionKind)
MAX_OPTIONS = 20
MAX_POINTS = 1000


def add_quiz(courses: CoursesService, course: str, path: Path) -> str:
    """Add a quiz from a file at the end of a draft; returns its lesson. Raises UserError `quiz_unreadable`."""
    try:
        quiz, key = read_quiz(path, name=path.name)
    except (ValueError, OSError) as error:
        raise UserError("quiz_unreadable", why=str(error)) from error
    modules = courses.outline(course).modules
    module = modules[-1].id if modules else courses.add_module(course, quiz.title or path.stem)
    lesson = courses.add_lesson(module, quiz.title or path.stem, kind="quiz")
    row = courses.ensure_assessment(lesson)
    courses.change_assessment(
        row, mode=quiz.mode, pass_percent=quiz.pass_percent, attempts_allowed=quiz.attempts_allowed,
        time_limit_minutes=quiz.time_limit_minutes, shuffle=quiz.shuffle,
    )  # fmt: skip
    for q in quiz.questions:
        ids = [o.id for o in q.options]
        courses.add_question(
            row, q.text, kind=q.kind, options=[o.text for o in q.options], points=q.points,
            correct=[ids.index(i) for i in key.correct[q.id]], explanation=key.explanations.get(q.id, ""),
        )  # fmt: skip
    return lesson


def read_quiz(path: Path, *, name: str) -> tuple[AssessmentDoc, AnswerKey]:
    """The quiz and its key; raises ValueError with a reason that names the question."""
    found = load_yaml(path)
    listed = found.get("questions")
    if not isinstance(listed, list) or not listed:
        raise ValueError("it has no questions")
    mode = words(found.get("mode", "graded"))
    if mode not in MODES:
        raise ValueError(f"mode “{mode}” is unknown")
    quiz_id = v5_id("quiz", name)
    questions, correct, explanations = [], {}, {}
    for number, entry in enumerate(listed, 1):
        question, right, why = _question(entry, number, name=name)
        questions.append(question)
        correct[question.id] = right
        if why:
            explanations[question.id] = why
    percent = _whole(found, "pass_percent", 0, 100)
    quiz = AssessmentDoc(
        id=quiz_id,
        title=words(found.get("title"))[: PART_TITLE[1]],
        mode=mode,  # type: ignore[arg-type]
        pass_percent=70 if percent is None else percent,
        attempts_allowed=_whole(found, "attempts_allowed", 1, 100),
        time_limit_minutes=_whole(found, "time_limit_minutes", 1, 1440),
        shuffle=bool(found.get("shuffle", False)),
        questions=tuple(questions),
    )
    return quiz, AnswerKey(quiz_id, "", correct, explanations)


def _number(found: dict[str, Any], name: str) -> float | None:
    value = found.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ValueError(f"{name} is no number")
    return value


def _whole(found: dict[str, Any], name: str, least: int, most: int) -> int | None:
    value = _number(found, name)
    if value is not None and not least <= value <= most:
        raise ValueError(f"{name} is not between {least} and {most}")
    return None if value is None else int(value)


def _text(entry: dict[str, Any], name: str) -> str:
    """A text that keeps its lines."""
    value = entry.get(name)
    return value.strip() if isinstance(value, str) else str(value) if isinstance(value, bool) else words(value)


def _question(entry: Any, number: int, *, name: str) -> tuple[QuestionDoc, tuple[str, ...], str]:
    if not isinstance(entry, dict) or not _text(entry, "text"):
        raise ValueError(f"question {number} has no text")
    kind = words(entry.get("kind", "single"))
    if kind not in KINDS:
        raise ValueError(f"question {number} has the unknown kind “{kind}”")
    options, right = _options(entry, number, kind)
    if not right or (kind != "multiple" and len(right) != 1):
        raise ValueError(f"question {number} does not say which option is right")
    points = _number(entry, "points")
    if points is not None and not 0 <= points <= MAX_POINTS:
        raise ValueError(f"question {number} has points that are not between 0 and {MAX_POINTS}")
    question = QuestionDoc(
        id=v5_id("question", name, str(number)),
        kind=kind,  # type: ignore[arg-type]
        text=_text(entry, "text"),
        points=1.0 if points is None else float(points),
        options=tuple(options),
    )
    return question, tuple(right), _text(entry, "explanation")


def _options(entry: dict[str, Any], number: int, kind: str) -> tuple[list[OptionDoc], list[str]]:
    listed = entry.get("options")
    if kind == "true_false" and listed is None:
        return [OptionDoc("true", "True"), OptionDoc("false", "False")], ["true" if entry.get("correct") else "false"]
    if not isinstance(listed, list) or len(listed) < 2:
        raise ValueError(f"question {number} needs two options or more")
    if len(listed) > MAX_OPTIONS:
        raise ValueError(f"question {number} has more than {MAX_OPTIONS} options")
    options, right = [], []
    for place, option in enumerate(listed, 1):
        row = option if isinstance(option, dict) else {"text": option}
        if not (text := _text(row, "text")):
            raise ValueError(f"question {number} has an option without text")
        options.append(OptionDoc(f"o{place}", text))
        if row.get("correct"):
            right.append(f"o{place}")
    return options, right
