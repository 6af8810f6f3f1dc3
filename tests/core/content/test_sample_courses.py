"""The courses that come with the product are whole: links lead somewhere, code runs, formulas are drawn."""

from __future__ import annotations

import contextlib
import io
import json
import re
from pathlib import Path

import pytest

from lms_core.content.formulas import formula_problem
from lms_core.content.render import RenderTheme, render
from lms_core.formats.markdown_folder import ImportPlan, scan

RESOURCES = Path(__file__).parents[3] / "resources"
THEME = RenderTheme(json.loads((RESOURCES / "themes/tokens.json").read_text("utf-8"))["color"]["light"])
CODE = re.compile(r"```python\n(.*?)```", re.DOTALL)


@pytest.fixture(params=["sample_course", "second_course"])
def plan(request: pytest.FixtureRequest) -> ImportPlan:
    return scan(RESOURCES / str(request.param))


def test_every_file_is_taken_as_it_is(plan: ImportPlan) -> None:
    assert [item for item in plan.report.items if item.outcome != "imported"] == []


def test_links_pictures_and_formulas_are_whole(plan: ImportPlan) -> None:
    ids, media = {lesson.id for lesson in plan.document.lessons()}, {m.sha256 for m in plan.document.media}
    for lesson in plan.document.lessons():
        found = render(lesson.body, theme=THEME)
        assert {link[7:] for link in found.links if link.startswith("lesson:")} <= ids
        assert set(found.images) <= media
        assert [f.tex for f in found.formulas if formula_problem(f.tex)] == []
    assert all(m.alt for m in plan.document.media)


def test_code_prints_what_the_text_says(plan: ImportPlan) -> None:
    for lesson in plan.document.lessons():
        for code in CODE.findall(lesson.body):
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                exec(code, {})
            said = re.findall(r"^ *print.*  # (.*)$", code, re.MULTILINE)
            assert not said or out.getvalue().splitlines() == said


def test_every_question_has_its_key_and_an_explanation(plan: ImportPlan) -> None:
    quizzes = [lesson.assessment for lesson in plan.document.lessons() if lesson.assessment]
    assert quizzes
    for quiz in quizzes:
        key = plan.keys[quiz.id]
        assert set(key.correct) == set(key.explanations) == {question.id for question in quiz.questions}
