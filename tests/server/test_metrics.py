"""Figures for a monitor: who gets them, what they count, and by which names."""

from __future__ import annotations

import httpx
import msgspec
import pytest
from litestar.testing import TestClient
from prometheus_client.parser import text_string_to_metric_families

from lms_core.errors import Busy
from lms_core.ops import ROOT_CHAIN, Op, seal
from lms_core.ports import new_replica_id
from lms_core.sync.wire import PROTOCOL, Request, pack, unpack_reply
from sync_server.app import create_app
from sync_server.config import Settings
from sync_server.metrics import Gauge
from sync_server.opening import Opened
from tests.server.people import API, Client
from tests.server.test_sync_route import ZSTD

TOKEN = "a monitor's own"
OPEN = Settings(metrics_token=TOKEN, sign_ins_per_minute=0, requests_per_address=0)


def asked(http: httpx.Client, token: str = TOKEN) -> httpx.Response:
    return http.get("/metrics", headers={"Authorization": f"Bearer {token}"} if token else {})


def rename(person: Client) -> None:
    """Push a change of the own name and ask for what there is, as a device does."""
    account = person.user["id"]
    ops = [msgspec.Raw(seal(Op("account", account, "update", {"first_name": "Ava"}, None, 0, 0)))]
    request = Request(PROTOCOL, 1, new_replica_id(), account, 1, 0, ROOT_CHAIN, 0, None, {}, ops)
    reply = unpack_reply(person.ask("POST", "/sync", content=pack(request), headers=ZSTD).content)
    assert sum(len(piece.entries) for piece in reply.slices) == 1


def samples(http: httpx.Client) -> dict[tuple[str, ...], float]:
    """Value of each sample by its name and the values of its labels."""
    families = text_string_to_metric_families(asked(http).text)
    return {(s.name, *s.labels.values()): s.value for each in families for s in each.samples}


def test_only_who_has_the_token_gets_figures(opened: Opened) -> None:
    with TestClient(create_app(Settings(), opened.served)) as http:
        assert [asked(http, token).status_code for token in ("", TOKEN)] == [404, 404], "nobody is told by default"
    with TestClient(create_app(OPEN, opened.served)) as http:
        answer = asked(http)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
        assert answer.headers["x-content-type-options"] == "nosniff"
        admin = Client(http).join().token
        assert [asked(http, token).status_code for token in ("", "wrong", admin)] == [401, 401, 401]


@pytest.mark.postgresql
def test_requests_are_counted_by_route_and_sync_by_rows(opened: Opened) -> None:
    with TestClient(create_app(OPEN, opened.served)) as http:
        ada = Client(http).join()
        ada.delete("/auth/sessions/0a4e6b1c-1111-7111-8111-111111111111")
        for path in ("/nothing", "/users/../x", "/q?token=hidden"):
            http.get(API + path)
        http.request("BREW", f"{API}/health")
        rename(ada)
        found = samples(http)
        route = f"{API}/auth/sessions/{{session_id}}"
        assert found["lms_requests_total", "DELETE", route, "404"] == 1
        assert found["lms_request_seconds_count", "DELETE", route] == 1
        unmatched = {
            key: value for key, value in found.items() if "unmatched" in key and key[0] == "lms_requests_total"
        }
        assert sum(unmatched.values()) == 4
        assert (found["lms_sync_ops_total",], found["lms_sync_rows_total",]) == (1, 1)
        assert found["lms_database_bytes",] > 10_000
        assert found["lms_waiting", "work"] == 1, "the one who measures"
        assert {"lms_set_aside", "lms_live_lines", "lms_database_connections", "process_open_fds"} <= {
            k[0] for k in found
        }
        assert not any("hidden" in part or "BREW" in part for key in found for part in key)


def test_what_cannot_be_measured_is_left_out(opened: Opened) -> None:
    def away() -> float:
        raise Busy("database_away")

    opened.served.metrics.measure(Gauge("lms_database_bytes", "Size.", away))
    with TestClient(create_app(OPEN, opened.served)) as http:
        found = samples(http)
    assert ("lms_database_bytes",) not in found
    assert ("lms_set_aside",) in found
