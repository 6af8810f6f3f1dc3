"""Files on their way: order, what is in the way, and what a person may say."""

from __future__ import annotations

from collections.abc import Callable

from lms_core.downloads.plan import Kind, Transfer
from lms_core.downloads.queue import KEPT_FREE, Queue
from lms_core.errors import AuthExpired, Corrupt, LmsError, NotFound, Offline, ServerError, UserError


def _file(name: str, size: int = 10, kind: Kind = "image", course: str = "c", *, urgent: bool = False) -> Transfer:
    return Transfer(course, name, size, kind, urgent)


class Line:
    """Brings files in two pieces, with a fault or a word of the person in between."""

    def __init__(self) -> None:
        self.came: list[str] = []
        self.faults: dict[str, list[LmsError]] = {}
        self.between: Callable[[Transfer], object] = lambda transfer: None
        self.now, self.free = 0.0, KEPT_FREE + 1000
        self.queue = Queue(self, free=lambda: self.free, seconds=lambda: self.now)

    def __call__(self, transfer: Transfer, progress: Callable[[int, int], bool]) -> None:
        for done in (0, transfer.size // 2):
            self.now += 1
            if not progress(done, transfer.size):
                raise UserError("cancelled")
            self.between(transfer)
        if self.faults.get(transfer.sha256):
            raise self.faults[transfer.sha256].pop(0)
        self.now += 1
        if not progress(transfer.size, transfer.size):
            raise UserError("cancelled")
        self.came.append(transfer.sha256)

    def run(self) -> list[str]:
        while self.queue.run():
            pass
        return self.came


def test_texts_come_first_videos_last_and_what_is_open_before_all() -> None:
    line = Line()
    line.queue.put("c", [_file("v", kind="video"), _file("i"), _file("u", kind="video", urgent=True)])
    line.queue.put("d", [_file("t", kind="text", course="d"), _file("a", kind="audio", course="d")])
    assert line.run() == ["u", "t", "i", "a", "v"]
    assert (line.queue.state(), line.queue.progress("c")) == ("idle", None)


def test_how_far_and_how_fast() -> None:
    line = Line()
    line.queue.put("c", [_file("a", 100), _file("b", 300, "video")])
    told = []
    line.between = lambda t: told.append((line.queue.progress("c"), line.queue.speed(), line.queue.seconds_left()))
    line.run()
    done = [(p.done, p.total) for p, _, _ in told]
    assert done == [(0, 400), (50, 400), (100, 400), (250, 400)]
    assert told[1][1:] == (50.0, 7), "50 bytes in a second, 350 to come"


def test_no_line_no_room_and_no_rights_are_states() -> None:
    for fault, state in ((Offline(), "offline"), (ServerError(), "offline"), (AuthExpired(), "signed_out")):
        line = Line()
        line.faults["a"] = [fault]
        line.queue.put("c", [_file("a"), _file("b")])
        assert line.run() == []
        assert (line.queue.state(), line.queue.trouble) == (state, fault)
        line.queue.forgive()
        assert line.run() == ["a", "b"]
    line = Line()
    line.queue.put("c", [_file("large", 1001)])
    assert line.run() == []
    assert line.queue.state() == "full", "the rest of the disk is for the person's own work"
    line.free += 1
    line.queue.forgive()
    assert line.run() == ["large"]


def test_a_wrong_hash_comes_once_more_and_is_refused_then() -> None:
    line = Line()
    line.faults["a"], line.faults["b"] = [Corrupt(path="a")], [Corrupt(path="b"), Corrupt(path="b")]
    line.faults["gone"] = [NotFound("no_file")]
    line.queue.put("c", [_file("a"), _file("b"), _file("gone"), _file("d")])
    assert line.run() == ["a", "d"], "the others go on"
    assert {name: error.code for name, error in line.queue.refused.items()} == {"b": "file_refused", "gone": "no_file"}
    line.queue.put("c", [_file("b")])
    assert line.queue.state() == "idle", "nobody asks for it again by itself"
    line.queue.forgive()
    line.queue.put("c", [_file("b")])
    assert line.run() == ["a", "d", "b"]


def test_where_every_byte_costs_texts_and_what_is_looked_for_come() -> None:
    line = Line()
    line.queue.metered = True
    line.queue.put("c", [_file("t", kind="text"), _file("i"), _file("u", kind="video", urgent=True)])
    assert line.run() == ["u", "t"]
    assert line.queue.state() == "metered"
    line.queue.metered = False
    assert line.run() == ["u", "t", "i"]


def test_a_file_stops_where_it_is_when_somebody_says_so() -> None:
    line = Line()

    def stop(transfer: Transfer) -> None:
        if transfer.sha256 == "a":
            line.queue.drop("c")

    line.between = stop
    line.queue.put("c", [_file("a"), _file("b")])
    line.queue.put("d", [_file("z", kind="video", course="d")])
    assert line.run() == ["z"], "other courses go on"
    line.between = lambda transfer: setattr(line.queue, "paused", True)
    line.queue.put("c", [_file("a")])
    assert line.run() == ["z"]
    assert line.queue.run() is None
    line.queue.paused, line.between = False, lambda transfer: None
    assert line.run() == ["z", "a"]


def test_a_large_file_gives_way_to_what_is_wanted_meanwhile_and_goes_on() -> None:
    line = Line()
    begun: list[str] = []

    def want(transfer: Transfer) -> None:
        begun.append(transfer.sha256)
        if begun == ["v"]:
            line.queue.put("d", [_file("t", kind="text", course="d"), _file("w", kind="video", course="d")])
        elif transfer.sha256 == "t" and "u" not in line.came:
            line.queue.put("c", [_file("u", urgent=True), _file("v", 100, "video")])

    line.between = want
    line.queue.put("c", [_file("v", 100, "video")])
    assert line.run() == ["u", "t", "v", "w"]
    assert line.queue.refused == {}


def test_a_program_that_ends_stops_the_file() -> None:
    line = Line()
    line.queue.put("c", [_file("a")])
    assert line.queue.run(lambda: False) is None
    assert line.came == []
    assert line.queue.courses() == ("c",)
