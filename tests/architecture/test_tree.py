"""What the tree may not hold: logic in __init__.py, catch-all modules, this or that machine's paths and hosts."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

from tests.architecture.sizes import sources
from tests.samples import PROJECT

CATCH_ALLS = {"util", "utils", "helper", "helpers", "common", "manager", "base", "misc"}
# each with one letter in brackets, or this file would find itself
FOREIGN = re.compile(
    r"(?<![\w.])/(?:w[o]rk|f[a]rm)/\w|(?<![\w.])/r[o]ot/|/opt/p[y]pi|p[y]pi\.org|pythonh[o]sted\.org|registry\.n[p]mjs"
    r"|deb\.d[e]bian\.org|https?://[^\s\"']+/s[i]mple\b|--(?:extra-)?i[n]dex-url[= ]|--f[i]nd-links[= ]"
)
LOCKS = {"uv.lock", "poetry.lock", "Pipfile.lock", "package-lock.json"}


def tracked() -> list[Path]:
    """Files of the project as git knows them; without git, all that are not made by a build."""
    answer = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=False)
    if answer.returncode == 0:
        names = [PROJECT / name for name in answer.stdout.split("\0") if name]
    else:
        made = {".venv", ".git", "build", "dist", "__pycache__"}
        names = [path for path in PROJECT.rglob("*") if not made & set(path.relative_to(PROJECT).parts)]
    return [path for path in names if path.is_file()]


def foreign(text: str) -> list[str]:
    return [match.group() for match in FOREIGN.finditer(text)]


def test_package_files_hold_no_logic() -> None:
    for path in sources():
        if path.name == "__init__.py":
            body = ast.parse(path.read_text(encoding="utf-8")).body
            assert all(isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) for node in body), path


def test_no_module_is_a_catch_all() -> None:
    assert [path for path in sources() if path.stem in CATCH_ALLS or path.parent.name in CATCH_ALLS] == []


def test_no_place_of_one_machine_stands_in_the_tree() -> None:
    found = {}
    for path in tracked():
        data = path.read_bytes()
        if b"\0" not in data[:8000] and (hits := foreign(data.decode("utf-8", "replace"))):
            found[path.relative_to(PROJECT).as_posix()] = hits
    assert found == {}


def test_no_lock_file_that_names_hosts() -> None:
    assert [path for path in tracked() if path.name in LOCKS] == []


@pytest.mark.parametrize(
    "planted",
    ["/w|ork/main/x", "cd /r|oot/.cache", "https://p|ypi.org/x", "https://mirror.example/s|imple", "--i|ndex-url=x"],
)
def test_a_planted_place_is_found(planted: str) -> None:
    assert foreign(f"a = '{planted.replace('|', '')}'")


def test_places_that_are_no_machine_are_left_alone() -> None:
    assert foreign("lms_core/work/main and /api/v1/work and 'framework/'") == []


def test_the_lock_pins_every_package_with_a_hash() -> None:
    lock = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=\S)", lock.split("\n", 1)[1].strip())
    assert len(blocks) > 60
    for block in blocks:
        assert re.match(r"[a-z0-9._-]+==\S+( ; .+)? \\\n", block), block[:80]
        assert "--hash=sha256:" in block, block[:80]


def test_the_readme_names_only_targets_that_exist() -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", readme, re.MULTILINE))
    assert {"run", "test"} <= named <= targets


def test_the_readme_names_only_files_that_exist() -> None:
    for document in [PROJECT / "README.md", *PROJECT.glob("docs/**/*.md")]:
        for link in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", document.read_text(encoding="utf-8")):
            assert (document.parent / link).exists(), f"{document.name}: {link}"


def test_scripts_are_valid_shell() -> None:
    for script in [*(PROJECT / "scripts").glob("*.sh"), PROJECT / ".ci" / "run"]:
        subprocess.run(["sh", "-n", script], check=True)
