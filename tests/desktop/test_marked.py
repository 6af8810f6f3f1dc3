"""Short Markdown in a label: what is said stands out, what is literal stays as it is, and nothing of it is HTML."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from desktop_lms.widgets.text import Marked

CODE = "<span style=\"font-family:'JetBrains Mono'\">"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (
            "What reduces **bias**? Tick *all*.",
            'What reduces <span style="font-weight:600">bias</span>? Tick <i>all</i>.',
        ),
        ("`a * b * c`, not snake_case_name", f"{CODE}a\u00a0*\u00a0b\u00a0*\u00a0c</span>, not snake_case_name"),
        ("See [the table](lesson:1) and 2 * 3 * 4", "See the table and 2 * 3 * 4"),
        ("Is $x_1 < x_2$?", "Is <i>x_1 &lt; x_2</i>?"),
        ("<b onload=x>1 < 2", "&lt;b onload=x&gt;1 &lt; 2"),
        ("Out:\n\n```python\nif x:\n  y\n```", f"{CODE}\u00a0\u00a0y</span>"),
    ],
)
def test_marks_become_type(qtbot: QtBot, written: str, shown: str) -> None:
    label = Marked(written, "body", wrap=True)
    qtbot.addWidget(label)
    assert shown in label.text()
    assert "<span" not in label.accessibleName()
    assert "**" not in label.accessibleName()
