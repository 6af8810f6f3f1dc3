"""The certificate a server shows, from files that the operator names (SEC-09)."""

from __future__ import annotations

import ssl
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path

from cryptography.x509 import load_pem_x509_certificate

from lms_core.errors import UserError
from sync_server.config import Settings


def tls_of(settings: Settings) -> ssl.SSLContext | None:
    """What a server's connections are encrypted with; None without a certificate.

    Raises:
        UserError: `tls_unreadable`; `tls_wanted` where a network would be served in the clear without a choice.
    """
    if settings.tls_certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        try:
            context.load_cert_chain(settings.tls_certificate, settings.tls_key or None, password=_no_password)
        except (OSError, ssl.SSLError) as error:
            raise _unreadable(settings, error) from error
        return context
    if not settings.plain_http and not _is_this_machine(settings.host):
        raise UserError("tls_wanted", host=settings.host)
    return None


def expires_at(settings: Settings) -> datetime:
    """When the certificate runs out; raises UserError `tls_unreadable`, also when the key is not its own."""
    tls_of(settings)
    try:
        return load_pem_x509_certificate(Path(settings.tls_certificate).read_bytes()).not_valid_after_utc
    except (OSError, ValueError) as error:
        raise _unreadable(settings, error) from error


def _no_password() -> bytes:
    """A server starts without anybody there to ask."""
    return b""


def _unreadable(settings: Settings, error: Exception) -> UserError:
    return UserError("tls_unreadable", path=settings.tls_certificate, why=getattr(error, "strerror", "") or error)


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
