"""What a file becomes that is put into a lesson: a piece of it, captions of its film, or something handed out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import msgspec

from lms_core.content.model import MediaRef
from lms_core.content.videos import read_video
from lms_core.errors import UserError
from lms_core.media.images import thumbnail_at
from lms_core.media.kinds import LOOKED_AT, check_size, media_type
from lms_core.media.slides import is_picture
from lms_core.packages.archive import INDEX, MANIFEST

CAPTIONS = (".vtt", ".srt")
CODE = (".c", ".cpp", ".css", ".go", ".ipynb", ".java", ".r", ".rs", ".sql", ".ts", ".tex")
DATA = (".csv", ".tsv", ".json", ".ods", ".xlsx", ".xls", ".sqlite")


class Attachment(msgspec.Struct, frozen=True):
    """A file by what it is: `kind` is one of ITEM_KINDS, of RESOURCE_KINDS or `captions`; `size` in bytes."""

    name: str
    mime: str
    size: int
    is_item: bool
    kind: str


def look_at(path: Path) -> Attachment:
    """Tell what a file is by its bytes, and by its name where they leave it open.

    Raises:
        UserError: `no_such_path`, `type_not_allowed`, `file_too_large` (RES-07).
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            mime = media_type(path.name, file.read(LOOKED_AT))
        if not mime:
            raise UserError("type_not_allowed")
        check_size(size, mime, path.name)
        kind = _item(path, mime)
    except OSError as error:
        raise UserError("no_such_path", path=str(path)) from error
    return Attachment(path.name, mime, size, bool(kind), kind or _resource(path.suffix.casefold(), mime))


def keep_picture(path: Path, keep: Callable[[bytes], str]) -> MediaRef:
    """Keep a file of the disk as the picture of a course or a video, safe and small (RES-06).

    `keep` takes the bytes and returns their SHA-256. Raises as `thumbnail_at`.
    """
    data, mime = thumbnail_at(path)
    return MediaRef(keep(data), path.name[:255], mime, len(data))


def is_video(address: str) -> bool:
    """Whether an address leads to a video rather than to a page."""
    try:
        return read_video(address).provider != "local"
    except UserError:
        return False


def _item(path: Path, mime: str) -> str:
    if mime.startswith(("video/", "audio/")):
        return "video"  # the player of films plays sounds
    if mime == "application/pdf":
        return "pdf"
    return _packed(path) if path.suffix.casefold() == ".zip" else ""


def _packed(path: Path) -> str:
    """Pages that open in a browser, a deck of pictures, or "" for any other archive."""
    try:
        with ZipFile(path) as packed:
            names = [entry.filename for entry in packed.infolist() if not entry.is_dir()]
    except (BadZipFile, NotImplementedError):
        return ""
    if MANIFEST in names or INDEX in names:
        return "interactive"
    return "slides" if names and all(map(is_picture, names)) else ""


def _resource(ending: str, mime: str) -> str:
    if ending in CAPTIONS:
        return "captions"
    if ending in DATA:
        return "dataset"
    if ending in CODE:
        return "code_sample"
    return "image" if mime.startswith("image/") else "document"
