"""What a person chose for this profile on this device: it is kept in the file and never sent."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, MetaData, Table, Text, delete, insert, select

from lms_core.changes import Topic
from lms_core.db.rows import Json
from lms_core.unit import Work

LOCAL = MetaData()
"""Made by migrations."""

choice = Table("choice", LOCAL, Column("name", Text, primary_key=True), Column("value", Json, nullable=False))


class Choices:
    """Choices by name; whoever asks brings the value that holds while nothing was chosen."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def get(self, name: str, otherwise: Any = None) -> Any:
        """What was chosen, or `otherwise`."""
        with self._work() as unit:
            rows = unit.all(select(choice.c.value).where(choice.c.name == name))
        return rows[0].value if rows else otherwise

    def set(self, name: str, value: Any) -> None:
        """Choose."""
        with self._work() as unit:
            unit.local(delete(choice).where(choice.c.name == name))
            unit.local(insert(choice), [{"name": name, "value": value}], topic=Topic.SETTINGS)
