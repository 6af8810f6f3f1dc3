"""What is told of a restore: kept beside the profile's database until every program that opens it has said so."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec

from lms_core.db.copies import write_durably

FILE = "restored.json"


class Restoration(msgspec.Struct, frozen=True):
    """A damaged file gave way to a copy.

    `folder` holds the old file and `copied_at` dates the copy; None: it starts empty. `rescued` counts unsent changes
    that only the old file had, `lost` those that could not be read there, None when nobody can tell how many.
    `told` names the programs that have said it, `salt` belongs to the old file.
    """

    folder: Path
    copied_at: datetime | None
    rescued: int = 0
    lost: int | None = None
    told: tuple[str, ...] = ()
    salt: bytes = b""

    @property
    def said(self) -> str:
        """One sentence for a terminal."""
        copy = f"the copy of {self.copied_at:%Y-%m-%d %H:%M} UTC" if self.copied_at else "an empty one"
        lost = "unknown" if self.lost is None else self.lost
        return (
            f"The file of this profile was damaged and {copy} is open in its place; unsent changes rescued: "
            f"{self.rescued}, lost: {lost}; the old file is kept in {self.folder}."
        )


def save(profile: Path, restoration: Restoration) -> None:
    """Keep it in the profile's folder."""
    # the folder may move with its profile: only its last name is kept
    kept = msgspec.structs.replace(restoration, folder=Path(restoration.folder.name))
    write_durably(profile / FILE, msgspec.json.encode(kept, enc_hook=str))


def load(profile: Path) -> Restoration | None:
    """The last restore, as long as the old file is kept."""
    with suppress(OSError, msgspec.MsgspecError):
        kept = msgspec.json.decode((profile / FILE).read_bytes(), type=Restoration, dec_hook=lambda kind, at: kind(at))
        if (profile / kept.folder).is_dir():
            return msgspec.structs.replace(kept, folder=profile / kept.folder)
    return None


def change(profile: Path, **values: object) -> None:
    """Replace some values."""
    if (kept := load(profile)) is not None:
        save(profile, msgspec.structs.replace(kept, **values))
