"""What holds for every route: a guard, one shape of errors, headers, limits, a description."""

from __future__ import annotations

import gzip
import json
import logging

import httpx
import pytest
import zstandard
from litestar.routes import HTTPRoute, WebSocketRoute
from litestar.testing import TestClient

from lms_core.errors import MESSAGES, DiskFull, LmsError, StorageError
from lms_core.redaction import redacted
from sync_server.app import create_app
from sync_server.config import Settings
from sync_server.guards import GUARDS, signed_in_soon
from sync_server.limits import Limit
from sync_server.logs import JsonLines, TextLines
from sync_server.opening import Opened
from sync_server.problems import STATUS, status_of
from tests.fakes import FakeClock
from tests.server.people import API, PASSWORD, Client, wish


def test_every_route_names_its_guard(opened: Opened, settings: Settings) -> None:  # SEC-04
    app = create_app(settings, opened.served)
    routes = [(r.path, h) for r in app.routes if isinstance(r, HTTPRoute) for h in r.route_handlers]
    bare = [p for p, h in routes if not GUARDS & set(h.resolve_guards()) and set(h.http_methods) != {"OPTIONS"}]
    assert len(routes) > 20
    assert bare == []
    lines = [r.route_handler.resolve_guards() for r in app.routes if isinstance(r, WebSocketRoute)]
    assert lines == [[signed_in_soon]]


def test_only_these_routes_are_open_to_everybody(client: Client) -> None:
    document = client.get("/openapi.json").json()
    is_open = set()
    for path, methods in document["paths"].items():
        for method in methods:
            answer = client.http.request(method.upper(), path.replace("{", "").replace("}", ""), json={})
            if answer.status_code != 401:
                is_open.add(f"{method} {path.removeprefix(API)}")
    assert is_open == {
        "get /health", "post /auth/register", "post /auth/login", "post /auth/refresh", "get /auth/providers",
        "post /auth/social/{provider}/visits", "post /auth/social/{provider}",
        "post /auth/password/reset", "post /auth/password/reset/confirm", "get /auth/password/reset/confirm",
        "post /auth/password/reset/confirm/page", "post /auth/email/verify", "get /auth/email/verify",
        "post /auth/email/verify/page", "post /auth/email/verify/resend",
        "get /categories", "get /categories/{name}",
        "get /courses", "get /courses/featured", "get /courses/{course}", "get /courses/{course}/instructors",
        "get /courses/facets", "get /courses/{name}/prerequisites", "get /lessons/{lesson}/items",
        "get /lessons/{lesson}/resources", "get /modules", "get /modules/{module}",
        "get /lessons", "get /lessons/{lesson}",
        "post /invitations/accept", "get /invitations/accept", "post /invitations/accept/page",
        "get /auth/unsubscribe", "post /auth/unsubscribe", "get /certificates/verify", "get /statistics/platform",
        "get /instructors", "get /instructors/{user_id}", "post /instructor/verify/{token}", "get /instructor/verify",
        "post /instructor/verify/page",
    }  # fmt: skip


def test_the_interface_describes_itself(client: Client) -> None:  # API-12
    document = client.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["description"], (path, method)
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert "examples" in json.dumps(document["components"]["schemas"]["RegisterBody"])


def test_health_needs_no_sign_in(client: Client) -> None:  # OPS-01
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json() | {"version": ""} == {
        "product": "desktop-lms", "status": "ok", "version": "", "api": [1], "protocol": 1, "database": "ok",
        "timestamp": "2026-01-05T08:00:00.000Z", "registration": "open", "set_aside": 0,
    }  # fmt: skip


def test_health_says_when_the_database_fails(opened: Opened, settings: Settings) -> None:
    def broken() -> None:
        raise DiskFull

    from dataclasses import replace

    with TestClient(create_app(settings, replace(opened.served, health=broken))) as http:  # type: ignore[arg-type]
        answer = http.get(f"{API}/health")
    assert (answer.status_code, answer.json()["status"], answer.json()["database"]) == (503, "failing", "disk_full")


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/nothing", b"", 404, "not_found"),
        ("GET", "/../../etc/passwd", b"", 404, "not_found"),
        ("GET", "/auth/login", b"", 405, "method_not_allowed"),
        ("POST", "/auth/login", b"{", 400, "bad_request"),
        ("POST", "/auth/login", b"[]", 400, "invalid_fields"),
        ("POST", "/auth/login", b'{"email": 5, "password": "x"}', 400, "invalid_fields"),
        ("POST", "/auth/login", b'{"email": "\xff"}', 400, "bad_request"),
        ("POST", "/auth/login", b"[" * 60_000, 400, None),
        ("POST", "/auth/login", b'"' + b"x" * 70_000 + b'"', 413, "too_large"),
        ("POST", "/auth/login", json.dumps({"email": "x" * 2000, "password": ""}).encode(), 400, "invalid_fields"),
    ],
)
def test_every_refusal_has_one_shape(
    client: Client, method: str, path: str, body: bytes, status: int, code: str | None
) -> None:  # API-06, API-07
    answer = client.ask(method, path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status, answer.text
    said = answer.json()
    assert said.keys() == {"code", "message", "details", "request_id"}
    assert code in (None, said["code"])
    assert said["request_id"] == answer.headers["x-request-id"]
    assert "Traceback" not in answer.text


def test_a_bug_is_logged_and_not_told(
    opened: Opened, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:  # SEC-01
    from dataclasses import replace

    def bug() -> None:
        raise RuntimeError("secret inner state")

    app = create_app(settings, replace(opened.served, health=bug))  # type: ignore[arg-type]
    with caplog.at_level(logging.ERROR), TestClient(app, raise_server_exceptions=False) as http:
        answer = http.get(f"{API}/health")
    assert (answer.status_code, answer.json()["code"]) == (500, "server_error")
    assert "secret" not in answer.text
    assert "secret inner state" in caplog.text


def test_paths_of_the_server_are_not_told(opened: Opened, settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    from dataclasses import replace

    def broken(account: str, body: bytes) -> bytes:
        raise StorageError("file_unwritable", path="/srv/lms/hub.db")

    with TestClient(create_app(settings, replace(opened.served, exchange=broken))) as http:
        person = Client(http).join()
        answer = person.ask("POST", "/sync", content=b"x", headers={"Content-Encoding": "zstd"})
    assert answer.status_code == 500
    assert "/srv" not in answer.text
    assert "/srv" in caplog.text


def test_each_class_of_error_has_a_status() -> None:
    kinds = [LmsError]
    for kind in kinds:
        kinds.extend(kind.__subclasses__())
    assert {status_of(kind()) for kind in kinds} <= {400, 401, 403, 404, 409, 426, 500, 503, 507}
    assert status_of(LmsError("too_large")) == 413
    assert all(code in MESSAGES for code in STATUS if isinstance(code, str))


def test_headers_of_every_answer(client: Client) -> None:
    for answer in (client.get("/health"), client.get("/nothing"), client.get("/users/me")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "access-control-allow-origin" not in answer.headers  # SEC-09
    named = client.get("/health", headers={"X-Request-Id": "laptop-12345678"})
    assert named.headers["x-request-id"] == "laptop-12345678"
    odd = client.get("/health", headers={"X-Request-Id": "a b"})
    assert odd.headers["x-request-id"] != "a b"


def test_long_json_is_compressed_as_asked(client: Client) -> None:  # API-15
    def raw(accept: str) -> tuple[str, bytes]:
        with client.http.stream("GET", f"{API}/openapi.json", headers={"Accept-Encoding": accept}) as answer:
            return answer.headers.get("content-encoding", ""), b"".join(answer.iter_raw())

    plain = json.loads(raw("identity")[1])
    coding, body = raw("gzip, br")
    assert (coding, json.loads(gzip.decompress(body))) == ("gzip", plain)
    coding, body = raw("gzip, zstd")
    assert (coding, json.loads(zstandard.ZstdDecompressor().decompress(body))) == ("zstd", plain)


def limited(opened: Opened, settings: Settings) -> TestClient:  # type: ignore[type-arg]
    return TestClient(create_app(settings, opened.served))


def test_sign_in_is_slowed_for_one_address_and_name(opened: Opened, clock: FakeClock) -> None:  # SEC-07
    with limited(opened, Settings(sign_ins_per_minute=3)) as http:
        client = Client(http)
        client.post("/auth/register", wish())
        guess = {"email": "ada@school.example", "password": "guess"}
        assert [client.post("/auth/login", guess).status_code for _ in range(4)] == [401, 401, 401, 429]
        late = client.post("/auth/login", guess | {"email": "ADA@school.example", "password": PASSWORD})
        assert (late.status_code, late.json()["code"], late.headers["retry-after"]) == (429, "rate_limited", "60")
        assert client.post("/auth/login", guess | {"email": "eve@school.example"}).status_code == 401
        clock.advance(ms=60_000)
        assert client.post("/auth/login", guess | {"password": PASSWORD}).status_code == 200


def test_registration_and_requests_have_limits(opened: Opened) -> None:  # SEC-07
    with limited(opened, Settings(registrations_per_address=1)) as http:
        client = Client(http)
        assert client.post("/auth/register", wish("ada")).status_code == 201
        assert client.post("/auth/register", wish("eve")).status_code == 429
    with limited(opened, Settings(requests_per_address=2)) as http:
        assert [http.get(f"{API}/health").status_code for _ in range(3)] == [200, 200, 429]


def test_an_account_has_a_limit_and_another_one_for_what_moves_data(opened: Opened, clock: FakeClock) -> None:  # SEC-07
    assert (Settings().sign_ins_per_minute, Settings().requests_per_minute) == (5, 120)
    with limited(opened, Settings(requests_per_minute=3, transfers_per_minute=5)) as http:
        ada, bo = Client(http).join("ada"), Client(http).join("bo")
        late = [ada.get("/users/me") for _ in range(4)][-1]
        assert (late.status_code, late.json()["code"], late.headers["retry-after"]) == (429, "rate_limited", "60")
        moved = [ada.get(f"/blobs/{'0' * 64}").status_code for _ in range(6)]
        assert moved == [404] * 5 + [429]
        assert ada.ask("POST", "/sync", content=b"").status_code == 429, "one limit for all that moves data"
        assert bo.get("/users/me").status_code == 200
        clock.advance(ms=60_000)
        assert ada.get("/users/me").status_code == 200


def test_a_trusted_proxy_tells_who_calls(opened: Opened) -> None:
    def ask(http: httpx.Client, chain: str) -> int:
        return http.get(f"{API}/health", headers={"X-Forwarded-For": chain}).status_code

    with limited(opened, Settings(requests_per_address=1, trusted_proxies=("testclient", "10.0.0.1"))) as http:
        assert [ask(http, "192.0.2.1"), ask(http, "192.0.2.2, 10.0.0.1"), ask(http, "192.0.2.1")] == [200, 200, 429]
    with limited(opened, Settings(requests_per_address=1)) as http:  # nobody is trusted: the header says nothing
        assert [ask(http, "192.0.2.1"), ask(http, "192.0.2.2")] == [200, 429]


def test_a_limit_forgets_old_keys_and_a_clock_set_back(clock: FakeClock) -> None:
    limit = Limit(1, clock.ms)
    limit.take("a")
    clock.set(clock.now().replace(year=2020))
    limit.take("a")


def test_registration_can_be_closed(opened: Opened) -> None:
    with limited(opened, Settings(registration="closed")) as http:
        answer = Client(http).post("/auth/register", wish())
    assert (answer.status_code, answer.json()["code"]) == (403, "registration_closed")


def test_logs_hold_no_secrets(client: Client, caplog: pytest.LogCaptureFixture) -> None:  # SEC-13
    with caplog.at_level(logging.DEBUG):
        ada = client.join()
        ada.get("/users/me")
        ada.post("/auth/refresh", {"refresh": ada.refresh})
    lines = [JsonLines().format(record) for record in caplog.records]
    assert any(json.loads(line).get("path") == f"{API}/users/me" for line in lines)
    for secret in (PASSWORD, ada.token, ada.refresh):
        assert not any(secret in line for line in lines)


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer abc.def",
        "x eyJhbGciOi.eyJzdWIi.c2ln y",
        "$argon2id$v=19$m=8,t=1,p=1$c2Fs$aGFz",
        "password='x y'",
        "postgresql://lms:hidden@db.example/lms",
        '{"refresh": "hidden one", "body": "hidden two"}',
        'a quoted {\\"password\\": \\"hidden\\"}',
        "token=hidden&x=1",
    ],
)
def test_redaction(text: str) -> None:  # SEC-13
    assert "[removed]" in redacted(text)
    for secret in ("abc.def", "c2ln", "hidden", "x y"):
        assert secret not in redacted(text)


def test_a_log_to_read_and_one_for_programs(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    def bug() -> None:
        raise RuntimeError("inner state, token=hidden")

    with caplog.at_level(logging.INFO):
        client.get("/users/me", headers={"X-Request-Id": "laptop-12345678"})
        client.http.get(f"{API}/x%0aINFO a line of somebody else's")
        try:
            bug()
        except RuntimeError:
            logging.getLogger("x").exception("failed")
    texts = [TextLines().format(record) for record in caplog.records]
    (line,) = [text for text in texts if "request_id=laptop-12345678" in text]
    assert "INFO sync_server.access request" in line
    assert f"method=GET path={API}/users/me status=401 ms=" in line
    (other,) = [text for text in texts if "somebody else" in text]
    assert "\n" not in other
    assert "\n    RuntimeError: inner state, [removed]" in texts[-1]
    told = json.loads(JsonLines().format(caplog.records[-1]))
    assert told["error"].endswith("inner state, [removed]")


def test_what_a_request_logs_carries_its_id(opened: Opened, settings: Settings) -> None:
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(TextLines().format(record))

    def said() -> None:  # in a thread that works for the request
        logging.getLogger("sync_server.x").warning("a storm")
        raise DiskFull

    from dataclasses import replace

    kept = Kept()
    logging.getLogger("sync_server").addHandler(kept)
    try:
        with TestClient(create_app(settings, replace(opened.served, health=said))) as http:  # type: ignore[arg-type]
            http.get(f"{API}/health", headers={"X-Request-Id": "laptop-12345678"})
    finally:
        logging.getLogger("sync_server").removeHandler(kept)
    assert any("a storm request_id=laptop-12345678" in line for line in lines)
