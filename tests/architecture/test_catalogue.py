"""docs/requirements.md names every requirement once, and only tests that exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture import catalogue

TEXT = catalogue.DOCUMENT.read_text(encoding="utf-8")


def test_every_requirement_has_one_row() -> None:
    assert [name for name, _ in catalogue.rows(TEXT)] == catalogue.catalogue()


def test_every_row_can_be_read() -> None:
    lines = [line for line in TEXT.splitlines() if line.startswith("| ") and not line.startswith("| ID |")]
    assert len(lines) == len(catalogue.rows(TEXT))


def test_every_row_names_tests_or_says_why_not() -> None:
    faults = {name: fault for name, state in catalogue.rows(TEXT) if (fault := catalogue.fault(state))}
    assert faults == {}


def test_nothing_is_wrong_with_what_is_said() -> None:
    assert catalogue.wrong(TEXT) == []


def test_what_is_wrong_is_told() -> None:
    gone = "| SEC-01 | tests/test_gone.py::test_a |\n| SEC-02 | later: soon |\n| ASG-01 | later: soon |\n"
    told = catalogue.wrong(gone, done=("SEC",))
    assert "SEC-01: no such test: tests/test_gone.py::test_a" in told
    assert "SEC-02: later: soon" in told
    assert "SEC-03: there is no row" in told
    assert "ASG-01: later: soon" not in told


def test_the_tests_of_an_area_are_found_once() -> None:
    found = catalogue.tests_of(TEXT, ["SEC"])
    assert len(found) == len(set(found)) > 20
    assert "tests/server/test_system.py::test_only_administrators_see_it" in found
    assert catalogue.tests_of(TEXT, ["AI"]) == []


@pytest.mark.parametrize(
    ("state", "good"),
    [
        ("tests/test_x.py::test_a", True),
        ("`tests/test_x.py::test_a`, `tests/test_x.py::test_b`", True),
        ("tests/test_x.py::test_gone", False),
        ("tests/test_gone.py::test_a", False),
        ("tests/test_x.py", False),
        ("later: learning", True),
        ("later:", False),
        ("n/a: no browser", True),
        ("done", False),
    ],
)
def test_states(tmp_path: Path, state: str, good: bool) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_x.py").write_text("def test_a(): ...\ndef test_b(): ...\n")
    assert (catalogue.fault(state, tmp_path) is None) == good


def test_every_test_that_the_page_of_threats_names_is_there() -> None:
    text = (catalogue.PROJECT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = [line.rsplit("|", 2)[1] for line in text.splitlines() if line.startswith("| ") and "test" in line]
    path, named = Path(), 0
    for cell in rows:
        for each in (part.strip() for group in cell.split(";") for part in group.split(",")):
            file, colons, test = each.partition("::")
            if file.startswith("test_"):
                test, colons = file, "::"  # of the file that was named before
            elif "/" in file:
                path = catalogue.PROJECT / "tests" / f"{file}.py"
                assert path.is_file(), each
            else:
                continue
            named += 1
            assert not colons or test in catalogue.tests_in(path), each
    assert named > 40
