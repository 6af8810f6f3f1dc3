"""Modules stop at 400 lines and functions at 40; what is longer already may only shrink."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture import sizes


@pytest.fixture(scope="module")
def over() -> dict[str, int]:
    """What is too long."""
    return sizes.over()


def test_nothing_outgrows_its_limit(over: dict[str, int]) -> None:
    allowed = sizes.allowed()
    grown = {name: size for name, size in over.items() if size > allowed.get(name, 0)}
    assert grown == {}, "split by subject"


def test_the_ratchet_holds_only_what_is_still_too_long(over: dict[str, int]) -> None:
    assert set(sizes.allowed()) - set(over) == set(), "take these out of ratchet.toml"


def test_sizes_are_counted_without_docstrings(tmp_path: Path) -> None:
    body = "\n".join(f"    x = {number}" for number in range(40))
    (tmp_path / "lms_core").mkdir()
    module = tmp_path / "lms_core" / "long.py"
    module.write_text(f'class A:\n  def fits(self):\n    """One.\n\n    Two.\n    """\n{body[:-10]}\n')
    assert sizes.over(tmp_path) == {}
    module.write_text(f"def outer():\n{body}\n" + "\n" * 400)
    assert sizes.over(tmp_path) == {"lms_core/long.py": 441, "lms_core/long.py::outer": 41}


def test_nested_functions_have_their_own_names() -> None:
    tree = ast.parse("class A:\n  def f(self):\n    def g(): pass\nasync def h(): pass\n")
    assert [name for name, _ in sizes.functions(tree)] == ["A.f", "A.f.g", "h"]
