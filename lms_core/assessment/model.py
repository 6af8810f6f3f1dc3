"""Attempts and grades as screens see them, and the pure rules of scoring (ATT)."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Literal

import msgspec

from lms_core.content.model import AnswerKey, AssessmentDoc, QuestionDoc

Timing = Literal["", "unverified", "late"]
"""Whether an attempt was in time: yes; nobody can know, for its laptop was out of reach; no."""
GRACE_MS = 60_000


class OpenAttempt(msgspec.Struct, frozen=True):
    """An attempt that is going on: answers by question, flags, and the question in view (from 0)."""

    id: str
    lesson_id: str
    course_id: str
    assessment: AssessmentDoc
    pack: str
    number: int
    started_at: int
    deadline_at: int | None
    questions: tuple[QuestionDoc, ...]
    answers: Mapping[str, tuple[str, ...]]
    flags: frozenset[str]
    at: int

    @property
    def answered(self) -> int:
        """How many questions have an answer."""
        return sum(bool(self.answers.get(q.id)) for q in self.questions)


class Receipt(msgspec.Struct, frozen=True):
    """Proof that an attempt was handed in on this device."""

    attempt_id: str
    submitted_at: int
    digest: str
    answered: int
    questions: int


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """An exam as the hub hands it out for one attempt, with its questions; times are the hub's, in ms."""

    attempt: str
    course_id: str
    lesson_id: str
    pack: str
    version: str
    number: int
    started_at: int
    deadline_at: int | None
    now: int
    assessment: AssessmentDoc


class QuestionResult(msgspec.Struct, frozen=True):
    """What one answer was worth."""

    question_id: str
    points: float
    max_points: float
    correct: bool


class Grade(msgspec.Struct, frozen=True):
    """A grade; `final` once the hub has said so. `results` is empty where the rule of the quiz hides them."""

    attempt_id: str
    lesson_id: str
    number: int
    score: float
    max_score: float
    percent: float
    passed: bool
    final: bool
    over_limit: bool = False
    timing: Timing = ""
    results: tuple[QuestionResult, ...] = ()


class Attempt(msgspec.Struct, frozen=True):
    """A handed-in attempt; `grade` None until it is graded."""

    id: str
    lesson_id: str
    number: int
    started_at: int
    submitted_at: int
    grade: Grade | None
    answers: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    pack: str = ""


def points_for(question: QuestionDoc, chosen: Iterable[str], correct: Iterable[str]) -> float:
    """Points of one answer: all or nothing, for several right options the share of hits less the false ones (ATT)."""
    picked, right = set(chosen), set(correct)
    if not right or not picked:
        return 0.0
    if question.kind != "multiple":
        return question.points if picked == right else 0.0
    share = (len(picked & right) - len(picked - right)) / len(right)
    return round(question.points * max(0.0, share), 2)


def score(
    questions: Sequence[QuestionDoc], answers: Mapping[str, Sequence[str]], key: AnswerKey
) -> tuple[QuestionResult, ...]:
    """Results of all questions against the key."""
    out = []
    for q in questions:
        right = key.correct.get(q.id, ())
        points = points_for(q, answers.get(q.id, ()), right)
        out.append(QuestionResult(q.id, points, q.points, points == q.points and bool(right)))
    return tuple(out)


def totals(results: Iterable[QuestionResult]) -> tuple[float, float, float]:
    """Score, largest possible score, and percent with one decimal."""
    listed = list(results)
    got, most = round(sum(r.points for r in listed), 2), round(sum(r.max_points for r in listed), 2)
    return got, most, round(100 * got / most, 1) if most else 0.0


def draw(assessment: AssessmentDoc, attempt_id: str) -> tuple[QuestionDoc, ...]:
    """The questions of an attempt in its own order, the same whenever the attempt is opened."""
    if not assessment.shuffle:
        return assessment.questions
    chance = random.Random(attempt_id)
    questions = list(assessment.questions)
    chance.shuffle(questions)
    return tuple(
        msgspec.structs.replace(q, options=tuple(chance.sample(q.options, len(q.options))))
        if q.kind != "true_false"
        else q
        for q in questions
    )


def digest(attempt_id: str, answers: Mapping[str, Sequence[str]], submitted_at: int) -> str:
    """The hash on a receipt, twelve characters long."""
    body = msgspec.json.encode([attempt_id, sorted((k, sorted(v)) for k, v in answers.items()), submitted_at])
    return sha256(body).hexdigest()[:12]


def timing(deadline_at: int | None, *, contact_at: int, received_at: int) -> Timing:
    """Judge a hand-in by the hub's own clock (SYNC.md section 4).

    Args:
        deadline_at: the end of the attempt, None without a limit.
        contact_at: the last contact of the laptop before the hand-in was written, 0 where none is proved.
        received_at: when the hand-in arrived. All in ms of the hub's time.
    """
    if deadline_at is None or received_at <= deadline_at + GRACE_MS:
        return ""
    return "late" if contact_at > deadline_at + GRACE_MS else "unverified"
