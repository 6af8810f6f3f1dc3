"""Pictures and versions between laptops and the hub (SYNC.md section 7), over the product's store, uploads and line."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress

import pytest

from lms_core.errors import Conflict, Corrupt, NotFound, Offline, UserError
from lms_core.media.fetching import forget_parts
from lms_core.media.uploads import KEEP_MS
from tests.simulator.entities import DRAFT, TALK
from tests.simulator.files import Shelf
from tests.simulator.machines import Laptop
from tests.simulator.shelves import Shelves, name_of, picture
from tests.simulator.tables import Crash, PowerLoss
from tests.simulator.wires import Network, Wire
from tests.sync.school import DAY, School, shared_lesson


class Library(School):
    """The school with a lesson and the hub's files; `a1` learns and does not write."""

    def __init__(self) -> None:
        super().__init__()
        self.files = Shelves(self.hub, random.Random(1), lambda: self.now)
        self.x, self.y, self.z = self.laptop("X"), self.laptop("Y"), self.laptop("Z", "a1")
        self.grant("a1", DRAFT, False)
        shared_lesson(self, self.x, self.y)
        self.sync(self.z)

    def shelf(self, x: Laptop) -> Shelf:
        """The files of a laptop."""
        return Shelf(x, random.Random(1), self.now)

    def wire(self, x: Laptop, network: Network | None = None, part: int = 16) -> Wire:
        """A line of a laptop."""
        return Wire(self.files, x.account, network or Network(), part=part)

    def add(self, x: Laptop, title: str = "l") -> str:
        """Put a picture into a lesson."""
        shelf = self.shelf(x)
        name = self.files.made[title] = shelf.media.put(picture(title))
        shelf.upload[name] = False
        return name

    def give(self, x: Laptop, network: Network | None = None) -> None:
        """Send the files of a laptop."""
        self.shelf(x).give(self.wire(x, network))

    def install(self, x: Laptop, network: Network | None = None) -> Shelf:
        """Fetch the present version."""
        card, shelf = self.files.card(), self.shelf(x)
        shelf.install(self.wire(x, network), str(card["pack"]), str(card["key_pack"]))
        return shelf

    def start(self) -> None:
        """Start the hub anew and tell everybody."""
        self.hub.start()
        self.files.look()
        self.sync(*self.laptops)


@pytest.fixture
def library() -> Library:
    return Library()


class Short(Network):
    """A line that brings so many bytes and then dies, each time."""

    def __init__(self, most: int) -> None:
        self.most, self.died = most, 0

    def cut(self, size: int) -> int:
        self.died += size > self.most
        return min(size, self.most)


class Between(Network):
    """Something happens before the request with this number."""

    def __init__(self, number: int, work: Callable[[], None]) -> None:
        self.number, self.work = number, work

    def before(self) -> None:
        self.number -= 1
        if self.number == 0:
            self.work()


def test_a_version_comes_through_a_line_that_dies_every_hundred_bytes(library: Library) -> None:
    library.add(library.x)
    library.give(library.x)
    assert library.files.publish()
    short = Short(100)
    for _ in range(20):  # it goes on where it was
        with suppress(Offline):
            shelf = library.install(library.z, short)
            break
    assert short.died > 3
    assert {name for name in shelf.media} == {*library.files.packs, *library.files.blobs}
    assert not [path for path in shelf.disk.files if path.startswith("incoming/")]


def test_keys_of_graded_quizzes_are_no_file(library: Library) -> None:
    library.add(library.x)
    assert not library.files.publish(), "a picture lacks"
    library.give(library.x)
    assert library.files.publish()
    (keys,) = library.hub.tables.data["answer_key"].values()
    for bring in (library.wire(library.x).pack, library.wire(library.x).blob):
        with pytest.raises(NotFound):
            library.shelf(library.x).fetch(name_of(keys), bring)


def test_a_right_lost_in_the_middle_of_a_download(library: Library) -> None:
    library.add(library.x)
    library.give(library.x)
    library.files.publish()
    with pytest.raises(Offline):
        library.install(library.z, Short(100))
    library.grant("a1", TALK, False)
    with pytest.raises(NotFound):
        library.install(library.z)
    library.grant("a1", TALK, True)
    library.install(library.z)


def test_a_version_withdrawn_in_the_middle_of_a_download(library: Library) -> None:
    name = library.add(library.x)
    library.give(library.x)
    library.files.publish()
    with pytest.raises(NotFound):
        library.install(library.z, Between(3, library.files.withdraw))
    shelf = library.shelf(library.z)
    assert shelf.media.has(str(library.files.card()["pack"]))
    assert not shelf.media.has(name)
    with pytest.raises(NotFound):
        shelf.fetch(name, library.wire(library.z).blob)


def test_two_copies_of_a_laptop_send_one_picture_at_once(library: Library) -> None:
    name = library.add(library.x)
    library.add(library.y)
    library.give(library.x, Between(4, lambda: library.give(library.y)))
    assert library.files.blobs.verify(name)
    assert library.shelf(library.x).upload == library.shelf(library.y).upload == {name: True}


@pytest.mark.parametrize("fuse", range(14))
def test_a_version_lasts_whatever_died_before_it_was_published(library: Library, fuse: int) -> None:
    library.files.disk.fuse = fuse
    with suppress(Crash):
        library.files.publish()
    library.files.start()
    assert library.files.publish()
    library.files.disk.power_loss()
    library.files.start()
    assert library.files.packs.verify(str(library.files.card()["pack"]))
    assert [path for path in library.files.disk.files if "incoming" in path] == []


@pytest.mark.parametrize("fuse", range(14))
@pytest.mark.parametrize("power", [False, True])
def test_a_laptop_dies_at_every_call_of_a_download(library: Library, fuse: int, *, power: bool) -> None:
    library.add(library.x)
    library.give(library.x)
    library.files.publish()
    card, shelf = library.files.card(), library.shelf(library.z)
    shelf.disk.fuse, shelf.disk.blow = fuse, PowerLoss() if power else shelf.disk.blow
    with suppress(Crash):
        shelf.install(library.wire(library.z), str(card["pack"]), str(card["key_pack"]))
    with suppress(Corrupt):  # what the power loss had damaged begins anew
        library.install(library.z)
    shelf = library.install(library.z)
    assert all(map(shelf.media.verify, [*library.files.packs, *library.files.blobs]))
    forget_parts(shelf.parts, library.now + 31 * DAY)  # type: ignore[arg-type]
    assert [path for path in shelf.disk.files if path.startswith("incoming")] == []


def test_a_part_that_is_damaged_begins_anew(library: Library) -> None:
    library.files.publish()
    pack = str(library.files.card()["pack"])
    shelf = library.shelf(library.z)
    (shelf.parts / pack).put(b"damaged")
    with pytest.raises(Corrupt):
        library.install(library.z)
    assert library.install(library.z).media.verify(pack)


def test_parts_of_a_version_that_was_replaced_go_away(library: Library) -> None:
    library.files.publish()
    with suppress(Offline):
        library.install(library.z, Short(20))
    shelf = library.shelf(library.z)
    for days, left in ((29, 1), (31, 0)):
        forget_parts(shelf.parts, library.now + days * DAY)  # type: ignore[arg-type]
        assert len([path for path in shelf.disk.files if path.startswith("incoming")]) == left


def test_who_does_not_learn_reads_no_version(library: Library) -> None:
    library.files.publish()
    library.grant("a1", TALK, False)
    with pytest.raises(NotFound):
        library.install(library.z)


@pytest.mark.parametrize("fuse", range(30))
@pytest.mark.parametrize("power", [False, True])
def test_the_hub_dies_at_every_call_of_an_upload(library: Library, fuse: int, *, power: bool) -> None:
    name = library.add(library.x)
    disk = library.files.disk
    disk.fuse, disk.blow = fuse, PowerLoss() if power else disk.blow
    with suppress(Offline):
        library.give(library.x)
    library.give(library.x)
    assert library.files.blobs.verify(name)
    library.now += KEEP_MS
    library.files.start()
    library.files.uploads.sweep()
    assert [path for path in library.files.disk.files if path.startswith("blobs/")] == [
        f"blobs/{name[:2]}/{name[2:4]}/{name}"
    ]


def test_a_hub_restored_to_before_a_picture_came_gets_it_again(library: Library) -> None:
    name = library.add(library.x)
    backup = library.hub.backup()
    library.give(library.x)
    library.hub.restore(backup)
    library.files.look()
    assert not library.files.blobs.has(name)
    library.sync(library.x)
    library.give(library.x)
    assert library.files.blobs.has(name), "the hub told of no reset: nothing else was lost"


def test_a_hub_restored_without_pictures_gets_them_again(library: Library) -> None:
    name = library.add(library.x)
    library.give(library.x)
    library.files.lose()
    library.give(library.x)
    assert not library.files.blobs.has(name), "nobody asks at every sync"
    library.start()
    library.give(library.x)
    assert library.files.blobs.has(name)
    library.give(library.x)
    assert library.shelf(library.x).upload == {name: True}


def test_who_reads_a_course_brings_back_what_its_author_cannot(library: Library) -> None:
    name = library.add(library.x)
    library.give(library.x)
    library.files.publish()
    library.install(library.z)
    library.files.lose()
    library.start()
    library.give(library.z)
    assert library.files.blobs.has(name)
    assert (name, "a1") not in library.hub.tables.data["held_file"], "it is not his for that"


def test_who_brings_back_what_another_gave_does_not_come_to_hold_it(library: Library) -> None:
    library.grant("a1", DRAFT, True)
    name = library.add(library.x)
    library.give(library.x)
    library.add(library.z)
    library.files.lose()
    library.files.quota = 1
    library.give(library.z)
    assert library.files.blobs.has(name)
    assert {who for _, who in library.hub.tables.data["held_file"]} == {"a0"}


def test_a_learner_gives_nothing_of_his_own(library: Library) -> None:
    shelf, name = library.shelf(library.z), library.add(library.z, "his own")
    library.give(library.z)
    assert not library.files.blobs.has(name)
    assert shelf.upload == {name: False}


def test_a_picture_that_finds_no_room_holds_up_no_other_and_what_was_lost_needs_none(library: Library) -> None:
    library.files.quota = len(picture("l")) + 1
    large = library.shelf(library.x).media.put(bytes(1000))
    library.shelf(library.x).upload[large] = False
    name = library.add(library.x)
    library.give(library.x)
    assert library.shelf(library.x).upload == {large: False, name: True}
    library.files.lose()
    library.start()
    library.give(library.x)
    assert library.files.blobs.has(name)


def test_two_uploads_at_once_do_not_share_the_room_of_one(library: Library) -> None:
    files = library.files
    first, second = bytes(200), b"x" * 200
    files.quota = 300
    files.uploads.begin("a0", name_of(first), len(first))
    with pytest.raises(UserError, match="space"):
        files.uploads.begin("a0", name_of(second), len(second))


def test_a_picture_that_is_there_counts_once(library: Library) -> None:
    library.files.quota = len(picture("l")) + 1
    name = library.add(library.x)
    library.give(library.x)
    library.now += KEEP_MS
    library.files.uploads.sweep()
    library.shelf(library.x).upload[name] = False
    library.give(library.x)
    assert library.shelf(library.x).upload == {name: True}


def test_a_part_that_comes_twice_counts_once(library: Library) -> None:
    uploads, data = library.files.uploads, picture("l")
    upload = uploads.begin("a0", name_of(data), len(data))
    uploads.append("a0", upload.id, offset=0, part=data[:50])
    with pytest.raises(Conflict):
        uploads.append("a0", upload.id, offset=0, part=data[:50])
    assert uploads.append("a0", upload.id, offset=50, part=data[50:]).done


def test_a_name_alone_gives_no_file(library: Library) -> None:
    name = library.add(library.x)
    library.give(library.x)
    library.grant("a1", DRAFT, True)
    library.files.made.clear()
    upload = library.files.uploads.begin("a1", name, len(picture("l")))
    assert not upload.done
    with pytest.raises(UserError):
        library.files.uploads.prove("a1", upload.id, "0" * 64)
    with pytest.raises(NotFound):
        library.shelf(library.z).fetch(name, library.wire(library.z).blob)
