"""Which servers are who they say they are."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl


@cache
def trusted() -> ssl.SSLContext:
    """The authorities that all lines of this process trust; read once, for reading them takes 20 ms."""
    import httpx

    return httpx.create_ssl_context()
