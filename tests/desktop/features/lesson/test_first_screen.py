"""A long lesson shows its first screen before the rest is rendered, and is the same text in the end."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from desktop_lms.features.lesson.text import Body, Dress, behind, callout_words, first_screen, render_body
from desktop_lms.features.lesson.view import LessonPage
from desktop_lms.widgets.theme import Theme
from lms_core.content.model import CourseDocument, LessonDoc, ModuleDoc
from lms_core.content.pack import build_pack
from lms_core.workspace import Workspace
from tests.desktop.features.lesson.conftest import Make

WORDS = """## Part {n}

Words of part {n} with $x_{{{n}}}$ and **more**.

- one

- two

```python
x = {n}

y = 2
```

"""
LONG = "".join(WORDS.format(n=n) for n in range(200))


def rendered(text: str) -> Body:
    return render_body(text, title="", dress=Dress(Theme().colors, callout_words(), 16.0), files={})


def test_a_first_screen_and_what_comes_behind_it_are_the_text() -> None:
    start = rendered(first_screen(LONG))
    whole = rendered(LONG)
    rest = behind(start, whole)
    assert len(start.html) < len(whole.html) / 2
    assert start.html + "".join(rest) == whole.html
    assert all(len(piece) < 5000 for piece in rest)


@pytest.mark.parametrize("end", ["[^n]: A footnote", "[name]: https://example.org", "*[Words]: An abbreviation"])
def test_a_text_whose_beginning_needs_its_end_comes_whole(end: str) -> None:
    text = f"Words[^n] and [name].\n\n{LONG}\n\n{end}\n"
    assert first_screen(text) == ""
    assert first_screen(f"{LONG}\n\nWords[^other].\n\n[^other]: A footnote\n")


def test_code_and_formulas_are_not_cut() -> None:
    code = "\n\n".join(f"x{n} = 1" for n in range(700))
    for text in (f"```python\n{code}\n```\n\n{LONG}", f"$$\n{code}\n$$\n\n{LONG}"):
        assert first_screen(text) in ("", text[: text.index(LONG)].rstrip("\n"))


def test_a_short_text_comes_whole() -> None:
    assert first_screen(LONG[:8000]) == ""


def test_an_anchor_comes_with_the_words_behind_it() -> None:
    text = LONG[:4000] + "".join(f'<div id="x{n}">\n\n## Part {n}\n\n</div>\n\n' for n in range(800))
    assert not first_screen(text).endswith(">")


def test_another_text_is_not_what_comes_behind() -> None:
    assert behind(rendered("Some words.\n\n"), rendered("Other words.\n\nAnd more.")) == ()
    assert behind(rendered("- one"), rendered("- one\n- two")) == ()


def test_the_page_shows_the_first_screen_and_then_the_rest(qtbot: QtBot, make_page: Make, workspace: Workspace) -> None:
    modules = (ModuleDoc("m", "M", lessons=(LessonDoc("long", "Long", body=LONG),)),)
    pack = build_pack(CourseDocument("course", "1", "Course", modules=modules))
    workspace.installed.install_pack(workspace.media.put(pack), pack)

    def opened(at: str = "") -> LessonPage:
        page = make_page("long", (1000, 700))
        page.open("long", at)
        page.show()
        return page

    page = opened()
    assert "Words of part 5 " in page.text.toPlainText()
    assert page.text.verticalScrollBar().maximum() > 0, "it is more than the window shows"
    assert "Words of part 199" not in page.text.toPlainText()
    assert not page.text.is_whole
    page.leave()
    assert not workspace.learning.lesson_states("course")["long"].percent, "leaving at once is not reading to the end"
    qtbot.waitUntil(lambda: page.text.is_whole, timeout=20_000)
    assert "Words of part 199" in page.text.toPlainText()
    page.text.go_to(page.text.toPlainText().index("Words of part 100"))
    page.leave()
    again = opened()
    qtbot.waitUntil(again.text.viewport().updatesEnabled)
    assert again.text.words_at(again.text.place).startswith(("Part 100", "Words of part 100", "y = 2", "two"))
    qtbot.waitUntil(lambda: again.text.is_whole, timeout=20_000)
    found = opened("at:text:Words of part 150")
    qtbot.waitUntil(lambda: found.text.words_at(found.text.place).startswith(("Part 150", "Words of part 150")))
