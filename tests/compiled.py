"""What is compiled once instead of many times: statements for all engines of a process, sources for all processes.

SQLAlchemy keeps compiled statements for each engine, by its dialect object. Dialects of one kind write the same SQL
here, so in tests they count as one, and the engines share what was compiled: a test opens several, each lives for a
moment.

In a fresh copy of the project no source is compiled yet, and processes that begin together and load the same modules
in the same order would each compile all of them, ten seconds apiece.
"""

from __future__ import annotations

import compileall
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

import pytest
from _pytest.assertion import rewrite
from sqlalchemy.engine import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

FOLDERS = ("lms_core", "sync_server", "desktop_lms", "bench", "tests")
MOST = 5000
"""How many are kept; an engine keeps 500."""


def share_compiled() -> None:
    """Let all engines of this process share them."""
    shared: LRUCache[Any, Any] = LRUCache(MOST)
    Engine._compiled_cache = property(lambda _: shared, lambda *_: None)  # type: ignore[assignment]
    DefaultDialect.__hash__ = lambda dialect: hash(type(dialect))  # type: ignore[method-assign]
    DefaultDialect.__eq__ = lambda dialect, other: type(dialect) is type(other)  # type: ignore[method-assign]


def compile_share(root: Path, config: pytest.Config, number: int, of: int) -> None:
    """Compile the sources of `root` that are this process's to compile: each takes one of `of`, of all sizes."""
    sources = [path for folder in FOLDERS for path in (root / folder).rglob("*.py")]
    for path in sorted(sources, key=lambda path: (path.stat().st_size, path))[number::of]:
        if path.name.startswith("test_"):
            _rewrite(path, config)
        elif not Path(cache_from_source(str(path))).exists():
            compileall.compile_file(path, quiet=2)


def _rewrite(path: Path, config: pytest.Config) -> None:
    """As pytest does when it loads a module of tests, which tells values where an assertion fails."""
    kept = rewrite.get_cache_dir(path) / (path.stem + rewrite.PYC_TAIL)
    if not kept.exists():
        digest, code = rewrite._rewrite_test(path, config)
        kept.parent.mkdir(exist_ok=True)
        rewrite._write_pyc(config.stash[rewrite.assertstate_key], code, digest, kept)
