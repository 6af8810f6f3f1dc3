"""Files at the hub that nothing refers to any more go away, long after the last reference (SYNC.md section 7).

A blob is referred to by drafts, by versions and by profiles; a version by its course, by attempts at it and by exams
that run in it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from lms_core.accounts.tables import instructor_profile, profile
from lms_core.assessment.exams import exam_lease
from lms_core.assessment.tables import attempt
from lms_core.content.pack import read_pack
from lms_core.courses.publishing import answer_key, exam_paper
from lms_core.courses.tables import course, course_card, course_file
from lms_core.db.bulk import chunks
from lms_core.errors import UserError
from lms_core.media.tables import held_file, unused_file
from lms_core.ports import FileStore
from lms_core.unit import Unit, Work

log = logging.getLogger(__name__)

DAY_MS = 86_400_000
BLOB_GRACE = 30 * DAY_MS
PACK_GRACE = 400 * DAY_MS
"""As long as a laptop may be away and still hand in what it did in an old version."""


class Collector:
    """Look for unused files and remove those that have long been so; `look` reads, `work` writes at the hub."""

    def __init__(
        self,
        *,
        look: Callable[[], AbstractContextManager[Connection]],
        work: Work,
        blobs: FileStore,
        packs: FileStore,
    ) -> None:
        self._look, self._work, self._blobs, self._packs = look, work, blobs, packs

    def run(self) -> int:
        """Go over all files once; returns how many were removed."""
        with self._look() as conn:
            versions = set(_versions(conn))
            used = versions | set(_named(conn)) | set(self._shown(versions))
        here = {*self._blobs, *self._packs}
        with self._work() as unit:
            since = {row.sha256: row.since for row in unit.all(select(unused_file))}
            fresh = here - used - since.keys()
            _forget(unit, since.keys() - (here - used))
            note = insert(unused_file).execution_options(journal=False)
            unit.local(note, [{"sha256": name, "since": unit.now_ms} for name in sorted(fresh)])
            done = 0
            for store, grace in ((self._blobs, BLOB_GRACE), (self._packs, PACK_GRACE)):
                old = [n for n in store if n not in used and since.get(n, unit.now_ms) + grace <= unit.now_ms]
                done += _remove(unit, store, old)
        if done:
            log.info("%d files that nothing refers to were removed", done)
        return done

    def _shown(self, versions: Iterable[str]) -> Iterable[str]:
        """Media of the versions that are kept."""
        for name in versions:
            if self._packs.has(name):
                yield from _media(self._packs.read(name))


def _media(pack: bytes) -> list[str]:
    """Media of a version; none of what is a key pack."""
    try:
        return [file.sha256 for file in read_pack(pack).media]
    except UserError:
        return []


def _versions(conn: Connection, among: Collection[str] | None = None) -> Iterable[str]:
    """Packs that something refers to."""
    for column in (course_card.c.pack, course_card.c.key_pack, attempt.c.pack, exam_lease.c.pack):
        yield from conn.scalars(_of(column, among))


NAMED = (course_file.c.sha256, course.c.thumbnail, profile.c.profile_picture, instructor_profile.c.signature_image)
"""Columns that name files of authors and people."""


def _named(conn: Connection, among: Collection[str] | None = None) -> Iterable[str]:
    """Blobs that drafts and profiles refer to."""
    for column in NAMED:
        yield from (name for name in conn.scalars(_of(column, among)) if name)


def _of(column: Any, among: Collection[str] | None) -> Any:
    query: Any = select(column).distinct()
    return query if among is None else query.where(column.in_(among))


def _remove(unit: Unit, store: FileStore, old: list[str]) -> int:
    """Remove files, but those that somebody came to name while the others were being looked at."""
    done = 0
    for part in chunks(old):
        again = {*_versions(unit.conn, part), *_named(unit.conn, part)}
        gone = [name for name in part if name not in again]
        _forget(unit, gone)
        for table, column in (
            (held_file, held_file.c.sha256), (answer_key, answer_key.c.pack), (exam_paper, exam_paper.c.pack)
        ):  # fmt: skip
            unit.local(delete(table).where(column.in_(gone)))
        for name in gone:
            store.delete(name)
        done += len(gone)
    return done


def _forget(unit: Unit, names: Collection[str]) -> None:
    for part in chunks(sorted(names)):
        unit.local(delete(unused_file).where(unused_file.c.sha256.in_(part)).execution_options(journal=False))
