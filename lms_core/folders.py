"""Where the folders lie that ship with the code: beside it in a checkout, inside of the package when installed."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent
SHIPPED = HERE / "shipped"


def shipped(name: str) -> Path:
    """The folder `migrations` or `resources`; setup.py takes both into the wheel."""
    inside = SHIPPED / name
    return inside if inside.is_dir() else HERE.parent / name
