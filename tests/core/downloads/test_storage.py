"""What takes how much, and making room without losing anything of one's own."""

from __future__ import annotations

import pytest

from lms_core.content.pack import build_pack
from lms_core.courses.installed import InstallService
from lms_core.downloads.plan import Choice
from lms_core.downloads.storage import GRACE_MS, StorageService
from lms_core.errors import UserError
from lms_core.workspace import Workspace
from tests.core.downloads.shelf import FILES, NAMES, Hub, refs, shore
from tests.told import tell

FILM = len(FILES["film"][0])


@pytest.fixture
def hub(workspace: Workspace) -> Hub:
    hub = Hub(workspace)
    hub.offer(shore())
    workspace.downloads.choose("shore", Choice())
    hub.install()
    return hub


def test_a_course_is_told_by_kinds(workspace: Workspace, hub: Hub) -> None:
    space = workspace.storage.space()
    (course,) = space.courses
    assert course.kinds["video"] == FILM
    assert course.media == sum(len(data) for data, _ in FILES.values())
    assert (space.used, space.unused, course.can_return) == (course.size, 0, True)
    assert 0 < space.free < space.total


def test_media_go_and_progress_stays(workspace: Workspace, hub: Hub) -> None:
    workspace.learning.complete("crabs")
    workspace.notes.add("Mind the claws.", lesson="crabs")
    assert workspace.storage.narrow("shore", Choice("no_video")) == FILM
    assert not workspace.media.has(NAMES["film"])
    assert workspace.storage.narrow("shore", Choice("text")) > 0
    assert workspace.downloads.advance("shore") == (), "nothing comes back by itself"
    assert workspace.storage.remove("shore") == 0
    assert workspace.installed.find("shore") is None
    assert workspace.learning.lesson_states("shore")["crabs"].status == "done"
    assert [note.body for note in workspace.notes.all()] == ["Mind the claws."]
    workspace.downloads.choose("shore", Choice())
    hub.install()
    assert workspace.media.has(NAMES["film"])


def test_what_another_course_uses_stays(workspace: Workspace, hub: Hub) -> None:
    other = shore().__class__("cliff", "1.0", "The cliff", media=refs("film"))
    hub.offer(other)
    workspace.downloads.choose("cliff", Choice())
    hub.bring(*workspace.downloads.advance("cliff"))
    assert workspace.downloads.advance("cliff") == ()
    workspace.storage.remove("shore")
    assert workspace.media.has(NAMES["film"])
    assert not workspace.media.has(NAMES["talk"])


def test_what_cannot_come_again_is_not_removed_by_mistake(workspace: Workspace, hub: Hub) -> None:
    tell(workspace, "course_card", "card-shore", course_id="shore", title="The shore", pack="", is_published=False)
    with pytest.raises(UserError, match="does not offer"):
        workspace.storage.narrow("shore", Choice("text"))
    with pytest.raises(UserError, match="does not offer"):
        workspace.storage.remove("shore")
    assert workspace.storage.evictable() == []
    assert workspace.storage.remove("shore", forever=True) > 0


def test_what_nothing_uses_waits_thirty_days(workspace: Workspace, hub: Hub) -> None:
    old = workspace.installed.find("shore").pack
    hub.offer(shore("2.0", files=("crab",)))
    workspace.downloads.choose("shore", Choice(), update=True)
    hub.install()
    gone = {NAMES[n] for n in FILES if n != "crab"} | {old}
    assert set(workspace.storage.unused()) == gone
    assert workspace.storage.sweep() == 0
    workspace.clock.advance(ms=GRACE_MS)
    assert workspace.storage.sweep() > 0
    assert workspace.storage.unused() == []
    assert workspace.media.has(NAMES["crab"])


def test_only_courses_that_may_use_a_file_are_opened_for_it(workspace: Workspace) -> None:  # PRF-11
    opened: list[str] = []

    def fetch(name: str) -> bytes:
        opened.append(name)
        return workspace.media.read(name)

    installed = InstallService(workspace.work, fetch)
    storage = StorageService(
        workspace.work, installed, workspace.media, workspace.downloads, folder=workspace.profile.folder,
        states=workspace.learning.my_courses, to_send=tuple,
    )  # fmt: skip
    for n in range(3):
        body = build_pack(shore().__class__(f"own{n}", "1.0", "My own"))
        workspace.installed.install_pack(workspace.media.put(body), body)
    assert (storage.unused(), opened) == ([], []), "nothing came from elsewhere"
    hub = Hub(workspace)
    hub.offer(shore())
    workspace.downloads.choose("shore", Choice())
    hub.install()
    assert storage.unused() == []
    assert len(set(opened)) <= 4
    assert workspace.installed.find("shore").pack in opened


def test_nothing_of_ones_own_ever_goes(workspace: Workspace, hub: Hub) -> None:
    own = workspace.media.put(b"a photograph that waits to be sent")
    assert own not in workspace.storage.unused()
    workspace.storage.clear_unused()
    workspace.storage.make_room(1 << 40)
    assert workspace.media.has(own)


def test_a_file_that_came_and_is_given_again_stays_until_it_is_sent(workspace: Workspace, hub: Hub) -> None:
    workspace.sync.offer(NAMES["film"])  # an author builds a course with the film, too
    workspace.storage.remove("shore")
    workspace.storage.clear_unused()
    assert workspace.media.has(NAMES["film"])
    assert not workspace.media.has(NAMES["talk"])
    workspace.sync.file_sent(NAMES["film"])
    workspace.storage.clear_unused()
    assert not workspace.media.has(NAMES["film"])


def test_room_is_made_of_what_was_completed_longest_ago(workspace: Workspace, hub: Hub) -> None:
    assert workspace.storage.evictable() == [], "it is not completed"
    for lesson in ("crabs", "tides", "words"):
        workspace.learning.complete(lesson)
    later = shore().__class__("cliff", "1.0", "The cliff", modules=(), media=refs("talk"))
    hub.offer(later)
    workspace.downloads.choose("cliff", Choice())
    hub.bring(*workspace.downloads.advance("cliff"))
    workspace.downloads.advance("cliff")
    assert [each.course for each in workspace.storage.evictable()] == ["shore"]
    assert workspace.storage.make_room(1) >= FILM
    assert workspace.installed.find("shore") is not None, "its text stays"
    assert workspace.media.has(NAMES["talk"]), "the other course has it, too"
