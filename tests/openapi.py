"""The description of the interface as it is checked in; `python -m tests.openapi` writes docs/openapi.json anew.

Each call and each body is a line, so that a change shows what it changes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sync_server.app import description
from tests.samples import PROJECT

COPY = PROJECT / "docs" / "openapi.json"
DEEP = ("paths", "components")


def text(document: dict[str, Any]) -> str:
    """The document in lines."""
    return "\n".join(["{", *_members({name: document[name] for name in sorted(document)}, 2), "}"]) + "\n"


def _members(members: dict[str, Any], deep: int) -> Iterator[str]:
    for number, (name, value) in enumerate(members.items(), 1):
        end = "," if number < len(members) else ""
        if deep and isinstance(value, dict) and value:
            yield f"{json.dumps(name)}: {{"
            yield from _members(value, deep - 1)
            yield "}" + end
        else:
            yield f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}{end}"


if __name__ == "__main__":
    COPY.write_text(text(description()), encoding="utf-8")
