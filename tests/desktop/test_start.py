"""What the start leaves for later is there when somebody asks for it."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest

AFTER_START = """
import sys
from desktop_lms.start import load
importing, compiling = __import__, compile
load()
assert __import__ is importing and compile is compiling
assert not {"asyncio", "ssl", "email", "importlib.metadata", "greenlet"} & set(sys.modules)
"""


def test_who_uses_it_meanwhile_gets_the_real_one() -> None:
    use = "import sys; from lms_core.lean import Later; sys.modules['asyncio'] = Later('asyncio')\n"
    use += "from asyncio import Queue; import asyncio; assert asyncio.Queue is Queue and type(asyncio) is type(sys)"
    done = subprocess.run([sys.executable, "-c", use], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "use",
    [
        "import asyncio; asyncio.run(asyncio.sleep(0))",
        "import asyncio.events, asyncio; asyncio.run(asyncio.sleep(0))",
        "from asyncio.queues import Queue; import asyncio; assert asyncio.Queue is Queue",
        "import importlib, importlib.metadata; assert importlib.metadata.version('sqlalchemy')",
        "from importlib import metadata; assert metadata.version('sqlalchemy')",
        "from sqlalchemy.util import concurrency as own; assert own.asyncio.CancelledError; import httpx, keyring",
    ],
)
def test_a_postponed_module_is_whole_once_it_is_used(use: str) -> None:
    done = subprocess.run([sys.executable, "-c", AFTER_START + use], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


HEAPS = """
import ctypes, threading, time
libc, began = ctypes.CDLL(None), threading.Barrier(12)
libc.fopen.restype = ctypes.c_void_p
def work():
    began.wait()
    kept.extend(bytearray(5000) for _ in range(200))
    began.wait()
kept, threads = [], [threading.Thread(target=work) for _ in range(12)]
for each in threads: each.start()
for each in threads: each.join()
file = ctypes.c_void_p(libc.fopen(b"/dev/stdout", b"w"))
libc.malloc_info(0, file); libc.fflush(file)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="a heap for each thread is glibc's way")
def test_threads_share_heaps() -> None:
    heaps = []
    for start in ("", "from desktop_lms.start import load; load(); "):
        done = subprocess.run([sys.executable, "-c", start + HEAPS], capture_output=True, text=True, check=True)
        heaps.append(done.stdout.count("<heap nr="))
    assert heaps[0] > heaps[1] == 2


@pytest.mark.skipif(not Path("/proc/self/timerslack_ns").exists(), reason="Linux tells and takes it there")
def test_the_window_s_thread_is_woken_on_time() -> None:
    tell = "from desktop_lms.start import load; load(); print(open('/proc/self/timerslack_ns').read())"
    done = subprocess.run([sys.executable, "-c", tell], capture_output=True, text=True, check=True)
    assert int(done.stdout) == 1


WRONG_CALLS = """
import inspect
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor
from PySide6.support.signature import get_signature
said = []
for call in (lambda: QSize("a"), lambda: QColor(None, 2), lambda: QSize(1, 2).scale(), lambda: QSize(1, 2, wrong=3)):
    try:
        call()
    except (AttributeError, TypeError) as error:
        said.append(f"{type(error).__name__}: {error}")
print(said, get_signature(QSize.scale), get_signature(QColor))
"""
LATELY = """
from desktop_lms import binding
binding.import_binding()
assert binding._sources, "the binding carries its modules otherwise now"
assert __import__.__name__ == "__import__" and compile.__module__ == "builtins"
"""
AT_ONCE = """
from threading import Barrier, Thread
barrier, found = Barrier(8), []
def ask():
    barrier.wait()
    from PySide6.support.signature import layout
    found.append(layout.create_signature)
threads = [Thread(target=ask) for _ in range(8)]
[thread.start() for thread in threads], [thread.join() for thread in threads]
assert len(found) == 8
"""

IN_AND_OUT = """
import sys
from PySide6.QtCore import QTimer
from desktop_lms import app
from tests.fakes import MemorySecrets

class Watched(app.App):
    def show_door(self):
        super().show_door()
        then = self.come_in if self.store is None and not told else self.door.close
        told.append("door")
        QTimer.singleShot(0, then)

    def come_in(self):
        self.sessions.secrets = self.sessions.profiles.secrets = MemorySecrets()
        self.enter(self.sessions.start_local("Mina", "Lantern-and-limpet-7"))
        QTimer.singleShot(300, self.go_out)

    def go_out(self):
        told.append("inside" if self.window.isVisible() else "")
        self.leave()

told, app.App = [], Watched
assert app.main(["--data-dir", sys.argv[1]]) == 0
print(*told)
"""


def _python(code: str, *arguments: str) -> str:
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_wrong_call_is_described_as_without_the_postponed_modules() -> None:
    plain, lately = _python(WRONG_CALLS), _python(LATELY + WRONG_CALLS)
    assert "called with wrong argument" in plain
    assert lately == plain


def test_those_who_ask_at_once_all_find_a_whole_module() -> None:
    _python(LATELY + AT_ONCE)


def test_the_program_stays_while_one_comes_in_and_goes_out(tmp_path: Path) -> None:
    assert _python(IN_AND_OUT, str(tmp_path)).split() == ["door", "inside", "door"]
