"""A quiz from a file: what it says is taken exactly, what it leaves open is refused with the question's number."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms_core.formats.quizfile import read_quiz

TWO = "options: [{text: A, correct: true}, B]"


def test_all_of_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "05-quiz.yaml"
    path.write_text("""
title: Clouds
mode: graded
pass_percent: 70
attempts_allowed: 2
time_limit_minutes: 15
shuffle: true
questions:
  - text: |
      Which one is high?

      $h > 6000$
    points: 2.5
    options:
      - {text: Cirrus, correct: true}
      - 12
    explanation: Ice.
  - {kind: multiple, text: Rain, options: [{text: Yes, correct: true}, {text: No}, {text: true, correct: true}]}
  - {kind: true_false, text: Fog is a cloud., correct: true}
""")
    quiz, key = read_quiz(path, name="a/05-quiz.yaml")
    assert (quiz.title, quiz.mode, quiz.pass_percent, quiz.attempts_allowed) == ("Clouds", "graded", 70, 2)
    assert (quiz.time_limit_minutes, quiz.shuffle) == (15, True)
    first, second, third = quiz.questions
    assert (first.text, first.points) == ("Which one is high?\n\n$h > 6000$", 2.5)
    assert [o.text for o in first.options] == ["Cirrus", "12"]
    assert [o.text for o in second.options] == ["Yes", "No", "True"]
    assert [o.text for o in third.options] == ["True", "False"]
    assert [key.correct[q.id] for q in quiz.questions] == [("o1",), ("o1", "o3"), ("true",)]
    assert key.explanations == {first.id: "Ice."}
    assert all(not q.explanation for q in quiz.questions)
    assert read_quiz(path, name="a/05-quiz.yaml") == (quiz, key)
    assert read_quiz(path, name="b/05-quiz.yaml")[0].id != quiz.id


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("title: x", "it has no questions"),
        ("questions: []", "it has no questions"),
        ("questions: {a: b}", "it has no questions"),
        (f"mode: hard\nquestions: [{{text: x, {TWO}}}]", "mode “hard” is unknown"),
        (f"pass_percent: 101\nquestions: [{{text: x, {TWO}}}]", "pass_percent is not between 0 and 100"),
        (f"pass_percent: high\nquestions: [{{text: x, {TWO}}}]", "pass_percent is no number"),
        (f"attempts_allowed: 0\nquestions: [{{text: x, {TWO}}}]", "attempts_allowed is not between 1 and 100"),
        (f"time_limit_minutes: .inf\nquestions: [{{text: x, {TWO}}}]", "time_limit_minutes is no number"),
        (f"questions: [{{text: x, {TWO}}}, 7]", "question 2 has no text"),
        (f"questions: [{{text: '  ', {TWO}}}]", "question 1 has no text"),
        (f"questions: [{{text: x, kind: essay, {TWO}}}]", "question 1 has the unknown kind “essay”"),
        (f"questions: [{{text: x, points: -1, {TWO}}}]", "question 1 has points that are not between 0 and 1000"),
        ("questions: [{text: x, options: [A]}]", "question 1 needs two options or more"),
        ("questions: [{text: x, options: [A, B]}]", "question 1 does not say which option is right"),
        ("questions: [{text: x, options: [{text: A, correct: true}, {text: B, correct: true}]}]",
         "question 1 does not say which option is right"),
        ("questions: [{text: x, options: [{text: A, correct: true}, '']}]", "question 1 has an option without text"),
        (f"questions: [{{text: x, options: {[*range(21)]}}}]", "question 1 has more than 20 options"),
        ("questions: [", "expected the node content, but found '<stream end>', line 1"),
        ("x" * 600_000, "it is larger than 512 KB"),
        ("\1\2\3", "it is no text"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "quiz.yaml"
    path.write_text(text)
    with pytest.raises(ValueError) as refused:  # noqa: PT011 the reason is compared below
        read_quiz(path, name="quiz.yaml")
    assert str(refused.value) == why


def test_a_file_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="No such file"):
        read_quiz(tmp_path / "quiz.yaml", name="quiz.yaml")
