"""Words in a lesson can be seen: every run of one colour stands out from what is painted behind it, in each look."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QTextBlock
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_lms.features.lesson.text import Dress, callout_words, render_body
from desktop_lms.widgets.layout import column
from desktop_lms.widgets.reading import COLOURS, LessonText, Mark
from desktop_lms.widgets.surfaces import Panel
from desktop_lms.widgets.theme import Theme, current, use
from tests.walker import LEAST_CONTRAST, picture, strongest

CODE = """```python
@cached  # a comment
def weigh(shells: list[float], *, least: int = 0x1F) -> str:
    \"\"\"Say it.\"\"\"
    return f"{len(shells):d} of {None!r}" if shells and not True else 'none\\n'

class Scale(Base):
    limit = 4.6e3
```

```sql
SELECT name, COUNT(*) FROM shells WHERE weight > 4.6 AND kind = 'limpet'; -- all
```

```diff
- gone
+ here
```

```html
<p class="a">&amp; <!-- said --></p>
```
"""
KINDS = ("NOTE", "INFO", "TIP", "WARNING", "DANGER", "EXAMPLE", "IMPORTANT", "QUESTION")
CALLOUTS = "".join(f"> [!{kind}] A title\n> Words of it with `code` and [a link](lesson:x).\n\n" for kind in KINDS)
TEXT = f"""# A heading

Plain words, **strong** and *slanted*, ~~gone~~, ==marked==, `code`, [a link](https://example.org) and a note[^1].

## Another

> Somebody said so.

{CALLOUTS}
- [x] done
- [ ] to do

Term
: What it means

| Name | Weight |
| --- | ---: |
| Limpet | 4.6 |

{CODE}

[^1]: At the foot.
"""


def runs(text: LessonText) -> Iterator[tuple[str, QRect]]:
    """Each stretch of words of one form within a line, and where it stands in the widget."""
    block = text.document().begin()
    while block.isValid():
        yield from _runs(text, block)
        block = block.next()


def _runs(text: LessonText, block: QTextBlock) -> Iterator[tuple[str, QRect]]:
    lines = block.layout()
    where = text.document().documentLayout().blockBoundingRect(block).topLeft() - lines.boundingRect().topLeft()
    for each in list(block):
        fragment = each.fragment()
        start, end = fragment.position() - block.position(), fragment.position() - block.position() + fragment.length()
        if fragment.charFormat().isImageFormat() or not fragment.text().strip():
            continue
        for n in range(lines.lineCount()):
            line = lines.lineAt(n)
            first, last = max(start, line.textStart()), min(end, line.textStart() + line.textLength())
            words = block.text()[first:last].strip()
            if first < last and words:
                left, right = line.cursorToX(first), line.cursorToX(last)
                left, right = (each[0] if isinstance(each, tuple) else each for each in (left, right))
                area = line.rect().translated(where)
                area.setLeft(where.x() + min(left, right))
                area.setRight(where.x() + max(left, right))
                yield words, area.toAlignedRect().translated(text.viewport().geometry().topLeft())


def faint(text: LessonText) -> list[str]:
    """Runs that are hard to see, with their contrast."""
    image, found = picture(text.parentWidget()), []
    for words, area in runs(text):
        if area.width() > 3 and text.rect().contains(area) and (got := strongest(image, area)) < LEAST_CONTRAST:
            found.append(f"{got:.2f} {words[:40]!r}")
    return found


@pytest.fixture
def text(qtbot: QtBot, qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[LessonText]:
    use(qapp, Theme(request.param))
    made = LessonText(name="Lesson text")
    page = Panel(column((made, 1)))
    qtbot.addWidget(page)
    page.resize(820, 4000)
    body = render_body(TEXT, title="", dress=Dress(current().colors, callout_words(), current().px(16)), files={})
    made.show_html(body.html)
    page.show()
    yield made
    made._settle.stop()
    use(qapp, Theme())


@pytest.mark.parametrize("text", ["light", "dark", "contrast"], indirect=True)
def test_words_stand_out_from_what_is_behind_them(text: LessonText) -> None:
    assert len(list(runs(text))) > 100
    assert faint(text) == []
    whole = text.toPlainText()
    assert text.verticalScrollBar().maximum() == 0, "all of it is in view"
    for colour in COLOURS:
        text.show_marks([Mark(0, whole.index("Term"), colour)])
        assert faint(text) == [], colour


@pytest.mark.parametrize("text", ["light"], indirect=True)
def test_what_cannot_be_seen_is_found(text: LessonText) -> None:
    cursor = text.textCursor()
    cursor.setPosition(text.toPlainText().index("slanted"))
    cursor.movePosition(cursor.MoveOperation.EndOfWord, cursor.MoveMode.KeepAnchor)
    form = cursor.charFormat()
    form.setForeground(QColor("#bbbbbb"))
    cursor.setCharFormat(form)
    assert [line.split()[1] for line in faint(text)] == ["'slanted'"]
