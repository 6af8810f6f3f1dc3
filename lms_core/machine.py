"""Tell this machine from others, so that a file that was copied elsewhere is noticed."""

from __future__ import annotations

import platform
import re
import sys
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from uuid import uuid4

import platformdirs

APP = "desktop-lms"
_FILES = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))


def machine_id() -> str:
    """A text that stays the same on this machine and differs on others, hashed so that it tells nobody which it is."""
    found = _of_system() or _of_our_own()
    return blake2b(f"{APP}\x1f{platform.system()}\x1f{found}".encode(), digest_size=16).hexdigest()


def _of_system() -> str:
    with suppress(OSError, ValueError):
        if sys.platform == "win32":
            return _of_windows()
        if sys.platform == "darwin":
            return _of_macos()
    for file in _FILES:
        with suppress(OSError):
            if text := file.read_text("ascii").strip():
                return text
    return ""


def _of_windows() -> str:
    import winreg

    with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography") as key:  # type: ignore[attr-defined,unused-ignore]
        return str(winreg.QueryValueEx(key, "MachineGuid")[0])  # type: ignore[attr-defined,unused-ignore]


def _of_macos() -> str:
    import subprocess  # on no other system; the app starts sooner without

    command = ["/usr/sbin/ioreg", "-rd1", "-c", "IOPlatformExpertDevice"]
    said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10).stdout  # noqa: S603
    found = re.search(r'"IOPlatformUUID" = "([^"]+)"', said)
    return found.group(1) if found else ""


def _of_our_own() -> str:
    """Containers often have no id: keep one of our own, outside the data folder so that it is not copied with it."""
    file = platformdirs.user_state_path(APP, appauthor=False) / "machine-id"
    with suppress(OSError):
        if text := file.read_text("ascii").strip():
            return text
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(uuid4().hex, "ascii")
    return file.read_text("ascii")
