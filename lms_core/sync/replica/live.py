"""Listen to the hub's hints on a thread of its own; a line that breaks is opened again (SYNC.md section 8, RT-05).

Hints are no data: whoever hears one asks with an exchange, and a poll finds what was not heard.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from lms_core.errors import AuthExpired, LmsError
from lms_core.sync.replica.trust import trusted

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

log = logging.getLogger(__name__)

FIRST_S, LAST_S = 1.0, 60.0
OPEN_S, CLOSE_S, PING_S = 5.0, 0.5, 25.0
LONGEST = 256 << 10
SIGNED_OUT = 4401


class Poke(msgspec.Struct, frozen=True):
    """A scope has grown to `seq`; ask within `jitter` ms."""

    scope: str
    seq: int
    jitter: int = 0


class Heads(msgspec.Struct, frozen=True):
    """All scopes that may be read now, and where each stands."""

    scopes: dict[str, int]


class Lined(msgspec.Struct, frozen=True):
    """The line opened or broke."""

    on: bool


Heard = Poke | Heads | Lined


class LiveLine(Protocol):
    """The part of a transport that a listener needs."""

    url: str

    def access(self, *, fresh: bool = False) -> str:
        """An access token; `fresh`: the last one was refused. Raises AuthExpired when nobody is signed in."""


class Listener:
    """One live line to a hub; `heard` is called on the listener's own thread."""

    def __init__(self, line: LiveLine, heard: Callable[[Heard], object]) -> None:
        self._line = line
        self._heard = heard
        self._ended = threading.Event()
        self._woken = threading.Event()
        self._socket: ClientConnection | None = None
        self._opened = self._refused = False
        self._thread = threading.Thread(target=self._run, name="live", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def retry(self) -> None:
        """Try now: the network is another one, or somebody signed in."""
        self._woken.set()

    def drop(self) -> None:
        """Open the line anew: after a sleep the old one is dead without a sign."""
        self._hang_up()
        self.retry()

    def close(self) -> None:
        """End, without waiting for a network that does not answer."""
        self._ended.set()
        self._woken.set()
        self._hang_up()
        if self._thread.ident is not None:
            self._thread.join(2 * CLOSE_S)

    def _hang_up(self) -> None:
        socket = self._socket
        if socket is not None:
            socket.close()

    # --- the thread
    def _run(self) -> None:
        pause = FIRST_S
        while not self._ended.is_set():
            self._opened = False
            try:
                self._listen()
            except (LmsError, OSError, ValueError) as error:
                log.debug("no live line: %s", error)
                if isinstance(error, AuthExpired):  # until somebody signs in
                    pause = LAST_S
            pause = FIRST_S if self._opened else pause
            self._woken.wait(pause * random.uniform(0.5, 1.5))
            self._woken.clear()
            pause = min(pause * 2, LAST_S)

    def _listen(self) -> None:
        """Open the line and stay on it until it breaks."""
        from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
        from websockets.sync.client import connect

        token, self._refused = self._line.access(fresh=self._refused), False
        try:
            with connect(
                self._address(), additional_headers={"Authorization": f"Bearer {token}"}, **self._how()
            ) as socket:
                self._socket = socket
                self._stay(socket)
        except InvalidStatus as error:
            self._refused = error.response.status_code == 401
            if self._refused:
                self._woken.set()
        except ConnectionClosed as ended:
            self._refused = bool(ended.rcvd and ended.rcvd.code == SIGNED_OUT)
        except WebSocketException as error:
            log.debug("no live line: %s", error)
        finally:
            self._socket = None

    def _stay(self, socket: Iterable[str | bytes]) -> None:
        if self._ended.is_set():
            return
        self._opened = True
        self._heard(Lined(True))
        try:
            for text in socket:
                message = understood(text)
                if message is not None:
                    self._heard(message)
        finally:
            self._heard(Lined(False))

    def _address(self) -> str:
        return self._line.url.replace("http", "ws", 1) + "/api/v1/live"

    def _how(self) -> dict[str, Any]:
        how: dict[str, Any] = {
            "compression": None, "max_size": LONGEST, "open_timeout": OPEN_S, "close_timeout": CLOSE_S,
            "ping_interval": PING_S, "ping_timeout": PING_S, "user_agent_header": "desktop-lms",
        }  # fmt: skip
        if self._line.url.startswith("https"):
            how["ssl"] = trusted()
        return how


class _Said(msgspec.Struct):
    type: str
    data: msgspec.Raw


def understood(text: str | bytes) -> Poke | Heads | None:
    """What a message of the hub means; None for one that a later hub may send."""
    try:
        said = msgspec.json.decode(text, type=_Said)
        kind = {"poke": Poke, "scopes": Heads}.get(said.type)
        return msgspec.json.decode(said.data, type=kind) if kind else None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
