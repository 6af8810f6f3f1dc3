"""Codes beside the password over HTTP: switched on, asked for, used once, and a way in without the phone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyotp
import pytest

from lms_core.errors import MESSAGES
from tests.fakes import FakeClock
from tests.server.people import PASSWORD, Client

PLACE = "/auth/second-factor"


def now_code(clock: FakeClock, secret: str, *, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(clock.ms() // 1000 + 30 * steps)


def switched_on(client: Client, clock: FakeClock) -> tuple[Client, str, list[str]]:
    """Somebody with a second factor: a client, the secret and the recovery codes."""
    ada = client.join("ada")
    secret = ada.post(PLACE, {"password": PASSWORD}).json()["secret"]
    codes = ada.post(f"{PLACE}/confirm", {"code": now_code(clock, secret)}).json()["recovery_codes"]
    clock.advance(timedelta(seconds=30))
    return ada, secret, codes


def log_in(client: Client, code: str = "", **more: Any) -> Any:
    body = {"email": "ada@school.example", "password": PASSWORD, "second_factor": code} | more
    return client.post("/auth/login", body)


@pytest.mark.postgresql(soak=True)
def test_a_sign_in_asks_for_the_code_once_it_is_on(client: Client, clock: FakeClock) -> None:
    ada = client.join("ada")
    assert ada.get(PLACE).json() == {"on": False, "since": None, "codes_left": 0}
    setup = ada.post(PLACE, {"password": PASSWORD}).json()
    assert setup["uri"].startswith("otpauth://totp/")
    assert setup["secret"] in setup["uri"]
    assert log_in(client).status_code == 200, "a secret that nobody confirmed locks nobody out"
    wrong = ada.post(f"{PLACE}/confirm", {"code": "000000"})
    assert wrong.json()["details"]["fields"] == {"code": ["code_wrong"]}
    codes = ada.post(f"{PLACE}/confirm", {"code": now_code(clock, setup["secret"])}).json()["recovery_codes"]
    assert len(set(codes)) == 10
    assert ada.get(PLACE).json()["codes_left"] == 10
    asked = log_in(client)
    assert (asked.status_code, asked.json()["code"]) == (401, "second_factor_needed")
    assert asked.json()["message"] == MESSAGES["second_factor_needed"]
    assert log_in(client, password="wrong password").json()["code"] == "wrong_credentials"
    clock.advance(timedelta(seconds=30))
    assert log_in(client, now_code(clock, setup["secret"])).status_code == 200
    assert ada.post(PLACE, {"password": PASSWORD}).status_code == 409


def test_a_code_counts_once_and_soon(client: Client, clock: FakeClock) -> None:
    _, secret, _ = switched_on(client, clock)
    code = now_code(clock, secret)
    assert log_in(client, f" {code[:3]} {code[3:]} ").status_code == 200
    again = log_in(client, code)
    assert (again.status_code, again.json()["code"]) == (401, "second_factor_wrong")
    assert log_in(client, now_code(clock, secret, steps=1)).status_code == 200, "a phone's clock may be fast"
    clock.advance(timedelta(minutes=5))
    assert log_in(client, now_code(clock, secret, steps=-2)).status_code == 401


@pytest.mark.postgresql(soak=True)
def test_a_recovery_code_opens_the_door_once(client: Client, clock: FakeClock) -> None:
    ada, _, codes = switched_on(client, clock)
    assert log_in(client, codes[0].upper()).status_code == 200
    assert log_in(client, codes[0]).status_code == 401
    assert ada.get(PLACE).json()["codes_left"] == 9
    fresh = ada.post(f"{PLACE}/recovery-codes", {"password": PASSWORD}).json()["recovery_codes"]
    assert not set(fresh) & set(codes)
    assert log_in(client, codes[1]).status_code == 401
    assert log_in(client, fresh[1]).status_code == 200


def test_five_wrong_codes_close_the_door_for_a_while(client: Client, clock: FakeClock) -> None:  # SEC-07
    _, secret, _ = switched_on(client, clock)
    for _ in range(5):
        assert log_in(client, "111111").status_code == 401
    closed = log_in(client, now_code(clock, secret))
    assert closed.status_code == 429
    assert int(closed.headers["Retry-After"]) == 900
    clock.advance(timedelta(minutes=16))
    assert log_in(client, now_code(clock, secret)).status_code == 200


def test_it_is_switched_off_with_the_password_alone(client: Client, clock: FakeClock) -> None:
    ada, _, _ = switched_on(client, clock)
    refused = ada.post(f"{PLACE}/end", {"password": "not it"})
    assert refused.json()["details"]["fields"] == {"password": ["wrong_password"]}
    assert ada.post(f"{PLACE}/end", {"password": PASSWORD}).status_code == 204
    assert log_in(client).status_code == 200
    assert ada.post(f"{PLACE}/recovery-codes", {"password": PASSWORD}).status_code == 404
    assert ada.post(f"{PLACE}/confirm", {"code": "000000"}).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("POST", ""), ("POST", "/confirm"), ("POST", "/recovery-codes"), ("POST", "/end")],
)
def test_nobody_without_a_sign_in(client: Client, method: str, path: str) -> None:
    answer = client.ask(method, PLACE + path, **({"json": {"password": "x"}} if method == "POST" else {}))
    assert answer.status_code == 401
