"""What keeps readers out of a text is found, and nothing else."""

from __future__ import annotations

import pytest

from lms_core.content.accessibility import accessibility_faults
from lms_core.demo import COURSES, SAMPLES
from lms_core.formats.markdown_folder import scan


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", ()),
        ("![A wave](media:x) and [the tide tables](https://tides.example)", ()),
        ("![](media:x)", ("image_without_words",)),
        ("![ ](media:x) ![](media:y)", ("image_without_words",)),
        ("# One\n\n## Two\n\n### Three\n\n## Two", ()),
        ("## Two\n\n#### Four", ("heading_skipped",)),
        ("### Three", ("heading_skipped",)),
        ("[here](lesson:1)", ("link_without_words",)),
        ("[**Click here!**](lesson:1)", ("link_without_words",)),
        ("[](lesson:1)", ("link_without_words",)),
        ("[![A map](media:x)](https://map.example)", ()),
        ("[![](media:x)](https://map.example)", ("image_without_words", "link_without_words")),
        ("[هنا](lesson:1)", ("link_without_words",)),
        ("```\n![](x)\n#### Four\n[here](y)\n```", ()),
        ("~~~\n[here](y)", ()),
        ("`![](x)` and `[here](y)`", ()),
    ],
)
def test_faults(text: str, faults: tuple[str, ...]) -> None:
    assert accessibility_faults(text) == faults


@pytest.mark.parametrize("name", COURSES)
def test_our_own_courses_keep_nobody_out(name: str) -> None:
    found = {x.title: accessibility_faults(x.body) for x in scan(SAMPLES / name).document.lessons()}
    assert {title: faults for title, faults in found.items() if faults} == {}
