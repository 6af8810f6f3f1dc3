"""docs/api.md names every call that there is as built, and nothing as built that is not there."""

from __future__ import annotations

import re

from tests.samples import PROJECT
from tests.server.test_rights_matrix import CASES

PAGE = PROJECT / "docs" / "api.md"
ROW = re.compile(r"^\| `((?:[A-Z]+(?:, )?)+) (/[^`]*)` \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)


def plain(path: str) -> str:
    """A path whatever its parts are called."""
    return re.sub(r"\{[^}]*\}", "{}", path)


def calls(*, built: bool) -> list[tuple[str, str]]:
    """Method and path of every row, built or to come."""
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    return [
        (method, plain(path))
        for methods, path, state in rows
        for method in methods.split(", ")
        if (state == "built") == built and method not in ("WS", "CRUD")
    ]


def test_the_page_says_what_is_built() -> None:  # API-12
    there = {(name.partition(" ")[0], plain(name.partition(" ")[2])) for name in CASES}
    said = calls(built=True)
    assert sorted(there - set(said)) == [], "docs/api.md lacks these"
    assert sorted(set(said) - there) == [], "docs/api.md calls these built"
    assert len(said) == len(set(said))
    assert set(calls(built=False)) & there == set()
    assert len(calls(built=False)) > 20
