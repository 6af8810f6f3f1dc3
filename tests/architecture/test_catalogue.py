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
