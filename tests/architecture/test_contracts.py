"""Each import contract of pyproject.toml breaks, alone, when one forbidden import is planted."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture import walls
from tests.samples import PROJECT

HOUSE = """
lms_core lms_core/cli.py lms_core/workspace.py lms_core/hub.py lms_core/settings.py lms_core/ops.py lms_core/errors.py
lms_core/sync lms_core/sync/wire.py lms_core/sync/hub lms_core/sync/hub/engine.py lms_core/sync/replica
lms_core/sync/replica/engine.py lms_core/db lms_core/db/engine.py lms_core/search lms_core/search/service.py
lms_core/learning lms_core/learning/service.py lms_core/courses lms_core/courses/tables.py
desktop_lms desktop_lms/app.py desktop_lms/store.py desktop_lms/shell desktop_lms/shell/window.py
desktop_lms/widgets desktop_lms/widgets/card.py desktop_lms/platform desktop_lms/platform/network.py
desktop_lms/features desktop_lms/features/today desktop_lms/features/today/view.py
desktop_lms/features/today/viewmodel.py desktop_lms/features/notes desktop_lms/features/notes/view.py
desktop_lms/features/builder desktop_lms/features/builder/view.py desktop_lms/features/builder/viewmodel.py
desktop_lms/features/builder/quiz desktop_lms/features/builder/quiz/view.py
desktop_lms/features/builder/quiz/viewmodel.py
sync_server sync_server/app.py
"""

PLANTED = [
    ("thin-skins", "sync_server/app.py", "import desktop_lms.store"),
    ("thin-skins", "lms_core/cli.py", "import sync_server.app"),
    ("qt-in-the-desktop", "lms_core/errors.py", "from PySide6.QtCore import QObject"),
    ("no-web-framework-in-the-core", "lms_core/hub.py", "import litestar"),
    ("desktop-without-sql", "desktop_lms/store.py", "import sqlalchemy"),
    ("desktop-without-sql", "desktop_lms/store.py", "from httpx import Client"),
    ("tables-are-private", "sync_server/app.py", "from lms_core.courses import tables"),
    ("independent-features", "desktop_lms/features/today/view.py", "import desktop_lms.features.notes.view"),
    ("desktop-layers", "desktop_lms/widgets/card.py", "import desktop_lms.shell.window"),
    ("desktop-layers", "desktop_lms/widgets/card.py", "import desktop_lms.store"),
    ("viewmodels-without-views", "desktop_lms/features/today/viewmodel.py", "import desktop_lms.features.today.view"),
    ("viewmodels-without-views", "desktop_lms/features/today/viewmodel.py", "import desktop_lms.widgets.card"),
    (
        "viewmodels-without-views",
        "desktop_lms/features/builder/quiz/viewmodel.py",
        "import desktop_lms.features.builder.quiz.view",
    ),
    (
        "viewmodels-without-views",
        "desktop_lms/features/builder/quiz/viewmodel.py",
        "import desktop_lms.features.builder.view",
    ),
    (
        "viewmodels-without-views",
        "desktop_lms/features/builder/viewmodel.py",
        "import desktop_lms.features.builder.quiz.view",
    ),
    ("viewmodels-without-views", "desktop_lms/features/builder/quiz/viewmodel.py", "import desktop_lms.widgets.card"),
    ("two-sides-of-sync", "lms_core/sync/replica/engine.py", "import lms_core.sync.hub.engine"),
    ("core-layers", "lms_core/db/engine.py", "import lms_core.learning.service"),
    ("core-layers", "lms_core/learning/service.py", "import lms_core.search.service"),
    ("core-layers", "lms_core/workspace.py", "import lms_core.hub"),
    ("core-layers", "lms_core/errors.py", "import lms_core.settings"),
]


def contracts() -> dict[str, str]:
    config = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    return {each["id"]: each["name"] for each in config["tool"]["importlinter"]["contracts"]}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    for name in HOUSE.split():
        module = tmp_path / name if name.endswith(".py") else tmp_path / name / "__init__.py"
        module.parent.mkdir(parents=True, exist_ok=True)
        module.touch()
    return tmp_path


def broken(house: Path) -> set[str]:
    """Ids of the contracts that the linter calls broken there."""
    linter = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]
    answer = subprocess.run(
        [*linter, "--no-cache", "--no-logo"],
        cwd=house,
        env={**os.environ, "PYTHONPATH": str(house), "COLUMNS": "400"},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = answer.stdout.splitlines()
    found = {key for key, name in contracts().items() if f"{name} BROKEN" in lines}
    kept = {key for key, name in contracts().items() if f"{name} KEPT" in lines}
    assert found | kept == set(contracts()), answer.stdout + answer.stderr
    return found


def test_a_clean_house_breaks_nothing(house: Path) -> None:
    assert broken(house) == set()


@pytest.mark.parametrize(("contract", "module", "line"), PLANTED)
def test_a_planted_import_breaks_its_contract_alone(house: Path, contract: str, module: str, line: str) -> None:
    (house / module).write_text(line + "\n")
    assert broken(house) == {contract}


def test_every_contract_is_proved() -> None:
    assert {contract for contract, _, _ in PLANTED} == set(contracts())


WIDGETS = "from PySide6.QtWidgets import QLabel\n\nprint(QLabel)\n"


def ruff_says(module: str, source: str) -> set[str]:
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--select", "TID", "--output-format", "concise"]
    answer = subprocess.run(
        [*command, "--stdin-filename", module, "-"],
        cwd=PROJECT,
        input=source,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not answer.stderr, answer.stderr
    return {code for code in ("TID251", "TID253") if code in answer.stdout}


@pytest.mark.parametrize(
    ("module", "codes"),
    [
        ("desktop_lms/features/today/viewmodel.py", {"TID251"}),
        ("desktop_lms/features/today/preview.py", {"TID251"}),
        ("desktop_lms/features/today/today_view.py", {"TID251"}),
        ("desktop_lms/store.py", {"TID251"}),
        ("lms_core/cli.py", {"TID251"}),
        ("desktop_lms/features/today/view.py", set()),
        ("desktop_lms/widgets/card.py", set()),
        ("desktop_lms/shell/window.py", set()),
        ("desktop_lms/app.py", set()),
    ],
)
def test_widgets_stay_in_their_places(module: str, codes: set[str]) -> None:
    assert ruff_says(module, WIDGETS) == codes


def test_media_parts_of_qt_load_late() -> None:
    late = "def play() -> object:\n    from PySide6.QtMultimedia import QMediaPlayer\n\n    return QMediaPlayer\n"
    early = "from PySide6.QtMultimedia import QMediaPlayer\n\nprint(QMediaPlayer)\n"
    assert ruff_says("desktop_lms/features/player/view.py", late) == set()
    assert ruff_says("desktop_lms/features/player/view.py", early) == {"TID253"}


@pytest.mark.parametrize("part", sorted(walls.GPL))
def test_gpl_parts_of_qt_are_seen_in_every_form(part: str) -> None:
    name = part.removeprefix("PySide6.")
    for line in (
        f"import {part}",
        f"from {part} import Any",
        f"from PySide6 import {name}",
        f"def f():\n import {part}",
    ):
        assert walls.gpl_imports(line)
    assert "TID251" in ruff_says("desktop_lms/store.py", f"import {part}\n\nprint({part})\n")


def test_no_gpl_part_of_qt_is_used() -> None:
    sources = [path for root in ("desktop_lms", "tests", "bench") for path in (PROJECT / root).rglob("*.py")]
    assert [path for path in sources if walls.gpl_imports(path.read_text())] == []
    packaging = [path for path in PROJECT.glob("**/*.spec") if ".venv" not in path.parts]
    assert [path for path in packaging if walls.bundled_gpl(path.read_text())] == []


def test_a_migration_that_imports_our_code_is_seen() -> None:
    assert walls.own_imports("from lms_core.courses import tables") == {
        "lms_core.courses",
        "lms_core.courses.tables",
    }
    assert walls.own_imports("import sqlalchemy as sa\nfrom alembic import op") == set()


def test_migrations_import_none_of_our_code() -> None:
    assert [path for path in walls.versions(PROJECT) if walls.own_imports(path.read_text())] == []
