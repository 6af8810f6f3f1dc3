"""Words of files are read once, beside the window, and found then; what waits is indexed between clicks."""

from __future__ import annotations

from hashlib import sha256

from pytestqt.qtbot import QtBot

from desktop_lms.shell.searching import Indexing
from desktop_lms.store import InlineStore
from lms_core.content.model import Caption, ContentItem, CourseDocument, LessonDoc, ModuleDoc
from lms_core.content.pack import build_pack, pack_name
from lms_core.search.index import BULK
from lms_core.search.model import Question
from lms_core.search.reading import spoken, words_of
from lms_core.workspace import Workspace
from tests.pdfs import make_pdf

SAID = b"""WEBVTT

00:01.000 --> 00:04.000
Here a <b>limpet</b>

00:05.000 --> 00:09.000
clings to the rock.

01:15.500 --> 01:18.000
The tide turns.
"""


def test_captions_are_read_in_stretches() -> None:  # SRC-03
    assert spoken(SAID) == [(1, "Here a limpet clings to the rock."), (75, "The tide turns.")]
    assert spoken(b"\xff\xfe") == []


def test_a_damaged_pdf_has_no_words() -> None:
    assert words_of("page", b"%PDF-1.4 broken") == []
    assert words_of("page", make_pdf(password="x")) == []
    assert [page for page, _ in words_of("page", make_pdf(pages=3))] == [1, 2, 3]


def test_files_are_read_once_and_found(qtbot: QtBot, store: InlineStore, workspace: Workspace) -> None:  # SRC-03
    pdf, film = make_pdf(pages=2), SAID
    items = (
        ContentItem(id="v", kind="video", title="The bay", captions=(Caption("en", workspace.media.put(film)),)),
        ContentItem(id="p", kind="pdf", title="Field guide", media=workspace.media.put(pdf)),
        ContentItem(id="q", kind="pdf", title="Not here yet", media=sha256(b"x").hexdigest()),
    )
    lessons = (LessonDoc("l1", "Shore", items=items),)
    body = build_pack(CourseDocument("c", "1", "Tides", modules=(ModuleDoc("m", "m", lessons=lessons),)))
    workspace.media.put(body)
    workspace.installed.install_pack(pack_name(body), body)
    indexing = Indexing(store)
    indexing.go_on()
    assert list(workspace.search.unread()) == [sha256(b"x").hexdigest()]
    (hit,) = workspace.search.ask(Question("limpet clings")).hits
    assert (hit.kind, hit.title, hit.place) == ("video", "The bay", "1")
    word = next(word for word in words_of("page", pdf)[1][1].split() if len(word) > 3)
    assert ("page", "Field guide") in {(h.kind, h.title) for h in workspace.search.ask(Question(word)).hits}
    indexing.stop()


def test_a_damaged_file_keeps_no_other_from_being_read(qtbot: QtBot, store: InlineStore, workspace: Workspace) -> None:
    words = [f"WEBVTT\n\n00:01.000 --> 00:04.000\n{word}\n".encode() for word in ("limpet", "whelk", "kelp")]
    names = {workspace.media.put(data): data for data in words}
    bad = min(names)
    next(workspace.profile.media.rglob(bad)).write_bytes(b"rust")
    items = tuple(ContentItem(id=sha, kind="video", title="Bay", captions=(Caption("en", sha),)) for sha in names)
    modules = (ModuleDoc("m", "m", lessons=(LessonDoc("l1", "Shore", items=items),)),)
    body = build_pack(CourseDocument("c", "1", "Tides", modules=modules))
    workspace.media.put(body)
    workspace.installed.install_pack(pack_name(body), body)
    indexing = Indexing(store)
    indexing.go_on()
    assert list(workspace.search.unread()) == [bad]
    indexing.stop()


def test_what_waits_is_indexed_between_clicks(qtbot: QtBot, store: InlineStore, workspace: Workspace) -> None:
    with workspace.work():
        for n in range(BULK + 1):
            workspace.notes.add(f"A limpet, number {n}")
    indexing = Indexing(store)
    indexing.go_on()
    answer = workspace.search.ask(Question("limpet", limit=5))
    assert (len(answer.hits), answer.waiting) == (5, 0)
    indexing.stop()
