"""What bodies must be before a verb runs: fields that fit, ids that are the caller's own (API-07, API-14)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lms_core.accounts.model import refuse
from lms_core.errors import Conflict, UserError
from lms_core.schema import Entity
from lms_core.unit import Unit


def is_there(unit: Unit, entity: Entity, row: str, **made: str) -> bool:
    """Whether the row is there already, made with the same; raises Conflict `id_reused` when it is something else."""
    there = unit.row(entity, row)
    if there is None:
        return False
    if any(there[name] != value for name, value in made.items()):
        raise Conflict("id_reused")
    return True


def check_fields(entity: Entity, values: Mapping[str, Any], but: tuple[str, ...] = ()) -> None:
    """Refuse fields that do not fit, by name (API-07)."""
    faults: dict[str, list[str]] = {}
    for name, value in values.items():
        if name in but:
            continue
        field = entity.fields[name]
        try:
            field.check(name, value)
            faults |= {name: ["field_required"]} if value is None and field.required else {}
        except UserError:
            faults[name] = ["invalid"]
    refuse(faults)
