"""A lesson as one text for the reading view: its head, what stands above it, the words, and its files."""

from __future__ import annotations

import html
from functools import partial

from desktop_lms.features.lesson.parts import make_part
from desktop_lms.features.lesson.room import Room
from desktop_lms.features.lesson.stage.view import Files, embed_of, primary
from desktop_lms.features.lesson.text import Body
from desktop_lms.features.lesson.viewmodel import Reading
from desktop_lms.widgets.embedding import Make
from desktop_lms.widgets.theme import current
from desktop_lms.widgets.typesetting import page_html
from desktop_lms.words import dotted, tr
from lms_core.content.dress import embed_html


def framed(reading: Reading, body: Body, room: Room, *, foot: bool = True) -> tuple[list[str], dict[str, Make]]:
    """The pieces of HTML of a lesson, and how to make what is embedded in them."""
    theme, lesson = current(), reading.lesson
    lab = tr("with a lab") if lesson.has_lab else ""
    over = dotted(reading.module, reading.number, tr("{minutes} min", minutes=reading.minutes), lab)
    style = f"font-family:Inter,'IBM Plex Sans Arabic'; font-size:{theme.px(12)}px; color:{theme.hex('text2')}"
    head = f'<p style="{style}">{html.escape(over)}</p><h1>{html.escape(lesson.title)}</h1>'
    embeds = list(body.embeds)
    end = ""
    if (first := primary(lesson)) is not None:
        embeds.append(embed_of(first))
        head += embed_html(first.id, first.title)
    make: dict[str, Make] = {each.key: partial(make_part, each, room) for each in embeds}
    if foot and (len(lesson.items) > (first is not None) or lesson.resources):
        make["files"] = partial(Files, lesson, room)
        end = embed_html("files", tr("Files and links"))
    pieces = list(body.pieces)
    pieces[0] = head + pieces[0]
    pieces[-1] += end
    pieces[0] = page_html(pieces[0])
    return pieces, make
