"""Let no socket of the internet be made, for a day where a network of its own is refused; Python loads this by itself.

What Python tries (also to look up a name) is refused as without a route, and counted in the file `LMS_REFUSED`. What
goes past Python, as Qt and the player can, ends its process with SIGSYS; on Linux alone, where the kernel has seccomp.
"""

from __future__ import annotations

import ctypes
import errno
import faulthandler
import os
import platform
import signal
import socket
import struct
import sys
from pathlib import Path

REFUSED = Path(os.environ["LMS_REFUSED"])
LOOK_UPS = {f"socket.{name}" for name in ("getaddrinfo", "gethostbyname", "gethostbyaddr", "getnameinfo")}
INTERNET = (socket.AF_INET, socket.AF_INET6)
SOCKET = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""What the kernel calls a machine, and `socket` there."""
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, TRAP = 0x7FFF0000, 0x00030000
NO_NEW_PRIVILEGES, SECCOMP, FILTER = 38, 22, 2


def _refuse(event: str, args: tuple[object, ...]) -> None:
    if event in LOOK_UPS or (event == "socket.__new__" and args[1] in INTERNET):
        with REFUSED.open("a") as counted:
            counted.write(f"{event} {args}\n")
        raise OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH))


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_char_p)]


def _guard() -> bool:
    """Have the kernel end whatever makes a socket of the internet, here and in what is started from here."""
    if sys.platform != "linux" or platform.machine() not in SOCKET:
        return False
    machine, call = SOCKET[platform.machine()]
    steps = (
        (LOAD, 0, 0, 4), (EQUAL, 0, 5, machine), (LOAD, 0, 0, 0), (EQUAL, 0, 3, call), (LOAD, 0, 0, 16),
        (EQUAL, 2, 0, int(socket.AF_INET)), (EQUAL, 1, 0, int(socket.AF_INET6)), (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, TRAP),
    )  # fmt: skip
    program = _Program(len(steps), b"".join(struct.pack("=HBBI", *step) for step in steps))
    faulthandler.register(signal.SIGSYS, chain=True)  # says where it was
    system, none = ctypes.CDLL(None), ctypes.c_ulong(0)
    return not (
        system.prctl(NO_NEW_PRIVILEGES, ctypes.c_ulong(1), none, none, none)
        or system.prctl(SECCOMP, ctypes.c_ulong(FILTER), ctypes.byref(program), none, none)
    )


REFUSED.touch()
sys.addaudithook(_refuse)
is_guarded = _guard()
