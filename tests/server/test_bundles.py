"""The route that takes sync bundles: who may carry, what is refused, nothing left behind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from litestar.testing import TestClient

from sync_server.app import create_app
from sync_server.config import Settings
from sync_server.opening import Opened
from tests.server.people import Client

KIND = {"Content-Type": "application/octet-stream"}


def incoming(opened: Opened) -> list[Path]:
    return list((opened.hub.blobs.root / "incoming").glob("*"))  # type: ignore[attr-defined]


def test_what_is_no_bundle_is_refused_and_not_kept(client: Client, opened: Opened) -> None:
    ada = client.join()
    assert client.post("/bundles", content=b"x").status_code == 401
    for body, status in ((b"", 400), (b"x" * 3_000_000, 400), (b"LMSBNDL9....", 426)):
        answer = ada.post("/bundles", content=body, headers=KIND)
        code = {400: "bundle_damaged", 426: "bundle_too_new"}[status]
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert incoming(opened) == []


def test_one_that_is_too_large_is_refused(opened: Opened, settings: Settings) -> None:
    with TestClient(create_app(replace(settings, largest_file_mb=1), opened.served)) as http:
        answer = Client(http).join().post("/bundles", content=bytes(2 << 20), headers=KIND)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert incoming(opened) == []
