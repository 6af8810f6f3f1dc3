"""What the start leaves for later is there when somebody asks for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

AFTER_START = """
import sys
from desktop_lms.start import load
importing = __import__
load()
assert __import__ is importing
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
