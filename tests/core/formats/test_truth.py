"""Courses that people really wrote: what was counted in them by hand is found (IMP)."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from lms_core.formats.markdown_folder import ImportPlan
from tests.samples import course, find_samples

SAMPLES = find_samples()
pytestmark = pytest.mark.skipif(SAMPLES is None, reason="needs real course files: set LMS_SAMPLES")


def counted(name: str) -> tuple[ImportPlan, dict[str, Any]]:
    """The plan of a course and what is true of it."""
    assert SAMPLES is not None
    truth = json.loads((SAMPLES / "TRUTH.json").read_text("utf-8"))[f"markdown/{name}"]
    return course(name), truth


def test_iot_for_beginners() -> None:
    plan, truth = counted("IoT-For-Beginners")
    counts = plan.report.counts
    assert len(plan.document.modules) == truth["modules"]
    assert (counts["lesson"], counts["assignment"]) == (truth["lessons_total"], truth["assignments"])
    # every other Markdown file is a page, the introduction of a module, or named as not used
    others = counts["page"] + counts["introduction"] + counts["not_used"]
    assert counts["lesson"] + counts["assignment"] + others >= truth["md_files"]
    assert counts["page"] == 67
    assignments = [sum(x.kind == "assignment" for x in module.lessons) for module in plan.document.modules]
    assert assignments == [*truth["lessons"].values()], "each lesson has its own"


def test_git_novice() -> None:
    plan, truth = counted("git-novice")
    taken = [item.path for item in plan.report.items if item.reason == "lesson"]
    assert [path.rsplit("/", 1)[-1] for path in taken] == truth["lessons_in_order"]
    assert len(plan.document.modules) == truth["modules"]
    text = "\n".join(lesson.body for lesson in plan.document.lessons())
    assert ":::" not in text, "every one of the fences became a callout"


def test_odin_foundations() -> None:
    plan, truth = counted("odin-foundations")
    assert plan.report.counts["lesson"] == truth["md_files"] == sum(truth["groups"].values())
    taken = [item.path for item in plan.report.items if item.reason == "lesson"]
    assert Counter(part for path in taken for part in path.split("/") if part in truth["groups"]) == truth["groups"]
