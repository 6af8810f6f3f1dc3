"""Files that authors name for their courses over the interface."""

from __future__ import annotations

from contextlib import nullcontext

from sqlalchemy import select

from lms_core.content.model import MediaRef
from lms_core.courses import tables as t
from lms_core.courses.service import CoursesService
from lms_core.errors import UserError
from lms_core.media.kinds import LOOKED_AT, check_size, check_thumbnail, kind_of
from lms_core.media.tables import held_file
from lms_core.ports import BlobStore
from lms_core.schema import Actor
from lms_core.unit import Unit


def note_file(unit: Unit, who: Actor, course: str, sha256: str, blobs: BlobStore) -> None:
    """Note a file for a course: one that its author gave or that the course has already.

    Raises:
        UserError: `blob_missing`; `type_not_allowed` for programs and web pages, `file_too_large` (RES-07).
    """
    c, held = t.course_file.c, held_file.c
    if unit.all(select(c.id).where(c.course_id == course, c.sha256 == sha256)):
        return
    if not unit.all(select(held.sha256).where(held.sha256 == sha256, held.account == who.account)):
        raise UserError("blob_missing")
    mime = kind_of(blobs.read(sha256, 0, LOOKED_AT))
    if not mime:
        raise UserError("type_not_allowed")
    size = blobs.size(sha256)
    check_size(size, mime)
    CoursesService(lambda: nullcontext(unit)).add_file(course, MediaRef(sha256, sha256[:12], mime, size))


def note_cover(unit: Unit, who: Actor, course: str, sha256: str, blobs: BlobStore) -> None:
    """Note a file as the picture of a course (RES-06); raises as `note_file` and `check_thumbnail`."""
    note_file(unit, who, course, sha256, blobs)
    check_size(blobs.size(sha256), "thumbnail")
    check_thumbnail(blobs.read(sha256))
