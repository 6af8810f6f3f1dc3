"""Unpack a zipped course: bounded in files and bytes, and nothing outside its folder."""

from __future__ import annotations

from pathlib import Path
from zipfile import BadZipFile, ZipFile

from lms_core.errors import UserError
from lms_core.formats.report import Progress, step

MOST_FILES, MOST_BYTES = 20_000, 1 << 30
CHUNK = 1 << 20


def unpack(path: Path, into: Path, progress: Progress | None = None) -> Path:
    """Unpack into a folder of its own; returns the folder with the course.

    Raises:
        UserError: `bad_zip`, `zip_too_large`, `cancelled`.
    """
    try:
        with ZipFile(path) as packed:
            entries = [e for e in packed.infolist() if not e.is_dir()]
            if len(entries) > MOST_FILES:
                raise UserError("zip_too_large", name=path.name)
            left = MOST_BYTES
            for done, entry in enumerate(entries):
                step(progress, done, len(entries), entry.filename)
                target = _inside(into, entry.filename)
                target.parent.mkdir(parents=True, exist_ok=True)
                with packed.open(entry) as source, target.open("wb") as out:
                    while piece := source.read(CHUNK):  # what the archive says of its sizes is not believed
                        left -= len(piece)
                        if left < 0:
                            raise UserError("zip_too_large", name=path.name)
                        out.write(piece)
    except (BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
        raise UserError("bad_zip", name=path.name) from error
    return into


def _inside(folder: Path, name: str) -> Path:
    target = (folder / name.replace("\\", "/")).resolve()
    if not target.is_relative_to(folder.resolve()):
        raise UserError("bad_zip", name=name)
    return target
