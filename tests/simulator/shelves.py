"""The files of the simulated hub: the product's store and uploads over its disk, and what its database says of them.

A lesson's or section's title names its picture, so that rows which are there anyway name files.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection
from hashlib import sha256

from lms_core.content.model import AnswerKey, AssessmentDoc, CourseDocument, LessonDoc, MediaRef, ModuleDoc
from lms_core.content.pack import build_key_pack, build_pack
from lms_core.errors import Denied, NotFound, UserError
from lms_core.media.store import MediaStore
from lms_core.media.uploads import Uploads
from lms_core.ports import BlobStore
from tests.simulator.disks import Disk
from tests.simulator.entities import DRAFT, TALK
from tests.simulator.server import Hub

NAMING = frozenset({"section", "lesson"})
LARGEST = 4000


class Shelves:
    """What the hub has of files. The journal beside its database remembers who gave what."""

    def __init__(self, hub: Hub, rng: random.Random, now: Callable[[], int]) -> None:
        self.hub, self.rng, self.now = hub, rng, now
        self.journal: dict[tuple[str, str], int] = {}
        self.made: dict[str, str] = {}
        self.quota = 0
        self.dark = False
        """Whether the power ever failed: bytes that were sent whole are else whole."""
        self._began: tuple[int, int] | None = None
        self.start()

    def start(self) -> None:
        """Start the process that serves files, over the disk as it is."""
        self.disk = Disk(self.hub.tables, self.rng, self.now())
        self.blobs, self.packs = (MediaStore(self.disk / name) for name in ("blobs", "packs"))  # type: ignore[arg-type]
        self.uploads = Uploads(
            self.blobs, self.blobs.root / "unfinished", self, now_ms=self.now, most=LARGEST, keep_free=0, piece=1
        )
        for store in (self.blobs, self.packs):
            store.sweep()
        held = self.hub.tables.data["held_file"]
        for (name, account), size in self.journal.items():
            held[name, account] = size
        self._began = self.epoch()

    def epoch(self) -> tuple[int, int]:
        """Which start of the hub this is, over which disk."""
        return self.hub.mark()[0], id(self.hub.tables)

    def look(self) -> bool:
        """Follow the hub; returns whether it was started anew."""
        self.disk.now = self.now()
        if fresh := self._began != self.epoch():
            self.start()
        return fresh

    def lose(self) -> tuple[int, int]:
        """All files are gone but the versions, as after a restore without them."""
        for name in list(self.blobs):
            self.blobs.delete(name)
        return self.epoch()

    # --- what the database says (implements the uploads' Ledger)
    def named(self, account: str, names: Collection[str]) -> set[str]:
        held = self.hub.tables.data["held_file"]
        given = {name for name in names if (name, account) in held}
        return given | (self.shown() & set(names) if self.reads(account) else set())

    def may_return(self, account: str, sha256: str, size: int) -> bool:
        held = self.hub.tables.data["held_file"]
        given = any(name == sha256 and s == size for (name, _), s in held.items())
        return given and bool(self.named(account, [sha256]))

    def may_have(self, account: str, sha256: str) -> bool:
        holders = {who for name, who in self.hub.tables.data["held_file"] if name == sha256}
        return account in holders or (bool(holders) and self.reads(account) and sha256 in self.shown())

    def check_quota(self, account: str, sha256: str, size: int) -> None:
        if not self.writes(account):
            raise Denied("forbidden")
        used = sum(
            s for (name, who), s in self.hub.tables.data["held_file"].items() if who == account and name != sha256
        )
        if self.quota and used + size > self.quota:
            raise UserError("out_of_quota", used_mb=0, most_mb=0)

    def note(self, account: str, sha256: str, size: int) -> None:
        self.journal[sha256, account] = size
        self.hub.tables.data["held_file"][sha256, account] = size

    def writes(self, account: str) -> bool:
        """Whether somebody writes the course."""
        return DRAFT in self.hub.scopes_of(account)

    def reads(self, account: str) -> bool:
        """Whether somebody reads the course: its authors, and learners while it is published."""
        scopes = self.hub.scopes_of(account)
        return DRAFT in scopes or (TALK in scopes and bool(self.card().get("shown")))

    def shown(self) -> set[str]:
        """Files that the draft or the present version names."""
        return {*self.drafted(), *self.card().get("media", ())}

    def drafted(self) -> list[str]:
        """Files that visible rows of the draft name."""
        titles = (row.value("title") for row in self.hub.rows.values() if row.entity in NAMING and not row.gone)
        return [self.made[title] for title in titles if title in self.made]

    # --- versions
    def card(self) -> dict[str, object]:
        """The present version: number, packs, media, whether it is shown."""
        found: dict[str, object] = self.hub.tables.data["card"]
        return found

    def publish(self) -> bool:
        """Make a version of what is there; not while a file lacks."""
        media = sorted(set(self.drafted()))
        if not all(map(self.blobs.has, media)):
            return False
        document, keys = course(int(str(self.card().get("version", 0))) + 1, media, self.blobs)
        name = self.packs.put(build_pack(document))
        practice = self.packs.put(build_key_pack({"practice": keys["practice"]}))
        data = self.hub.tables.data
        data["answer_key"][name] = build_key_pack(keys)
        data["version"][name] = data["version"][practice] = True
        data["card"].update(version=document.version, pack=name, key_pack=practice, media=media, shown=True)
        return True

    def withdraw(self) -> None:
        """Show the version to learners no more."""
        self.hub.tables.data["card"]["shown"] = False

    # --- serving
    def read_pack(self, account: str, name: str) -> bytes:
        """A version or its practice keys; raises NotFound."""
        if name not in self.hub.tables.data["version"] or not self.reads(account):
            raise NotFound
        return self.packs.read(name)

    def read_blob(self, account: str, name: str) -> bytes:
        """A file; raises NotFound."""
        if not self.may_have(account, name):
            raise NotFound
        return self.blobs.read(name)


def picture(title: str) -> bytes:
    """The picture of a lesson."""
    rng = random.Random(title)
    return rng.randbytes(rng.randint(0, 200))


def name_of(data: bytes) -> str:
    """The name of a file."""
    return sha256(data).hexdigest()


def course(version: int, media: list[str], blobs: BlobStore) -> tuple[CourseDocument, dict[str, AnswerKey]]:
    """A version with a practice and a graded quiz, and all keys."""
    quizzes = [AssessmentDoc("practice", "P", "practice"), AssessmentDoc("graded", "G", "graded")]
    keys = {q.id: AnswerKey(q.id, str(version), {"q": (f"{q.id}{version}",)}) for q in quizzes}
    lessons = tuple(LessonDoc(q.id, q.title, "quiz", assessment=q) for q in quizzes)
    refs = tuple(MediaRef(name, name[:8], "image/png", blobs.size(name)) for name in media)
    return CourseDocument(
        "0", str(version), "Weather", modules=(ModuleDoc("m", "M", lessons=lessons),), media=refs
    ), keys
