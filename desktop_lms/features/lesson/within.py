"""What the embedded parts of a text say, so that words are found in them before they are opened; beside the window."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape

from PySide6.QtGui import QTextDocument

from desktop_lms.features.lesson.text import Dress, render_body
from lms_core.content.embeds import Embed
from lms_core.content.exercises import read_cards, read_check
from lms_core.content.large import code_of, read_grid
from lms_core.content.text import plain_text

_PLACE = re.compile(r'<img src="embed:([^"]+)"[^>]*>')


def words_within(embeds: Iterable[Embed], *, dress: Dress, files: Mapping[str, str]) -> dict[str, str]:
    """The words of each part by its key, as they stand in it when it is first seen."""
    found: dict[str, str] = {}
    for embed in embeds:
        if embed.kind == "details":
            found[embed.key] = _words_of(embed.source, dress, files)
        elif embed.kind == "cards" and (faces := read_cards(embed.source)):
            found[embed.key] = _words_of(faces[0].front, dress, files)
        elif embed.kind == "check" and (check := read_check(embed.source)):
            answers = (plain_text(each.text) for each in check.answers)
            found[embed.key] = "\n".join([_words_of(check.question, dress, files), *answers])
        elif embed.kind == "table":
            found[embed.key] = "\n".join(cell.said for row in read_grid(embed.source) for cell in row)
        elif embed.kind == "code":
            found[embed.key] = code_of(embed.source)
    return found


def _words_of(source: str, dress: Dress, files: Mapping[str, str]) -> str:
    """The words of Markdown as they are shown, with those of what is embedded in it."""
    body = render_body(source, title="", dress=dress, files=files)
    within = words_within(body.embeds, dress=dress, files=files)
    document = QTextDocument()
    said = {key: f"<br>{escape(words)}<br>".replace("\n", "<br>") for key, words in within.items()}
    document.setHtml(_PLACE.sub(lambda place: said.get(place[1], ""), body.html))
    return document.toPlainText()
