"""What people type where the address of a server is asked for."""

from __future__ import annotations

import ipaddress
import re

from lms_core.errors import UserError

_SCHEME = re.compile(r"^https?://", re.IGNORECASE)


def server_address(typed: str) -> str:
    """What a person types as the address of a server, as a URL: https, but http on this network.

    Raises:
        UserError: `bad_server_address`.
    """
    text = typed.strip()
    text = text.rstrip("/") if not _SCHEME.fullmatch(text) else text
    host = re.split(r"[/:]", _SCHEME.sub("", text))[0].casefold()
    if not host or any(c.isspace() for c in text):
        raise UserError("bad_server_address")
    if _SCHEME.match(text):
        return text
    return f"{'http' if _is_near(host) else 'https'}://{text}"


def _is_near(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host == "localhost" or host.endswith(".local") or "." not in host
