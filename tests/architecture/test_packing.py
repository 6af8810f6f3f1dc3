"""What a wheel holds is enough: an installed program finds its migrations and resources without a checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.samples import PROJECT

FOLDERS = ("migrations", "resources")
TRY = """
import sys
from pathlib import Path
from desktop_lms.words import RESOURCES
from lms_core.session import Sessions
from sync_server.opening import prepare
assert RESOURCES.is_relative_to(sys.argv[1]), RESOURCES
prepare(Path("hub"))
Sessions(Path("laptop")).start_local("Ada", "Harbour-Lantern-42").close()
"""


def shipped(root: Path) -> set[str]:
    """Files of the folders that ship, by their place."""
    files = (path for name in FOLDERS for path in (root / name).rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix() for path in files if path.suffix != ".pyc"}


def test_the_built_package_works_alone(tmp_path: Path) -> None:
    built, made = tmp_path / "built", [sys.executable, "-W", "ignore", "setup.py", "-q"]
    made += ["egg_info", "--egg-base", str(tmp_path), "build_py", "--build-lib", str(built)]
    subprocess.run(made, cwd=PROJECT, check=True, capture_output=True)
    assert {path.name for path in built.iterdir()} == {"lms_core", "desktop_lms", "sync_server"}
    assert shipped(built / "lms_core" / "shipped") == shipped(PROJECT)
    sources = {p.relative_to(PROJECT).as_posix() for d in built.iterdir() for p in (PROJECT / d.name).rglob("*.py")}
    assert sources <= {path.relative_to(built).as_posix() for path in built.rglob("*.py")}
    env = {**os.environ, "PYTHONPATH": str(built), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "-c", TRY, str(built)], cwd=tmp_path, env=env, check=True)


@pytest.mark.soak
def test_pip_installs_three_programs(tmp_path: Path) -> None:
    home = tmp_path / "env"
    venv.create(home, with_pip=True, system_site_packages=False)
    bin_ = home / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run([bin_ / "python", "-m", "pip", "install", "-q", f"{PROJECT}[desktop,server]"], check=True)
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    for command in (["desktop-lms", "--help"], ["lms", "--help"], ["lms-server", "migrate", "--data", "hub"]):
        subprocess.run([bin_ / command[0], *command[1:]], cwd=tmp_path, env=env, check=True)
    subprocess.run([bin_ / "python", "-c", TRY, str(home)], cwd=tmp_path, env=env, check=True)
