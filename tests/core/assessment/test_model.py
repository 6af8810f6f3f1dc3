"""Points, percentages, order of questions and receipts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_core.assessment.model import digest, draw, points_for, score, totals
from lms_core.content.model import AnswerKey, AssessmentDoc, OptionDoc, QuestionDoc

OPTIONS = tuple(OptionDoc(x, x.upper()) for x in "abcd")
ONE = QuestionDoc("one", "single", "?", 2.0, OPTIONS)
MANY = QuestionDoc("many", "multiple", "?", 3.0, OPTIONS)
TRUE = QuestionDoc("true", "true_false", "?", 1.0, OPTIONS[:2])


@pytest.mark.parametrize(
    ("question", "chosen", "correct", "points"),
    [
        (ONE, "a", "a", 2.0), (ONE, "b", "a", 0.0), (ONE, "", "a", 0.0), (ONE, "ab", "a", 0.0), (ONE, "a", "", 0.0),
        (TRUE, "b", "b", 1.0), (MANY, "ab", "ab", 3.0), (MANY, "a", "abc", 1.0), (MANY, "abd", "abc", 1.0),
        (MANY, "cd", "ab", 0.0), (MANY, "abcd", "ab", 0.0), (MANY, "az", "ab", 0.0),
    ],
)  # fmt: skip
def test_points(question: QuestionDoc, chosen: str, correct: str, points: float) -> None:  # ATT-06
    assert points_for(question, chosen, correct) == points


def test_scores_add_up() -> None:
    key = AnswerKey("q", "1", {"one": ("a",), "many": ("a", "b", "c")})
    results = score((ONE, MANY, TRUE), {"one": ["a"], "many": ["a"]}, key)
    assert [(r.points, r.correct) for r in results] == [(2.0, True), (1.0, False), (0.0, False)]
    assert totals(results) == (3.0, 6.0, 50.0)
    assert totals([]) == (0.0, 0.0, 0.0)


@given(st.sets(st.sampled_from("abcd")), st.sets(st.sampled_from("abcd"), min_size=1))
def test_points_stay_within_their_bounds(chosen: set[str], correct: set[str]) -> None:
    points = points_for(MANY, chosen, correct)
    assert 0 <= points <= MANY.points
    assert (points == MANY.points) == (chosen == correct)


def test_the_order_belongs_to_the_attempt() -> None:
    quiz = AssessmentDoc(
        "q", "Quiz", questions=tuple(QuestionDoc(str(n), "single", "?", 1.0, OPTIONS) for n in range(9))
    )
    assert draw(quiz, "x") == quiz.questions
    mixed = AssessmentDoc("q", "Quiz", shuffle=True, questions=(*quiz.questions, TRUE))
    assert draw(mixed, "x") == draw(mixed, "x") != draw(mixed, "y")
    assert sorted(q.id for q in draw(mixed, "x")) == sorted(q.id for q in mixed.questions)
    assert next(q for q in draw(mixed, "x") if q.kind == "true_false").options == TRUE.options


def test_a_receipt_tells_every_answer_apart() -> None:
    one = digest("a", {"q": ["x", "y"], "r": []}, 5)
    assert one == digest("a", {"r": [], "q": ["y", "x"]}, 5)
    assert (
        len({one, digest("b", {"q": ["x", "y"]}, 5), digest("a", {"q": ["x"]}, 5), digest("a", {"q": ["x", "y"]}, 6)})
        == 4
    )
