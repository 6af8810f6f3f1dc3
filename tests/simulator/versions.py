"""Programs of different age: what the school's schema becomes in two steps (SYNC.md sections 5 and 10)."""

from __future__ import annotations

from msgspec.structs import replace

from lms_core.schema import Field, Schema
from tests.simulator.entities import NOTE, SCHEMA

RICHER = replace(
    NOTE,
    fields={**NOTE.fields, "mood": Field("attr", int), "phase": Field("state", default="new")},
    states={"phase": {("new", "begin"): "begun"}},
)
ESSAY = replace(NOTE, name="essay")


def schema(version: int, *, oldest: int = 1) -> Schema:
    """The first version, then one with more fields, from the third on with another entity, too."""
    more = (RICHER, ESSAY)[: version - 1]
    return Schema({**SCHEMA.entities, **{e.name: e for e in more}}.values(), version, oldest=oldest)


PROGRAMS = (SCHEMA, schema(2), schema(3, oldest=2))
"""By age; the last tells the first no rows any more."""


def newer(old: Schema) -> Schema:
    """The program that comes next."""
    return PROGRAMS[min(old.version, len(PROGRAMS) - 1)]
