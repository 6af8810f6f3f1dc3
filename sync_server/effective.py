"""The settings in force, for administrators: what each is, where it comes from, and what a restart would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

from sync_server.config import PREFIX, Settings, read_settings

Source = Literal["default", "file", "environment", "command line"]
BY_COMMAND = frozenset({"host", "port", "database_url"})
"""What `lms-server serve` takes as options, too."""


@dataclass(frozen=True, kw_only=True)
class Effective:
    """A setting; of a secret the values are None and `is_set` says whether there is one.

    `after_restart` says that its source holds another value since the server was started.
    """

    name: str
    help: str
    value: Any
    default: Any
    is_set: bool
    secret: bool
    source: Source
    after_restart: bool


def effective(settings: Settings, data: Path, environment: Mapping[str, str]) -> list[Effective]:
    """All settings, in the order in which they are declared."""
    alone, _ = read_settings(data, {})
    both, _ = read_settings(data, environment)
    by_environment = {name.removeprefix(PREFIX).lower() for name in environment if name.startswith(PREFIX)}
    out = []
    for each in fields(Settings):
        now, then = getattr(settings, each.name), both.get(each.name, each.default)
        source: Source = "environment" if each.name in by_environment else "file" if each.name in alone else "default"
        other = now != then
        if other and each.name in BY_COMMAND:
            source, other = "command line", False
        elif other and source == "default":
            source = "file"  # it was there at the start
        secret = each.metadata["secret"]
        shown = (None, None) if secret else (now, each.default)
        out.append(
            Effective(
                name=each.name, help=each.metadata["help"], value=shown[0], default=shown[1], is_set=bool(now),
                secret=secret, source=source, after_restart=other,
            )
        )  # fmt: skip
    return out
