"""What is kept of a course: chosen, brought step by step, updated only as a whole."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from lms_core.content.model import ResourceDoc
from lms_core.downloads.plan import Choice
from lms_core.errors import NotFound
from lms_core.learning.entities import ENROLLMENT
from lms_core.workspace import Workspace
from tests.core.downloads.shelf import FILES, NAMES, Hub, shore
from tests.told import tell


@pytest.fixture
def hub(workspace: Workspace) -> Hub:
    return Hub(workspace)


def test_a_course_is_read_as_soon_as_its_text_is_here(workspace: Workspace, hub: Hub) -> None:
    pack, downloads = hub.offer(shore()), workspace.downloads
    with pytest.raises(NotFound):
        downloads.choose("nothing", Choice())
    downloads.choose("shore", Choice("no_video"))
    (text,) = downloads.advance("shore")
    assert (text.sha256, text.kind) == (pack, "text")
    hub.bring(text)
    missing = downloads.advance("shore")
    assert workspace.installed.document("shore").title == "The shore"
    assert {t.sha256 for t in missing} == {NAMES[n] for n in FILES if n != "film"}
    hub.bring(*missing)
    assert downloads.advance("shore") == ()
    assert downloads.find("shore").pack == "", "it is here"
    downloads.choose("shore", Choice("all"))
    assert [t.sha256 for t in downloads.advance("shore")] == [NAMES["film"]]


def test_premium_files_come_to_who_gets_them_alone(workspace: Workspace, hub: Hub) -> None:  # RES-04
    document = shore()
    first = document.modules[0].lessons[0]
    paper = ResourceDoc(id="sheet", title="Tide tables", media=NAMES["cover"], premium=True)
    lessons = (replace(first, resources=(paper,)), *document.modules[0].lessons[1:])
    hub.offer(replace(document, modules=(replace(document.modules[0], lessons=lessons),)))
    downloads = workspace.downloads
    downloads.choose("shore", Choice())
    hub.install()
    missing, size = workspace.media.has(NAMES["cover"]), downloads.offer("shore").whole
    assert (missing, workspace.missing_files()) == (False, []), "it is not waited for"
    assert size == sum(len(data) for name, (data, _) in FILES.items() if name != "cover")
    assert downloads.advance("shore", [NAMES["cover"]]) == ()
    row = ENROLLMENT.id_for(workspace.account, "shore")
    mine = {"user_id": workspace.account, "course_id": "shore", "status": "active", "payment_status": "paid"}
    tell(workspace, "enrollment", row, **mine)
    assert [each.sha256 for each in downloads.advance("shore")] == [NAMES["cover"]]


def test_choices_have_their_sizes(workspace: Workspace, hub: Hub) -> None:
    hub.offer(shore())
    total = sum(len(data) for data, _ in FILES.values())
    offer = workspace.downloads.offer("shore")
    assert not offer.known
    assert offer.size(Choice("all")) == offer.text + total
    workspace.downloads.choose("shore", Choice("text"))
    hub.install()
    offer, film = workspace.downloads.offer("shore"), len(FILES["film"][0])
    assert (offer.known, offer.choice.keep, offer.kinds["video"]) == (True, "text", film)
    assert offer.size(Choice("no_video")) == offer.text + total - film
    tides = len(FILES["paper"][0]) + len(FILES["talk"][0])
    assert offer.size(Choice("lessons", ("tides",))) == offer.text + tides
    assert set(offer.lessons) == {"crabs", "tides"}


def test_a_newer_version_takes_its_place_when_it_is_whole(workspace: Workspace, hub: Hub) -> None:
    hub.offer(shore(files=("crab", "cover")))
    downloads = workspace.downloads
    downloads.choose("shore", Choice())
    hub.install()
    hub.offer(shore("2.0", body="They walk."))
    assert downloads.advance("shore") == (), "nobody agreed to it"
    downloads.choose("shore", Choice(), update=True)
    hub.bring(*downloads.advance("shore"))
    missing = downloads.advance("shore")
    hub.bring(*missing[1:])
    downloads.advance("shore")
    assert workspace.installed.find("shore").version == "1.0", "one file is missing yet"
    hub.bring(missing[0])
    assert downloads.advance("shore") == ()
    assert workspace.installed.find("shore").version == "2.0"


def test_a_still_newer_version_is_fetched_instead(workspace: Workspace, hub: Hub) -> None:
    hub.offer(shore())
    workspace.downloads.choose("shore", Choice("text"))
    workspace.downloads.advance("shore")
    newer = hub.offer(shore("1.1"))
    assert [t.sha256 for t in workspace.downloads.advance("shore")] == [newer]


def test_an_update_waits_for_the_end_of_a_quiz(workspace: Workspace, hub: Hub) -> None:
    hub.offer(shore())
    workspace.downloads.choose("shore", Choice("text"))
    hub.install()
    here = workspace.installed.find("shore").pack
    busy, workspace.installed.busy = workspace.installed.busy, lambda course: here
    hub.offer(shore("2.0"))
    workspace.downloads.choose("shore", Choice("text"), update=True)
    hub.install()
    assert workspace.installed.find("shore").version == "1.0"
    workspace.installed.busy = busy
    assert workspace.downloads.advance("shore") == ()
    assert workspace.installed.find("shore").version == "2.0"


def test_an_update_on_its_way_stays_when_another_choice_is_made(workspace: Workspace, hub: Hub) -> None:
    hub.offer(shore())
    workspace.downloads.choose("shore", Choice("text"))
    hub.install()
    newer = hub.offer(shore("2.0"))
    workspace.downloads.choose("shore", Choice("text"), update=True)
    workspace.downloads.choose("shore", Choice("no_video"))
    kept = workspace.downloads.find("shore")
    assert (kept.pack, kept.choice) == (newer, Choice("no_video"))
    hub.install()
    assert workspace.installed.find("shore").version == "2.0"
    assert [workspace.media.has(NAMES[name]) for name in ("crab", "film")] == [True, False]


def test_progress_stays_and_changed_lessons_say_so(workspace: Workspace, hub: Hub) -> None:
    hub.offer(shore(more="old"))
    workspace.downloads.choose("shore", Choice("text"))
    hub.install()
    for lesson in ("crabs", "words", "old"):
        workspace.learning.complete(lesson)
        workspace.learning.open_lesson(lesson)
    hub.offer(shore("2.0", body="They walk.", more="new"))
    workspace.clock.advance(ms=60_000)
    workspace.downloads.choose("shore", Choice("text"), update=True)
    hub.install()
    states = workspace.learning.lesson_states("shore")
    assert {name for name, state in states.items() if state.status == "done"} == {"crabs", "words", "old"}, "all kept"
    assert workspace.learning.course_state("shore").lessons_done == 2
    assert workspace.downloads.changed_lessons("shore") == {"crabs"}
    workspace.clock.advance(ms=60_000)
    workspace.learning.open_lesson("crabs")
    assert workspace.downloads.changed_lessons("shore") == frozenset(), "it was read since"


def test_a_file_that_somebody_looks_for_comes_first(workspace: Workspace, hub: Hub) -> None:
    hub.offer(shore())
    workspace.downloads.choose("shore", Choice("text"))
    hub.install()
    wanted = workspace.downloads.missing_of("shore", "tides")
    assert {t.sha256 for t in wanted} == {NAMES["paper"], NAMES["talk"]}
    (film,) = workspace.downloads.advance("shore", {NAMES["film"]})
    assert (film.sha256, film.urgent) == (NAMES["film"], True)
    workspace.downloads.choose("shore", Choice("no_video"))
    assert workspace.downloads.advance("shore", {NAMES["film"]})[0].sha256 == NAMES["film"]
    workspace.downloads.pause("shore", True)
    assert workspace.downloads.find("shore").paused
