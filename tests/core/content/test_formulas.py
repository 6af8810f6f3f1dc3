"""Formulas become pictures; what cannot be read stays readable."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from lms_core.content.formulas import formula_problem, formula_svg

GOOD = [r"\frac{a}{b}", "x", r"\sqrt{\frac{\sum (x_i-\bar x)^2}{n-1}}", "a < b > c", r"\binom{12}{6}", r"66\,\%"]
BAD = [r"\frac{a", "{" * 1000, "<&>", r"\def\a{\a}\a", "x" * 3000]


@pytest.mark.parametrize("tex", GOOD)
@pytest.mark.parametrize("display", [False, True])
def test_good_formula_is_drawn_in_its_colour(tex: str, *, display: bool) -> None:
    assert formula_problem(tex) == ""
    svg = formula_svg(tex, display=display, colour="#123456", size=20)
    root = ET.fromstring(svg)
    assert float(root.get("width", "0")) > 1
    assert root.get("viewBox", "").split()[2:] == [root.get("width"), root.get("height")]
    assert b"#123456" in svg
    assert b"<use" not in svg


def test_middle_of_the_picture_is_the_middle_of_small_letters() -> None:
    top, height = (float(v) for v in ET.fromstring(formula_svg("x^2", size=100)).get("viewBox", "").split()[1::2])
    assert -top - height / 2 == pytest.approx(23.5, abs=2.5)


@pytest.mark.parametrize("tex", BAD)
def test_bad_formula_shows_its_source_and_the_reason(tex: str) -> None:
    root = ET.fromstring(formula_svg(tex))
    texts = ["".join(node.itertext()) for node in root]
    assert texts[0] == formula_problem(tex) != ""
    assert texts[1][:5] == tex[:5]
