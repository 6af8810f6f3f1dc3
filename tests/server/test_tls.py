"""Real HTTPS with a certificate of a school's own: a browserless client, the app's command, and what is refused."""

from __future__ import annotations

import json
import os
import ssl
from pathlib import Path

import httpx
import pytest

from lms_core.errors import UserError
from sync_server.config import Settings
from sync_server.tls import tls_of
from tests import forks
from tests.forks import LMS
from tests.server.certificates import Authority
from tests.server.people import API, PASSWORD
from tests.server.test_process import run, running


def test_the_app_speaks_tls_with_a_server_whose_authority_it_is_told_to_trust(tmp_path: Path) -> None:  # SEC-09
    school = Authority(tmp_path)
    certificate, key = school.issue()
    files = {"LMS_HUB_TLS_CERTIFICATE": str(certificate), "LMS_HUB_TLS_KEY": str(key)}
    with running(tmp_path / "hub", env=files, trust=ssl.create_default_context(cafile=school.file)) as server:
        assert server.url.startswith("https://127.0.0.1:")
        ada = server.client.join("ada")
        with pytest.raises(httpx.ConnectError, match=r"(?i)certificate"):
            httpx.get(f"{server.url}{API}/health")
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{server.url.replace('https', 'http')}{API}/health")
        app = (
            "--data-dir",
            str(tmp_path / "app"),
            "--json",
            "sign-in",
            "--server",
            server.url,
            "--email",
            ada.user["email"],
        )
        stranger = forks.run(LMS, *app, env={**os.environ, "LMS_PASSWORD": PASSWORD})
        assert json.loads(stranger.stdout)["code"] == "unreachable"
        knows = {**os.environ, "LMS_PASSWORD": PASSWORD, "SSL_CERT_FILE": str(school.file)}
        signed_in = forks.run(LMS, *app, env=knows)
        assert signed_in.returncode == 0, signed_in.stdout + signed_in.stderr
        synced = forks.run(LMS, "--data-dir", str(tmp_path / "app"), "--json", "sync", env=knows)
        assert synced.returncode == 0, synced.stdout + synced.stderr
        assert server.stop() == 0


def test_a_network_is_not_served_in_the_clear_unless_that_was_chosen(tmp_path: Path) -> None:  # SEC-09
    bare = run("serve", "--data", tmp_path / "hub", "--host", "0.0.0.0", "--port", "0", "--json")
    assert (bare.returncode, json.loads(bare.stdout)["code"]) == (1, "tls_wanted")
    assert not (tmp_path / "hub" / "hub.db").exists()
    for host in ("127.0.0.1", "::1", "localhost"):
        assert tls_of(Settings(host=host)) is None
    assert tls_of(Settings(host="0.0.0.0", plain_http=True)) is None
    for host in ("0.0.0.0", "::", "learn.example.org"):
        with pytest.raises(UserError, match="tls_certificate"):
            tls_of(Settings(host=host))


def test_a_certificate_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    certificate, key = Authority(tmp_path).issue()
    (tmp_path / "no.pem").write_bytes(b"nothing")
    other = tmp_path / "other"
    other.mkdir()
    _other, foreign = Authority(other).issue()
    assert tls_of(Settings(tls_certificate=str(certificate), tls_key=str(key)))
    for pair in ((tmp_path / "none.pem", key), (tmp_path / "no.pem", key), (certificate, foreign), (certificate, "")):
        with pytest.raises(UserError) as raised:
            tls_of(Settings(tls_certificate=str(pair[0]), tls_key=str(pair[1])))
        assert raised.value.code == "tls_unreadable"
        assert str(pair[0]) in raised.value.message
