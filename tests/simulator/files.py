"""Pictures and versions in a history: they go up and down in parts while everything else happens (SYNC.md section 7).

All that is drawn here comes from a stream of its own, and nothing here writes rows: the other draws do not move.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import httpx

from lms_core.content.pack import read_key_pack, read_pack
from lms_core.errors import Corrupt, Denied, NotFound, Offline, UserError
from lms_core.media.fetching import KEEP_MS, fetch, forget_parts
from lms_core.media.store import MediaStore
from lms_core.sync.replica.sending import Comparison, give
from tests.simulator.disks import Disk, DiskPath
from tests.simulator.entities import DRAFT, TALK
from tests.simulator.invariants import Broken
from tests.simulator.machines import Laptop
from tests.simulator.shelves import NAMING, Shelves, name_of, picture
from tests.simulator.tables import Crash, PowerLoss
from tests.simulator.wires import Network, Wire

if TYPE_CHECKING:
    from tests.simulator.world import World

KINDS = (
    "add", "add", "give", "give", "give", "fetch", "fetch", "fetch", "publish", "publish", "withdraw", "pry", "dark",
    "lose",
)  # fmt: skip

version_of, keys_of = lru_cache(99)(read_pack), lru_cache(99)(read_key_pack)
"""The same versions are read again and again, each into room for the largest."""


class Flaky(Network):
    """A line that may fail at any request, over which somebody else may come in between."""

    def __init__(self, rng: random.Random, lose: float, beside: Callable[[], None]) -> None:
        self.rng, self.lose, self.beside = rng, lose, beside

    def before(self) -> None:
        if self.rng.random() < 0.1:
            beside, self.beside = self.beside, lambda: None
            beside()
        if self.rng.random() < self.lose:
            raise httpx.ConnectError("no way there")

    def after(self) -> None:
        if self.rng.random() < self.lose:
            raise httpx.ReadError("no way back")

    def cut(self, size: int) -> int:
        return self.rng.randint(0, size) if self.rng.random() < 2 * self.lose else size


class Shelf:
    """The files of one laptop, as the program that runs there sees them."""

    def __init__(self, laptop: Laptop, rng: random.Random, now: int) -> None:
        self.laptop = laptop
        self.disk = Disk(laptop.tables, rng, now)
        self.media = MediaStore(self.disk / "media")  # type: ignore[arg-type]
        self.parts: DiskPath = self.disk / "incoming"
        self.upload: dict[str, bool] = laptop.tables.data["upload"]
        self.comparison: Comparison = vars(laptop.engine).setdefault("files", Comparison())

    def give(self, wire: Wire, go_on: Callable[[], bool] = lambda: True) -> None:
        """What a run of exchanges does with files first."""
        mark = self.laptop.tx.state().mark
        for name in self.comparison.lacking(wire, self.media, mark and mark[0]):
            self.upload[name] = False
        waiting = [name for name, done in self.upload.items() if not done]
        for name in give(wire, self.media, waiting, called={}, go_on=go_on):
            self.upload[name] = True

    def install(self, wire: Wire, pack: str, key_pack: str) -> None:
        """Fetch a version, then its pictures."""
        for name in (pack, key_pack):
            self.fetch(name, wire.pack)
        for ref in version_of(self.media.read(pack)).media:
            self.fetch(ref.sha256, wire.blob)

    def fetch(self, name: str, bring: Callable[[str, DiskPath], None]) -> None:
        """Fetch one file, if it is not here."""
        if not self.media.has(name):
            fetch(self.parts, name, partial(bring, name), self.media.adopt)  # type: ignore[arg-type]


class Files:
    """What happens to files in one history."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.rng = rng = random.Random(f"files {seed}")
        self.often = rng.choice((0, 0, 0, 0.15, 0.35))
        self.lose, self.fault = rng.choice((0, 0.1, 0.3)), rng.choice((0, 0.1, 0.25))
        self.part = rng.choice((16, 64, 1000))
        self.shelves = Shelves(world.hub, rng, lambda: world.now)
        self.shelves.quota = rng.choice((0, 0, 0, 300))
        self.lost: object = None
        self.kinds = [kind for kind in KINDS if rng.random() < 0.85] or ["give"]

    # --- the safety phase
    def step(self, x: Laptop) -> None:
        """Let somebody do something with files."""
        if self.rng.random() < self.often:
            self._look()
            kind = self.rng.choice(self.kinds)
            self.world.log("FILES", kind, x.name)
            getattr(self, f"_{kind}")(x)

    def _look(self) -> None:
        """Follow the hub; one that was restored may have come back without its pictures."""
        if self.shelves.look() and self.rng.random() < 0.3:
            self.shelves.lose()

    def _shelf(self, x: Laptop) -> Shelf:
        shelf = Shelf(x, self.rng, self.world.now)
        if self.rng.random() < self.fault:
            shelf.disk.fuse, shelf.disk.blow = self.rng.randint(0, 20), self._blow()
        return shelf

    def _blow(self) -> Crash:
        blow = self.rng.choice((Crash(), PowerLoss()))
        self.shelves.dark |= isinstance(blow, PowerLoss)
        return blow

    def _wire(self, x: Laptop, beside: Callable[[], None] = lambda: None) -> Wire:
        if self.rng.random() < self.fault:
            disk = self.shelves.disk
            disk.fuse, disk.blow = self.rng.randint(0, 20), self._blow()
        return Wire(self.shelves, x.account, Flaky(self.rng, self.lose, beside), part=self.part)

    def _try(self, work: Callable[[], None]) -> None:
        """Do what may fail; then the process that failed is started anew."""
        try:
            work()
        except (Crash, Offline, NotFound, Corrupt, UserError, Denied):
            pass
        finally:
            if self.shelves.disk.off:
                self.shelves.start()
            self.shelves.disk.fuse = None

    def _add(self, x: Laptop) -> None:
        """Somebody puts a picture into a lesson."""
        titles = sorted(str(values["title"]) for entity, values in x.shown.values() if entity in NAMING)
        if titles:
            title, shelf = self.rng.choice(titles), self._shelf(x)

            def add() -> None:
                name = shelf.media.put(picture(title))
                shelf.upload.setdefault(name, False)
                self.shelves.made[title] = name

            self._try(add)

    def _give(self, x: Laptop, *, beside: bool = False) -> None:
        """Files go up, until somebody stops it; another laptop may give at the same time."""
        y, patience = self.rng.choice(self.world.laptops), self.rng.randint(1, 30)
        go_on = iter(range(patience))
        wire = self._wire(x, (lambda: None) if beside else lambda: self._give(y, beside=True))
        shelf = self._shelf(x)
        self._try(lambda: shelf.give(wire, lambda: next(go_on, None) is not None))

    def _fetch(self, x: Laptop) -> None:
        """Somebody who learns the course fetches it, or tries to."""
        card, shelf = self.shelves.card(), self._shelf(x)
        if card:
            self._try(lambda: shelf.install(self._wire(x), str(card["pack"]), str(card["key_pack"])))

    def _publish(self, x: Laptop) -> None:
        if self.rng.random() < self.fault:
            self.shelves.disk.fuse, self.shelves.disk.blow = self.rng.randint(0, 12), self._blow()
        self._try(lambda: void(self.shelves.publish()))

    def _withdraw(self, x: Laptop) -> None:
        if self.shelves.card():
            self.shelves.withdraw()

    def _pry(self, x: Laptop) -> None:
        """Somebody asks for what he may not have: keys, other people's pictures, versions before the enrolment."""
        keys = [name_of(body) for body in self.shelves.hub.tables.data["answer_key"].values()]
        names = sorted({*self.shelves.blobs, *self.shelves.packs, *keys})
        if names:
            name, shelf = self.rng.choice(names), self._shelf(x)
            wire = self._wire(x)
            for bring in (wire.pack, wire.blob):
                before = self._entitled(x, name)
                self._try(partial(shelf.fetch, name, bring))
                if not before and shelf.media.has(name) and name not in shelf.upload:
                    raise Broken("I6 file read without rights", x.name, name)
            self._forge(x, name)

    def _forge(self, x: Laptop, name: str) -> None:
        """Somebody who knows a name, and has not the bytes, says that he has the file."""
        hub = self.shelves
        mine = (name, x.account) in hub.hub.tables.data["held_file"] or hub.may_have(x.account, name)
        if mine or not hub.blobs.has(name):
            return

        def forge() -> None:
            upload = hub.uploads.begin(x.account, name, hub.blobs.size(name))
            hub.uploads.prove(x.account, upload.id, "0" * 64)

        self._try(forge)
        if hub.may_have(x.account, name):
            raise Broken("I6 a file for its name", x.name, name)

    def _entitled(self, x: Laptop, name: str) -> bool:
        """Whether somebody may read a file, or has it: as his own or from when he might."""
        on = {scope for (account, scope), on in self.world.granted.items() if on and account == x.account}
        card, shelves = self.shelves.card(), self.shelves
        reads = DRAFT in on or (TALK in on and bool(card.get("shown")))
        of_course = {*shelves.hub.tables.data["version"], *shelves.made.values(), *card.get("media", ())}  # type: ignore[misc]
        gave = (name, x.account) in shelves.hub.tables.data["held_file"]
        return gave or (reads and name in of_course) or Shelf(x, self.rng, 0).media.has(name)

    def _dark(self, x: Laptop) -> None:
        """The power fails at the hub or at a laptop."""
        self.shelves.dark = True
        if self.rng.random() < 0.5:
            self.shelves.disk.power_loss()
            self.shelves.start()
        else:
            Disk(x.tables, self.rng, self.world.now).power_loss()

    def _lose(self, x: Laptop) -> None:
        """Pictures of the hub are gone, and nobody starts it anew: laptops ask when they are started."""
        self.lost = self.shelves.lose()

    # --- the liveness phase
    def quiet(self) -> None:
        """The network heals; files go where they belong, and everything is looked at."""
        if not self.often:
            return
        self._look()
        if not self.shelves.made and not self.shelves.card():
            return
        late = self.rng.random() < 0.5 or self.lost == self.shelves.epoch()
        shelves = [Shelf(x, self.rng, self.world.now) for x in self.world.laptops]
        for shelf in shelves:
            if late:  # another day: every program was started anew
                shelf.comparison.__init__()  # type: ignore[misc]
            shelf.give(Wire(self.shelves, shelf.laptop.account, Network(), part=self.part))
        for shelf in shelves:
            self._install(shelf)
        self._whole([self.shelves.disk, *(shelf.disk for shelf in shelves)])
        self._there(shelves, late=late)
        self._secret(shelves)
        self._swept(shelves)

    def _install(self, shelf: Shelf) -> None:
        """I5: a laptop with the right ends with the present version."""
        card, wire = self.shelves.card(), Wire(self.shelves, shelf.laptop.account, Network())
        for last in (False, True) if card else ():
            try:
                shelf.install(wire, str(card["pack"]), str(card["key_pack"]))
            except Corrupt as error:
                if last or not self.shelves.dark:  # what a power loss had damaged begins anew
                    raise Broken("I5 damaged on its way", shelf.laptop.name) from error
            except NotFound as error:
                lacks = not all(map(self.shelves.blobs.has, card["media"]))  # type: ignore[call-overload]
                if self.shelves.reads(shelf.laptop.account) and not lacks:
                    raise Broken("I5 version not fetched", shelf.laptop.name) from error
                return
        if card:
            version = version_of(shelf.media.read(str(card["pack"]))).version
            keys = keys_of(shelf.media.read(str(card["key_pack"])))
            if version != card["version"] or keys.keys() != {"practice"}:
                raise Broken("I5 another version", shelf.laptop.name)

    def _whole(self, disks: list[Disk]) -> None:
        """Bytes are what their name says, wherever a file has its name."""
        for disk in disks:
            for path, file in disk.files.items():
                folder, _, name = path.rpartition("/")
                if folder.startswith(("media/", "blobs/", "packs/")) and len(name) == 64 and "incoming" not in folder:
                    if name_of(file.data) != name:
                        raise Broken("I3 half a file under its name", path)

    def _there(self, shelves: list[Shelf], *, late: bool) -> None:
        """P1: what laptops hold of the course's files is at the hub, from who gave it or, in the end, who reads it."""
        hub = self.shelves
        for name in sorted(hub.shown() - {*hub.blobs}):
            for shelf in shelves:
                account, offered = shelf.laptop.account, name in shelf.upload
                if not shelf.media.has(name) or not (offered or late):
                    continue
                first = offered and hub.writes(account) and not hub.quota
                if first or hub.may_return(account, name, shelf.media.size(name)):
                    raise Broken("P1 file not given", shelf.laptop.name, name)
        held = hub.hub.tables.data["held_file"]
        for account in {s.laptop.account for s in shelves} if hub.quota else ():
            if sum(size for (_, who), size in held.items() if who == account) > hub.quota:
                raise Broken("I5 over the quota", account)
        for shelf in shelves:
            account = shelf.laptop.account
            mine = {name for name in shelf.upload if shelf.media.has(name) and (name, account) in held}
            if hub.writes(account) and (open_ := [n for n in mine if not shelf.upload[n] and hub.blobs.has(n)]):
                raise Broken("I5 a file that is there is not taken", shelf.laptop.name, open_)
        if card := hub.card():
            for pack in (card["pack"], card["key_pack"]):
                if not hub.packs.has(str(pack)):
                    raise Broken("P1 version lost", pack)

    def _secret(self, shelves: list[Shelf]) -> None:
        """I6: keys of graded quizzes are with the hub's database alone."""
        keys = self.shelves.hub.tables.data["answer_key"].values()
        bodies = {file.data for disk in (self.shelves.disk, *(s.disk for s in shelves)) for file in disk.files.values()}
        if bodies & set(keys):
            raise Broken("I6 graded keys in a file")

    def _swept(self, shelves: list[Shelf]) -> None:
        """I10: nothing is left in stages for ever."""
        now, self.shelves.uploads._now_ms = self.world.now + KEEP_MS, lambda: self.world.now + KEEP_MS  # noqa: SLF001
        self.shelves.uploads.sweep()
        self.shelves.start()
        for shelf in shelves:
            for folder in (shelf.parts, shelf.media.root / "incoming"):
                forget_parts(folder, now + 1)  # type: ignore[arg-type]
        for disk in (self.shelves.disk, *(shelf.disk for shelf in shelves)):
            if left := [path for path in disk.files if "incoming/" in path or "unfinished/" in path]:
                raise Broken("I10 files left in stages", left)


def void(_: object) -> None:
    """Nothing comes of it."""
