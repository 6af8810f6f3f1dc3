"""What follows from rows at the hub: a row that makes a rule fail is set aside and holds up no other."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from lms_core.accounts.entities import ACCOUNT
from lms_core.entities import SCHEMA
from lms_core.errors import DiskFull
from lms_core.hub import Hub
from lms_core.sync.hub.projector import Troubles
from lms_core.unit import Effect, Unit
from tests.core.school import School


class Strict:
    """An effect that notes whom it met and fails for some."""

    def __init__(self) -> None:
        self.met: set[str] = set()
        self.fails: dict[str, Exception] = {}
        self.effect = Effect(frozenset({"account"}), self.run)

    def run(self, unit: Unit, changed: Mapping[str, frozenset[str]]) -> None:
        for row in sorted(changed["account"]):
            if row in self.fails:
                raise self.fails[row]
            values = unit.row(ACCOUNT, row)
            assert values is not None
            unit.derive(ACCOUNT, row, {"cohort": "met"})
            self.met.add(row)


@pytest.fixture
def strict() -> Strict:
    return Strict()


@pytest.fixture
def hub(school: School, strict: Strict) -> Hub:
    return Hub(
        school.engine, schema=SCHEMA, effects=[strict.effect], blobs=school.blobs, key=b"k" * 32,
        clock=school.clock, new_id=school.ids,
    )  # fmt: skip


def _cohort(hub: Hub, account: str) -> object:
    with hub.unit() as unit:
        return (unit.row(ACCOUNT, account) or {}).get("cohort")


@pytest.mark.postgresql
def test_one_bad_row_holds_up_no_other(school: School, hub: Hub, strict: Strict) -> None:
    people = [school.person(f"p{n}") for n in range(5)]
    strict.fails[people[2]] = KeyError("a fault of the program")
    hub.project()
    assert strict.met >= set(people) - {people[2]}
    assert [_cohort(hub, p) for p in people] == ["met", "met", "", "met", "met"]
    assert hub.troubles() == Troubles(1, 0)
    assert hub.project() == 0


@pytest.mark.postgresql
def test_what_was_set_aside_can_be_tried_again(school: School, hub: Hub, strict: Strict) -> None:
    person = school.person("ada")
    strict.fails[person] = ValueError("not yet")
    hub.project()
    assert hub.projection.retry() == Troubles(1, 0)
    strict.fails.clear()
    assert hub.projection.retry() == Troubles(0, 0)
    assert _cohort(hub, person) == "met"


def test_a_row_that_changes_again_is_tried_again(school: School, hub: Hub, strict: Strict) -> None:
    person = school.person("ada")
    strict.fails[person] = ValueError("too short")
    hub.project()
    strict.fails.clear()
    with hub.unit() as unit:
        unit.derive(ACCOUNT, person, {"first_name": "Augusta"})
    hub.project()
    assert hub.troubles() == Troubles(0, 0)
    assert _cohort(hub, person) == "met"


def test_a_full_disk_is_no_fault_of_a_row(school: School, hub: Hub, strict: Strict) -> None:
    person = school.person("ada")
    strict.fails[person] = DiskFull()
    with pytest.raises(DiskFull):
        hub.project()
    assert hub.troubles() == Troubles(0, 0)
    strict.fails.clear()
    hub.project()
    assert _cohort(hub, person) == "met"
