"""Every edit brings a word of its own, so that nothing that was written can vanish unnoticed (invariant I3)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from lms_core.ops import Op

_WORD = re.compile(r"w\d{5,}")


def words(value: Any) -> set[str]:
    """All words in a value, however deep."""
    if isinstance(value, str):
        return set(_WORD.findall(value))
    if isinstance(value, dict):
        return words(list(value.values()))
    if isinstance(value, list | tuple):
        return set().union(*map(words, value))
    return set()


def new_words(op: Op) -> set[str]:
    """The words that an op brings."""
    return words({k: v for k, v in op.args.items() if k not in ("base", "seen")}) - words(op.args.get("base"))


def brought(ops: Iterable[Op]) -> set[str]:
    """The words that several ops bring."""
    return set().union(*map(new_words, ops))
