"""Cards and questions in a text, and what is folded there."""

from __future__ import annotations

import pytest

from lms_core.content.embeds import MOST
from lms_core.content.exercises import Face, read_cards, read_check
from lms_core.content.render import Rendered, RenderTheme, render
from tests.core.content.test_render import THEME as COLOURS

THEME: RenderTheme = COLOURS


def made(text: str, **files: str) -> Rendered:
    return render(text, theme=THEME, files=files)


def test_cards_have_two_sides() -> None:
    assert read_cards("a :: b\n\nc::d\n  and more\nno card\n") == (Face("a", "b"), Face("c", "d\nand more\nno card"))
    assert read_cards("nothing here") == ()


def test_a_question_has_answers_and_tells_why() -> None:
    found = read_check("Which *one*?\n\n- [ ] This\n- [x] That\n\nBecause.\n- so it is")
    assert found is not None
    assert found.question == "Which *one*?"
    assert [(a.text, a.right) for a in found.answers] == [("This", False), ("That", True)]
    assert found.why == "Because.\n- so it is"
    assert not found.several
    assert read_check("- [x] a\n- [x] b").several  # type: ignore[union-attr]


@pytest.mark.parametrize("source", ["", "Which?", "Which?\n- [ ] a\n- [ ] b"])
def test_a_question_that_nobody_can_answer_is_none(source: str) -> None:
    assert read_check(source) is None


@pytest.mark.parametrize(
    "text",
    ['??? note "Why"\n    Since **so**.', "<details><summary>Why</summary>\n\nSince **so**.\n</details>",
     "<details>\n  <summary>\n Why </summary>\n  Since **so**.</details>"],
)  # fmt: skip
def test_a_fold_has_its_title_and_its_markdown(text: str) -> None:
    rendered = made(f"Before\n\n{text}\n\nAfter")
    assert [(e.kind, e.title, e.source.strip()) for e in rendered.embeds] == [("details", "Why", "Since **so**.")]
    assert f'src="embed:{rendered.embeds[0].key}"' in rendered.html
    assert rendered.html.index("Before") < rendered.html.index("embed:") < rendered.html.index("After")


def test_a_fold_in_a_fold_is_of_its_text() -> None:
    text = "<details><summary>A</summary>\n\n<details><summary>B</summary>\nin\n</details>\n\nout\n</details>\n\nend"
    rendered = made(text)
    assert [e.title for e in rendered.embeds] == ["A"]
    assert [e.title for e in made(rendered.embeds[0].source).embeds] == ["B"]
    assert "end" in rendered.html


def test_what_is_shown_in_code_is_no_embed() -> None:
    text = "```html\n<details><summary>A</summary>x</details>\n```\n\n~~~\n??? note\n    x\n~~~\n"
    assert made(text).embeds == ()


def test_what_is_open_from_the_start_is_a_callout() -> None:
    rendered = made('???+ note "Open"\n    words\n')
    assert rendered.embeds == ()
    assert "words" in rendered.html


def test_files_that_are_no_pictures_are_embedded_by_their_kind() -> None:
    film, sheet, data, picture = "a" * 64, "b" * 64, "c" * 64, "d" * 64
    files = {film: "video/mp4", sheet: "application/pdf", data: "text/csv", picture: "image/png"}
    text = "".join(f"![{n}](media:{name})\n\n" for n, name in enumerate(files))
    rendered = made(text, **files)
    assert [(e.kind, e.title, e.media) for e in rendered.embeds] == [
        ("video", "0", film), ("pdf", "1", sheet), ("file", "2", data),
    ]  # fmt: skip
    assert rendered.images == (picture,)


def test_the_same_source_keeps_its_key_and_one_that_comes_twice_has_two() -> None:
    block = "```cards\na :: b\n```\n\n"
    first, second = made(f"x\n\n{block}{block}").embeds
    assert made(block).embeds[0].key == first.key != second.key


def test_nobody_names_an_embed_from_outside() -> None:
    assert "embed:" not in made('![x](embed:abc)\n\n<img src="embed:abc">').html


def test_without_files_nothing_is_embedded() -> None:
    rendered = render("```cards\na :: b\n```\n\n<details><summary>A</summary>x</details>", theme=THEME)
    assert rendered.embeds == ()
    assert "a :: b" in rendered.html


def test_a_text_has_an_end_of_embeds() -> None:
    rendered = made("```cards\na :: b\n```\n\n" * (MOST + 3))
    assert len(rendered.embeds) == MOST
    assert rendered.html.count("a :: b") == 3
