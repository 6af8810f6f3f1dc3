"""A small school for tests: a real hub and real laptops that talk inside one process, with one clock."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from lms_core.accounts.entities import ACCOUNT
from lms_core.db.engine import open_engine, read, write
from lms_core.db.rows import VISIBLE
from lms_core.db.upgrade import upgrade
from lms_core.db.visible import ensure_visible
from lms_core.entities import SCHEMA, hub_effects
from lms_core.hub import Hub
from lms_core.learning.rights import named_files, note_holder
from lms_core.media.store import MediaStore
from lms_core.ops import Draft
from lms_core.ports import BlobStore
from lms_core.profiles import Profiles
from lms_core.sync.replica.sending import Progress
from lms_core.workspace import Workspace
from tests.fakes import FakeClock, MemorySecrets, SeqId
from tests.samples import PROJECT


def prepare_hub(folder: Path) -> Path:
    """An empty hub database with all tables, to be copied."""
    upgrade(folder / "hub.db", PROJECT / "migrations" / "server")
    add_visible(open_engine(folder / "hub.db"))
    return folder / "hub.db"


def add_visible(engine: Engine) -> None:
    """Make the typed tables, which each hub would make at its first start."""
    with write(engine) as conn:
        ensure_visible(conn, VISIBLE)
    engine.dispose()


class Line:
    """The way from one laptop to the hub (implements the transport's part that an exchange needs)."""

    def __init__(self, school: School, account: str) -> None:
        self._school, self._account = school, account

    def exchange(self, body: bytes) -> bytes:
        return self._school.hub.exchange(self._account, body)

    def put_blob(self, sha256: str, blobs: BlobStore, progress: Progress | None = None, *, filename: str = "") -> bool:
        sent = not self._school.blobs.has(sha256)
        assert self._school.blobs.put(blobs.read(sha256)) == sha256
        with self._school.hub.unit() as unit:
            note_holder(unit, self._account, sha256, blobs.size(sha256))
        return sent

    def lacking(self, names: Sequence[str]) -> list[str]:
        missing = [name for name in names if not self._school.blobs.has(name)]
        with read(self._school.engine) as conn:
            return sorted(named_files(conn, self._account, missing))


class School:
    """The hub and everybody's laptops."""

    def __init__(self, folder: Path, template: Path, clock: FakeClock, database_url: str = "") -> None:
        shutil.copy(template, folder / "hub.db")
        self.folder, self.clock, self.ids = folder, clock, SeqId(9)
        self.packs, self.blobs = MediaStore(folder / "packs"), MediaStore(folder / "blobs")
        self.engine = open_engine(database_url or folder / "hub.db")
        self.hub = self._started()
        self._laptops: list[Workspace] = []

    def _started(self) -> Hub:
        hub = Hub(
            self.engine, schema=SCHEMA, effects=hub_effects(self.packs), blobs=self.blobs, key=b"k" * 32,
            clock=self.clock, new_id=self.ids,
        )  # fmt: skip
        hub.start()
        return hub

    def back_up(self) -> Path:
        """A copy of the hub's SQLite file."""
        self.engine.dispose()
        return shutil.copy(self.folder / "hub.db", self.folder / "backup.db")

    def restore(self, backup: Path) -> None:
        """Start the hub from a copy."""
        self.engine.dispose()
        shutil.copy(backup, self.folder / "hub.db")
        self.hub = self._started()

    def person(self, name: str, role: str = "student") -> str:
        """Make an account; returns its id."""
        account = self.ids()
        values = {"email": f"{name}@school.example", "first_name": name.title(), "last_name": "Moyo", "role": role}
        with self.hub.unit() as unit:
            unit.derive(ACCOUNT, account, values)
        return account

    def laptop(self, account: str) -> Workspace:
        """A fresh laptop of an account, synced once."""
        secrets, number = MemorySecrets(), len(self._laptops)
        ids = SeqId(100 + number)
        profiles = Profiles(self.folder / f"laptop{number}", secrets, self.clock, new_id=ids)
        profile = profiles.create("x", server_url="http://hub.invalid", account_id=account)
        workspace = Workspace(profile, secrets=secrets, clock=self.clock, new_id=ids)
        self._laptops.append(workspace)
        self.sync(workspace)
        return workspace

    def sync(self, *workspaces: Workspace) -> None:
        """Exchange, let the hub do what follows, and bring that back."""
        for workspace in workspaces:
            workspace.sync.run(Line(self, workspace.account))
        self.hub.project()
        for workspace in workspaces:
            workspace.sync.run(Line(self, workspace.account))
            for name in self.packs:
                if not workspace.media.has(name):
                    workspace.media.put(self.packs.read(name))

    def close(self) -> None:
        """Close every file."""
        for workspace in self._laptops:
            workspace.close()
        self.engine.dispose()


def add_quiz(workspace: Workspace, module: str, title: str = "Quiz", **settings: Any) -> str:
    """A quiz of three questions at the end of a module; returns its lesson."""
    courses = workspace.courses
    lesson = courses.add_lesson(module, title, kind="quiz")
    quiz = courses.ensure_assessment(lesson)
    courses.change_assessment(quiz, **{"mode": "practice", "pass_percent": 60, "attempts_allowed": None} | settings)
    courses.add_question(quiz, "What makes waves?", options=["Fish", "Wind"], correct=[1], explanation="It blows.")
    courses.add_question(quiz, "Which live here?", kind="multiple", options=["Limpets", "Crabs", "Owls"],
                         correct=[0, 1], points=2.0)  # fmt: skip
    courses.add_question(quiz, "The sea is salt.", kind="true_false", options=["True", "False"], correct=[0])
    return lesson


def right_answers(workspace: Workspace, course: str, lesson: str) -> Mapping[str, list[str]]:
    """What an author would answer."""
    quiz = workspace.courses.assessment_draft(lesson)
    assert quiz is not None, course
    return {q.id: list(q.correct) for q in quiz.questions}


def forge(workspace: Workspace, *drafts: Draft) -> None:
    """Queue ops that the laptop's own rules would not let through, as a changed program could."""
    with workspace.work() as unit:
        unit.engine.write(unit.tx, list(drafts), t=unit.now_ms, group=None)


def refusals(workspace: Workspace) -> list[tuple[str, str]]:
    """(entity, code) of every op that the hub has refused."""
    return [(op.entity, p.code) for p in workspace.sync.parked() for op in p.ops]
