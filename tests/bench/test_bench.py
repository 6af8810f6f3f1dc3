"""The benchmark runner: figures against bars, failures that fail the run, the table in the docs."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from bench.__main__ import chosen, main, measure
from bench.figure import Context, Figure, figure, percentile
from bench.table import BEGIN, END, text_table, write_docs


def module(name: str, figures: list[Figure] | Exception) -> ModuleType:
    made = ModuleType(name)

    def run(context: Context) -> list[Figure]:
        assert context.folder.is_dir()
        if isinstance(figures, Exception):
            raise figures
        return figures

    made.run = run  # type: ignore[attr-defined]
    return made


FAST = figure("x.fast_ms", 3.0, unit="ms", better="lower", bar=10, size="100 rows")
SLOW = figure("x.rows_s", 900.0, unit="rows/s", better="higher", bar=1000, note="cold")


def test_a_bar_is_held_or_missed() -> None:
    assert FAST.ok
    assert not SLOW.ok
    assert figure("x", 5, unit="s", better="lower").ok


def test_what_is_not_delivered_is_unmeasured() -> None:
    names = frozenset({"x.fast_ms", "x.rows_s"})
    assert [(each.name, each.value, each.ok) for each in measure(module("m", [FAST]), names, full=False)] == [
        ("x.fast_ms", 3.0, True),
        ("x.rows_s", None, False),
    ]


def test_an_error_leaves_all_names_unmeasured() -> None:
    figures = measure(module("m", OSError("no disk")), frozenset({"b", "a"}), full=False)
    assert [(each.name, each.note) for each in figures] == [("a", "OSError: no disk"), ("b", "OSError: no disk")]


def test_names_are_chosen_in_full_or_by_group() -> None:
    names = ["hub.rows_s", "hub.ops_s", "hubris.x"]
    assert chosen(names, []) == frozenset(names)
    assert chosen(names, ["hub"]) == {"hub.rows_s", "hub.ops_s"}
    assert chosen(names, ["hub.ops_s"]) == {"hub.ops_s"}


def test_an_unknown_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "no.such"]) == 2
    assert "no such benchmark: no.such" in capsys.readouterr().err


def test_percentiles_are_by_nearest_rank() -> None:
    values = [float(number) for number in range(1, 101)]
    assert (percentile(values, 50), percentile(values, 95), percentile(values, 99)) == (50, 95, 99)
    assert percentile([7.0], 99) == 7.0


def test_the_table_says_ok_missed_and_failed() -> None:
    lost = measure(module("m", []), frozenset({"y"}), full=False)
    lines = text_table([FAST, SLOW, *lost]).splitlines()
    assert lines[1].split() == ["x.fast_ms", "3", "ms", "<=", "10", "ms", "ok", "100", "rows"]
    assert "MISSED" in lines[2]
    assert "FAILED" in lines[3]


def test_the_docs_keep_figures_that_were_not_taken_now(tmp_path: Path) -> None:
    document = tmp_path / "performance.md"
    document.write_text(f"# Title\n{BEGIN}\n{END}\nend\n")
    write_docs(document, [FAST])
    write_docs(document, [SLOW])
    text = document.read_text()
    assert text.startswith("# Title\n")
    assert text.endswith("\nend\n")
    assert text.index("| x.fast_ms | 3 ms |") < text.index("| x.rows_s | 900 rows/s |")
