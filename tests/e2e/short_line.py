"""A line between a laptop and a server that dies after so many bytes, over TCP."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from contextlib import suppress

DIES_AFTER = 20_000


class ShortLine:
    """A proxy whose connections die after so many bytes in either direction; `died` counts each way."""

    def __init__(self, port: int) -> None:
        self.port, self.passed = port, 0
        self.died = Counter[str]()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                here, _ = self._listening.accept()
                try:
                    there = socket.create_connection(("127.0.0.1", self.port))
                except OSError:
                    here.close()
                    continue
                for way, one, other in (("up", here, there), ("down", there, here)):
                    self._threads.append(threading.Thread(target=self._pass, args=(way, one, other)))
                    self._threads[-1].start()

    def _pass(self, way: str, one: socket.socket, other: socket.socket) -> None:
        left = DIES_AFTER
        with suppress(OSError):
            while left > 0 and (data := one.recv(min(left, 4096))):
                left -= len(data)
                self.passed += len(data)
                other.sendall(data)
        self.died[way] += left == 0
        for each in (one, other):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def close(self) -> None:
        """Stop listening, and wait for what still passes."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join()
