"""Show files that arrived to a virus scanner before they are kept: a command, or the socket of clamd (SEC-10).

The scanner belongs to the operator; what it finds is refused, and nothing of the file stays.
"""

from __future__ import annotations

import logging
import shlex
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

from lms_core.errors import Busy, UserError
from lms_core.media.kinds import check_kind
from sync_server.config import Settings

log = logging.getLogger(__name__)

PIECE = 1 << 20
SAID = 200

Scan = Callable[[Path], str]
"""What a scanner found in a file, "" for nothing; raises OSError when it cannot say."""


class Inspector:
    """What an upload has to pass at its end; blocks, so it runs in a thread of the server's."""

    def __init__(self, scan: Scan | None, *, needed: bool) -> None:
        self._scan, self._needed = scan, needed

    def __call__(self, path: Path, *, returned: bool, scanning: Callable[[], None]) -> None:
        """Look at a file. One that is `returned` was here before, and is asked for its kind no more.

        `scanning` is called before a scanner sees it.

        Raises:
            UserError: `type_not_allowed`, `infected`. Busy: `scanner_away`, where files need a scanner.
        """
        if not returned:
            check_kind(path)
        if self._scan is None:
            return
        scanning()
        try:
            found = self._scan(path)
        except OSError as error:
            log.error("the virus scanner does not answer: %s", error)
            if self._needed:
                raise Busy("scanner_away") from error
            return
        if found:
            log.warning("the virus scanner refused a file: %s", found)
            raise UserError("infected", found=found)


def inspector_of(settings: Settings) -> Inspector:
    """The inspector that the settings name."""
    scan: Scan | None = None
    seconds = settings.scan_seconds
    if settings.scan_socket:
        scan = lambda path: by_clamd(path, settings.scan_socket, seconds)  # noqa: E731
    elif settings.scan_command:
        scan = lambda path: by_command(path, settings.scan_command, seconds)  # noqa: E731
    return Inspector(scan, needed=settings.scan_needed)


def by_command(path: Path, command: str, seconds: float) -> str:
    """Run a command with the file as its last argument: it ends with 0 for clean, 1 for found, as clamscan does."""
    try:
        done = subprocess.run(  # noqa: S603 - the operator's own command
            [*shlex.split(command), str(path)],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise TimeoutError(f"no answer in {seconds} s") from error
    said = (done.stdout or done.stderr).decode("utf-8", "replace").replace(str(path), "").strip(" :\n")
    if done.returncode not in (0, 1):
        raise OSError(f"exit status {done.returncode}: {said[:SAID]}")
    return (said.splitlines() or ["?"])[0][:SAID] if done.returncode else ""


def by_clamd(path: Path, address: str, seconds: float) -> str:
    """Send the file to clamd (INSTREAM) at a path of a socket, or at host:port."""
    with _line(address, seconds) as line, path.open("rb") as file:
        line.sendall(b"zINSTREAM\0")
        while piece := file.read(PIECE):
            line.sendall(len(piece).to_bytes(4, "big") + piece)
        line.sendall(bytes(4))
        said = b""
        while not said.endswith(b"\0") and (more := line.recv(4096)):
            said += more
    answer = said.rstrip(b"\0\n").decode("utf-8", "replace").removeprefix("stream: ")
    if answer.endswith("FOUND"):
        return answer.removesuffix("FOUND").strip()[:SAID] or "?"
    if answer != "OK":
        raise OSError(f"clamd said: {answer[:SAID]}")
    return ""


def _line(address: str, seconds: float) -> socket.socket:
    host, _, port = address.rpartition(":")
    if host and port.isdecimal():
        return socket.create_connection((host, int(port)), timeout=seconds)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(seconds)
    try:
        line.connect(address)
    except BaseException:
        line.close()
        raise
    return line
