"""What one running server has: the hub it serves, settings, limits and threads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from litestar.connection import ASGIConnection

from lms_core.accounts.model import Origin
from lms_core.mail.letters import spoken
from sync_server.config import Settings
from sync_server.hints import Switchboard
from sync_server.lanes import Lanes
from sync_server.limits import Limits, address_of
from sync_server.served import Served

Connection = ASGIConnection[Any, Any, Any, Any]


@dataclass(frozen=True)
class Context:
    """The parts of one app, kept in its state."""

    served: Served
    settings: Settings
    limits: Limits
    lanes: Lanes
    board: Switchboard

    @staticmethod
    def of(connection: Connection) -> Context:
        """The context of the app that a connection came to."""
        context: Context = connection.app.state["context"]
        return context

    def address(self, connection: Connection) -> str:
        """The caller's network address."""
        return address_of(connection, self.settings.trusted_proxies)

    def origin(self, connection: Connection) -> Origin:
        """Where a request came from, for the login log, and the language it asks for."""
        headers = connection.headers
        language = spoken(headers.get("accept-language", ""))
        return Origin(self.address(connection), headers.get("user-agent", ""), language)
