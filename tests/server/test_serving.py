"""The address a server takes, before it serves."""

from __future__ import annotations

import socket

import pytest

from lms_core.errors import UserError
from sync_server.serving import listen, url_of


def test_small_answers_do_not_wait_for_acknowledgements() -> None:
    with listen("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_the_address_is_one_that_this_machine_reaches() -> None:
    with listen("0.0.0.0", 0) as listening:
        assert url_of(listening) == f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_an_address_that_is_taken_or_wrong_is_refused() -> None:
    with listen("127.0.0.1", 0) as listening:
        for host, port in (("127.0.0.1", listening.getsockname()[1]), ("not a host", 0)):
            with pytest.raises(UserError, match="in use"):
                listen(host, port)
