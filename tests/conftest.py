"""Give every test a machine of its own and let nothing leak out of it: threads, timers, files, warnings."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop_lms.start import SWITCH_S
from tests.cheap import hash_cheaply
from tests.compiled import compile_share, share_compiled
from tests.fakes import FakeClock, MemorySecrets, SeqId
from tests.samples import PROJECT, find_samples

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_STYLE_OVERRIDE"] = "Fusion"  # as desktop_lms/start.py
sys.setswitchinterval(SWITCH_S)
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
# what is compiled stays for the next process: to compile all tests and programs takes each of them ten seconds
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ["QT_LOGGING_RULES"] = "qt.qpa.*.debug=false;qt.multimedia.*=false"

THREAD_GRACE_S = 5.0
WINDOWED = {"qapp", "qtbot", "qtmodeltester"}
"""Fixtures of tests that make windows."""
MEMORY, MEMORY_BYTES = Path("/dev/shm"), 6 << 30
share_compiled()
hash_cheaply()
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MEMORY_BYTES:
    # files are made, synced and removed there at a tenth of the cost; no test here can tell: none takes the power away
    tempfile.tempdir = os.environ["TMPDIR"] = str(MEMORY)


def pytest_configure(config: pytest.Config) -> None:
    """Share the work of compiling with the other workers."""
    told = getattr(config, "workerinput", None)
    if told:
        compile_share(PROJECT, config, int(told["workerid"].removeprefix("gw")), told["workercount"])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the real programs, which are waited for: one worker plays them, the others use the processor."""
    items.sort(key=lambda item: item.path.parent.name != "e2e")
    if "hypothesis" in sys.modules:
        # it would read all sources that are loaded for values to try: two seconds in each process, and a test would try
        # others when it runs alone
        sys.modules["hypothesis.internal.conjecture.providers"].is_local_module_file = lambda _: False


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no rubbish while everything is loaded: there is hardly any, and each look would cost more."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish() -> None:
    """Take what was loaded so far out of every later search for rubbish and for what a test left."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Collect what a test with windows left on this thread and no other, as the app does (desktop_lms/rubbish.py)."""
    if not WINDOWED & set(getattr(item, "fixturenames", ())):
        return (yield)
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect(2 if gc.get_count()[2] > gc.get_threshold()[2] else 1)
        gc.enable()


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point home and the data folders of the platform into the test's own folder."""
    home = tmp_path / "home"
    monkeypatch.setenv("HOME", str(home))
    for name in ("DATA", "CONFIG", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    for name in [name for name in os.environ if name.startswith("LMS_") and name != "LMS_SAMPLES"]:
        monkeypatch.delenv(name)
    return home


@pytest.fixture(autouse=True)
def no_leaked_threads() -> Iterator[None]:
    """Fail a test that leaves a thread running; one that is just ending may do so."""
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        # a thread that Qt made is a dummy here: it cannot be joined, and Qt warns when it outlives its owner
        if not isinstance(thread, threading._DummyThread):
            thread.join(THREAD_GRACE_S)
            assert not thread.is_alive(), f"the test leaves the thread {thread.name} running"


@pytest.fixture(autouse=True)
def no_leaked_timers(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a Qt timer ticking or the shared thread pool at work."""
    yield
    if not WINDOWED & set(request.fixturenames):
        return
    core = sys.modules["PySide6.QtCore"]
    core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete)
    core.QCoreApplication.processEvents()  # what is due at once ends by itself
    pool = core.QThreadPool.globalInstance()
    assert pool.waitForDone(int(THREAD_GRACE_S * 1000)), "the test leaves the Qt thread pool at work"
    left = [timer for timer in _timers(core) if timer.isActive()]
    told = [f"{timer.interval()} ms of {timer.parent()!r}" for timer in left]
    for timer in left:
        timer.stop()
    _drop_windows(core)
    assert not told, f"the test leaves timers ticking: {told}"


def _drop_windows(core: Any) -> None:
    """Destroy the windows that a test leaves: each change of the look would go through them in every test after it."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is not None:
        for window in widgets.QApplication.topLevelWidgets():
            window.deleteLater()
        core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete)


def _timers(core: object) -> list[object]:
    from shiboken6 import Shiboken

    return [each for each in Shiboken.getAllValidWrappers() if isinstance(each, core.QTimer)]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    """A PostgreSQL server of this run's own; the test is skipped where there is none."""
    from tests.postgres import cluster

    with cluster() as each:
        yield each


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that is marked so with both kinds of database; `soak` leaves the larger one to `make soak`."""
    marker = metafunc.definition.get_closest_marker("postgresql")
    if marker:
        more = pytest.param("postgresql", marks=[pytest.mark.soak] if marker.kwargs.get("soak") else [])
        metafunc.parametrize("database_url", ("sqlite", more), indirect=True)


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where a hub's tables are: "" for a file, else a fresh database."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield ""
        return
    with request.getfixturevalue("postgres").fresh() as url:
        yield url


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands still at eight on a Monday morning."""
    return FakeClock()


@pytest.fixture
def new_id() -> SeqId:
    """Ids that count up."""
    return SeqId()


@pytest.fixture
def secrets() -> MemorySecrets:
    """An empty keyring."""
    return MemorySecrets()


@pytest.fixture(scope="session")
def samples() -> Path:
    """Real course files; the test is skipped on a machine without them."""
    folder = find_samples()
    if folder is None:
        pytest.skip("no samples: LMS_SAMPLES is not set and none lie beside the project")
    return folder
