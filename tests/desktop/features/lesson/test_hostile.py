"""Lessons that were written to do harm: nothing runs, nothing hangs, nothing leaves the machine."""

from __future__ import annotations

import time

import pytest
from PySide6.QtWidgets import QApplication

from desktop_lms.features.lesson.view import LessonPage
from desktop_lms.widgets.drawing import drawn
from lms_core.content.model import CourseDocument, LessonDoc, MediaRef, ModuleDoc
from lms_core.content.pack import build_pack
from lms_core.workspace import Workspace
from tests.desktop.features.lesson.conftest import Make, Show

PATIENCE_S = 30
HARM = ("<script", "onerror", "onclick", "javascript:", "<iframe", "<object", "file:", "data:")
TEXTS = {
    "scripts": '<script>alert(1)</script><img src=x onerror="x()"><a href="javascript:x()" onclick="x()">a</a>'
    '<iframe src="https://example.org"></iframe><object data="file:///etc/passwd"></object>',
    "pictures on the web": '![a](https://example.org/a.png)\n\n<img src="https://example.org/b.png">\n\n'
    '<img src="file:///etc/passwd">\n\n![c](data:image/png;base64,AAAA)',
    "rows": "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 10_000,
    "columns": "|" + " a |" * 2000 + "\n|" + "---|" * 2000 + "\n|" + " b |" * 2000,
    "quotes": ">" * 10_000 + " x",
    "lists": "\n".join("  " * n + "- x" for n in range(3000)),
    "boxes": "<div>" * 10_000 + "x" + "</div>" * 10_000,
    "block quotes": "<blockquote>" * 10_000 + "x",
    "folds": "<details><summary>x</summary>\n" * 10_000 + "y\n" + "</details>\n" * 10_000,
    "brackets": "[" * 20_000,
    "many embeds": "```cards\na :: b\n```\n\n" * 3000,
    "many formulas": "".join(f"$x_{{{n}}}$ " for n in range(300)) + "$\\frac{" * 300,
}


@pytest.fixture
def show(make_page: Make, workspace: Workspace) -> Show:
    def make(body: str, *files: MediaRef) -> LessonPage:
        modules = (ModuleDoc("m", "M", lessons=(LessonDoc("bad", "Bad", body=body),)),)
        pack = build_pack(CourseDocument("hostile", "1", "Hostile", modules=modules, media=files))
        workspace.installed.install_pack(workspace.media.put(pack), pack)
        page = make_page("bad", (1000, 700))
        page.open("bad")
        page.show()
        page.text.filling.complete()
        QApplication.processEvents()
        while not page.text.is_whole:
            page.text.filling.complete()
            QApplication.processEvents()
        return page

    return make


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_no_harm_and_no_hang(show: Show, name: str) -> None:
    began = time.process_time()
    page = show(TEXTS[name])
    assert time.process_time() - began < PATIENCE_S
    html = page.text.document().toHtml().casefold()
    assert not [harm for harm in HARM if harm in html.replace("charset", "")]
    assert page.text.toPlainText().strip()


def test_rows_that_are_left_out_are_counted(show: Show) -> None:
    assert "Rows left out: 5001" in show(TEXTS["rows"]).text.toPlainText()
    boxed = TEXTS["rows"].replace("| a |", "!!! note\n    | a |").replace("\n|", "\n    |")
    assert "Rows left out: 9501" in show(boxed).text.toPlainText(), "one in a callout is laid out at once"


def test_megabytes_are_cut_and_said(show: Show) -> None:
    began = time.process_time()
    text = show("Four words a line.\n\n" * 200_000).text.toPlainText()
    assert time.process_time() - began < PATIENCE_S
    assert text.rstrip().endswith("The rest is too long to be shown")


@pytest.mark.parametrize(
    "data",
    [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, b"<svg <<<", b'<svg width="9e9" height="9e9">',
     b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="9000000"/>'],
)  # fmt: skip
def test_a_damaged_picture_is_a_card_or_nothing(show: Show, workspace: Workspace, data: bytes) -> None:
    name = workspace.media.put(data)
    page = show(f"Before\n\n![A shell](media:{name})\n\nAfter", MediaRef(name, "shell.png", "image/png", len(data)))
    assert "After" in page.text.toPlainText()
    if data:
        made = drawn(data, most=500, ratio=1)
        assert not made.isNull()
        assert made.height() <= 4000
