"""What commits at the hub tell those who listen."""

from __future__ import annotations

import pytest

from lms_core.sync.hub.hints import Hint, LocalHints
from tests.core.school import School


@pytest.mark.postgresql(soak=True)
def test_a_commit_tells_where_its_scopes_stand_and_whose_rights_changed(school: School) -> None:
    heard: list[Hint] = []
    end = school.hub.store.hints.subscribe(heard.append)
    ada = school.person("ada", "instructor")
    assert heard[-1] == Hint({f"account/{ada}": 1}, frozenset({ada}))
    laptop = school.laptop(ada)
    quiet = len(heard)
    school.sync(laptop)
    assert heard[quiet:] == []
    course = laptop.courses.create_course("Weather")
    school.sync(laptop)
    draft = f"draft/{course}"
    heads = school.hub.heads(ada)
    assert max(hint.heads.get(draft, 0) for hint in heard) == heads[draft] > 0
    assert any(ada in hint.accounts for hint in heard[quiet:])
    end()
    quiet = len(heard)
    laptop.courses.create_course("Soil")
    school.sync(laptop)
    assert heard[quiet:] == []


def test_nothing_to_tell_is_not_told() -> None:
    heard: list[Hint] = []
    hints = LocalHints()
    hints.subscribe(heard.append)
    hints.publish(Hint())
    assert heard == []
