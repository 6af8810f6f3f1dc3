"""A long text comes piece by piece, and is the same in the end as if it had come at once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from PySide6.QtGui import QTextCursor, QTextDocument
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_lms.widgets.reading import LessonText
from desktop_lms.widgets.theme import current
from lms_core.content.render import RenderTheme, render

PART = """## Head {n}

Words of part {n}, **bold** and `code`.

> [!TIP] A callout
> with words

| a | b |
|---|---|
| 1 | 2 |

- one
- two

```python
x = {n}
```

"""
TEXT = "".join(PART.format(n=n) for n in range(60))


@pytest.fixture
def text(qtbot: QtBot) -> Iterator[LessonText]:
    made = LessonText(name="Lesson text")
    qtbot.addWidget(made)
    made.resize(700, 500)
    made.show()
    yield made
    made._settle.stop()
    made.filling.begin(())


def pieces() -> list[str]:
    made = render(TEXT, theme=RenderTheme(current().colors))
    return [made.html[start:end] for start, end in pairwise((0, *made.cuts, len(made.html)))]


def blocks(document: QTextDocument) -> list[tuple[object, ...]]:
    """What each paragraph says and how it is set."""
    found: list[tuple[object, ...]] = []
    block = document.begin()
    while block.isValid():
        form = block.blockFormat()
        font = block.charFormat().font().pixelSize()
        found.append((block.text(), form.topMargin(), form.bottomMargin(), form.headingLevel(), form.indent(), font))
        found.append((form.lineHeight(), document.documentLayout().blockBoundingRect(block).height()))
        block = block.next()
    return found


def test_a_long_text_comes_in_pieces(text: LessonText) -> None:
    first, *rest = pieces()
    assert len(rest) > 5
    text.show_html(f"<body>{first}</body>", rest=rest)
    assert "Words of part 59" not in text.toPlainText(), "the first screen stands before the rest is there"
    for _ in range(200):
        QTest.qWait(5)
        if text.filling.is_whole:
            break
    assert "Words of part 59" in text.toPlainText()


def test_pieces_make_the_text_that_one_would(text: LessonText) -> None:
    first, *rest = pieces()
    text.show_html(f"<body>{first}</body>", rest=rest)
    text.filling.complete()
    came, boxes = blocks(text.document()), len(text._boxes)
    text.show_html(f"<body>{''.join(pieces())}</body>")
    assert came == blocks(text.document())
    assert boxes == len(text._boxes) == 120, "each callout and each block of code"


def test_what_one_looks_for_is_found(qtbot: QtBot, text: LessonText) -> None:
    first, *rest = pieces()
    text.show_html(f"<body>{first}</body>", rest=rest)
    assert text.find_all("Words of part 59") == 1
    text.show_html(f"<body>{first}</body>", rest=rest)
    text.go_to_anchor("head-50")
    qtbot.waitUntil(lambda: text.verticalScrollBar().value() > 1000)


def test_one_goes_to_a_place_while_the_text_comes_and_the_window_goes_on(qtbot: QtBot, text: LessonText) -> None:
    first, *rest = pieces()
    text.show_html(f"<body>{first}</body>", rest=rest)
    text.go_to(4000)
    assert text.document().characterCount() < 4000, "the window does not wait for it"
    assert text.place == 4000, "who leaves now comes back there"
    assert not text.viewport().updatesEnabled(), "the beginning is not shown on the way"
    qtbot.waitUntil(text.viewport().updatesEnabled)
    assert text.document().characterCount() > 4000
    assert 3900 < text.place <= 4000
    assert text.verticalScrollBar().value() > 1000


def test_another_text_is_painted_though_one_was_on_the_way(text: LessonText) -> None:
    first, *rest = pieces()
    text.show_html(f"<body>{first}</body>", rest=rest)
    text.go_to(4000)
    text.show_html("<p>Short</p>")
    assert text.viewport().updatesEnabled()
    QTest.qWait(30)
    assert text.place == 0


def test_another_text_drops_what_was_left_of_the_first(text: LessonText) -> None:
    first, *rest = pieces()
    text.show_html(f"<body>{first}</body>", rest=rest)
    text.show_html("<p>Short</p>")
    QTest.qWait(30)
    assert text.toPlainText().strip() == "Short"


def test_places_behind_an_emoji_are_those_of_the_document(text: LessonText) -> None:
    text.show_html("<p>\U0001f41a shells \U0001f30a and a witness, they differ</p>")
    start, end = text.locate("a witness", before="and ") or (0, 0)
    cursor = text._cursor(start)
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    assert cursor.selectedText() == "a witness"
    before, after = text.around(start, end)
    assert before == "\U0001f41a shells \U0001f30a and "
    assert after == ", they differ"
    assert text.around(start, end, reach=len(" and "))[0] == " and "
    assert text.words_at(start) == "a witness, they differ"


def test_what_comes_behind_a_first_screen_joins_it(text: LessonText, qtbot: QtBot) -> None:
    first, *rest = pieces()
    told: list[bool] = []
    text.filled.connect(lambda: told.append(True))
    text.show_html(f"<body>{first}</body>", rest=rest[:2], more=True)
    QTest.qWait(100)
    assert text.percent == 0, "nobody has read to the end of a text that is still to come"
    assert not told
    text.go_on(rest[2:], {})
    qtbot.waitUntil(lambda: bool(told))
    came = blocks(text.document())
    text.show_html(f"<body>{''.join(pieces())}</body>")
    assert came == blocks(text.document())
    assert text.percent > 0
