"""The world of somebody who looks for something, for `make screens`: a catalogue and what they read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from PySide6.QtWidgets import QWidget

from desktop_lms.app import App
from desktop_lms.features.courses.view import CoursesPage
from desktop_lms.features.search.view import SearchPage
from desktop_lms.shell.palette import Palette
from lms_core.courses.entities import COURSE_CARD
from lms_core.search.index import BULK
from lms_core.workspace import Workspace
from tests.scenes import Scene, at, fill, page_of, palette, settle
from tests.told import tell

SUBJECTS = {
    "Biology": ("Between the Tides", "Fungi of the Forest", "Cells at Work", "Birds in the City"),
    "Statistics": ("Statistics for Everyday Questions", "Reading Charts", "Chance and Risk", "Surveys That Ask Well"),
    "Languages": ("German for Work A2", "Spanish from Zero", "Arabic Script", "Writing Clear English"),
    "Astronomy": ("Reading the Night Sky", "Moons", "Telescopes by Hand", "The Age of Stars"),
}
AUTHORS = ("Mairead Quinn", "Jonas Weber", "Hannah Vogel", "Tomás Ibarra", "Ines Duarte")
LEVELS = ("beginner", "intermediate", "advanced", "all_levels")


def offer(workspace: Workspace) -> None:
    """Courses of four subjects, some paid, most rated."""
    titles = [(subject, title) for subject, some in SUBJECTS.items() for title in some]
    for n, (subject, title) in enumerate(titles):
        tell(
            workspace, "course_card", COURSE_CARD.id_for(title), course_id=title, title=title, category=subject,
            category_id=subject, level=LEVELS[n % 4], language=("en", "de", "es")[n % 3], authors=[AUTHORS[n % 5]],
            price=0.0 if n % 3 else 24.0, currency="EUR", rating=(0.0, 4.8, 4.1, 3.6)[n % 4], reviews=n * 3 % 17,
            enrolled=n * 37 % 240, minutes=(80, 240, 700)[n % 3], lessons=8 + n, is_published=True, pack="p",
            pack_size=90_000 + 7_000 * n, media_size=(n % 5) * 31_000_000, published_at=n, version="1.0",
            tags=[("field work", "beginners", "with exercises")[n % 3]], is_featured=n % 6 == 0,
            description="How to take a sample, what it says, and what it cannot say.",
        )  # fmt: skip


@contextmanager
def looking(app: App) -> Iterator[dict[str, Scene]]:
    """Somebody with a catalogue."""
    workspace = app.sessions.start_local("Amara Okafor")
    fill(workspace)
    offer(workspace)
    app.enter(workspace)
    yield {
        "catalogue": catalogue(), "catalogue-found": catalogue("s", category="Biology"),
        "catalogue-none": catalogue("zebra"),
        "search-facets": at("search/sample"), "search-narrowed": narrowed, "search-slip": at("search/smaple"),
        "search-before": searched, "search-nothing": at("search/zeppelin"), "search-indexing": indexing,
        "palette-search": palette_for("samp"),
    }  # fmt: skip


def catalogue(words: str = "", **facets: str) -> Scene:
    """The catalogue, narrowed."""

    def go(app: App) -> QWidget:
        window = at("courses")(app)
        settle()
        page = page_of(app)
        assert isinstance(page, CoursesPage)
        page.shelf.choose(1)
        page.search.setText(words)
        for name, value in facets.items():
            page._model.narrow(name, value)
        return window

    return go


def narrowed(app: App) -> QWidget:
    """Results of one kind, of which another is taken too."""
    window = at("search/sample")(app)
    settle(400)
    page = page_of(app)
    assert isinstance(page, SearchPage)
    page._model.narrow("kind", "course")
    return window


def indexing(app: App) -> QWidget:
    """Results while a large synchronisation is not indexed yet."""
    window = at("search/sample")(app)
    settle(300)
    page = page_of(app)
    assert isinstance(page, SearchPage)
    answer = page._model.answer
    assert answer is not None
    page._model.rest()
    page._model.answer = type(answer)(answer.hits, answer.meant, answer.is_corrected, BULK)
    page._model.changed.emit()
    return window


def palette_for(words: str) -> Scene:
    """The palette while one types."""

    def go(app: App) -> QWidget:
        window = palette(app)
        shown = window.findChild(Palette)
        assert shown is not None
        shown.field.setText(words)
        shown.field.textEdited.emit(words)
        return window

    return go


def searched(app: App) -> QWidget:
    """The page of results before anything is typed, for somebody who searched before."""
    store = app.store
    assert store is not None
    for words in ("standard error", "limpets", "how to ask well"):
        store.in_turn(partial(store.workspace.search.remember, words))
    return at("search")(app)
