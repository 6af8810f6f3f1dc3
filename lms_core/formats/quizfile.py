"""Read a quiz from a YAML file (docs/formats.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

from lms_core.content.model import AnswerKey, AssessmentDoc, Mode, OptionDoc, QuestionDoc, QuestionKind
from lms_core.formats.tree import load_yaml
from lms_core.ports import v5_id

MODES, KINDS = get_args(Mode), get_args(QuestionKind)


def read_quiz(path: Path, *, name: str) -> tuple[AssessmentDoc, AnswerKey]:
    """The quiz and its key; raises ValueError with a reason that names the question."""
    found = load_yaml(path)
    listed = found.get("questions")
    if not isinstance(listed, list) or not listed:
        raise ValueError("it has no questions")
    mode = str(found.get("mode", "practice"))
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
    quiz = AssessmentDoc(
        id=quiz_id,
        title=str(found.get("title") or ""),
        mode=mode,  # type: ignore[arg-type]
        pass_percent=_int(found.get("pass_percent"), 60) or 0,
        attempts_allowed=_int(found.get("attempts_allowed"), None),
        time_limit_minutes=_int(found.get("time_limit_minutes"), None),
        shuffle=bool(found.get("shuffle", False)),
        questions=tuple(questions),
    )
    return quiz, AnswerKey(quiz_id, "", correct, explanations)


def _int(value: Any, default: int | None) -> int | None:
    try:
        return default if value is None else int(value)
    except (TypeError, ValueError):
        return default


def _question(entry: Any, number: int, *, name: str) -> tuple[QuestionDoc, tuple[str, ...], str]:
    if not isinstance(entry, dict) or not str(entry.get("text") or "").strip():
        raise ValueError(f"question {number} has no text")
    kind = str(entry.get("kind", "single"))
    if kind not in KINDS:
        raise ValueError(f"question {number} has the unknown kind “{kind}”")
    options, right = _options(entry, number, kind)
    if not right or (kind != "multiple" and len(right) != 1):
        raise ValueError(f"question {number} does not say which option is right")
    try:
        points = float(entry.get("points", 1))
    except (TypeError, ValueError) as error:
        raise ValueError(f"question {number} has no number as points") from error
    question = QuestionDoc(
        id=v5_id("question", name, str(number)),
        kind=kind,  # type: ignore[arg-type]
        text=str(entry["text"]).strip(),
        points=points,
        options=tuple(options),
    )
    return question, tuple(right), str(entry.get("explanation") or "").strip()


def _options(entry: dict[str, Any], number: int, kind: str) -> tuple[list[OptionDoc], list[str]]:
    listed = entry.get("options")
    if kind == "true_false" and listed is None:
        return [OptionDoc("true", "True"), OptionDoc("false", "False")], ["true" if entry.get("correct") else "false"]
    if not isinstance(listed, list) or len(listed) < 2:
        raise ValueError(f"question {number} needs two options or more")
    options, right = [], []
    for place, option in enumerate(listed, 1):
        row = option if isinstance(option, dict) else {"text": option}
        options.append(OptionDoc(f"o{place}", str(row.get("text", "")).strip()))
        if row.get("correct"):
            right.append(f"o{place}")
    return options, right
