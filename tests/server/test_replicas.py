"""Devices: registration, cards, recovery secrets."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lms_core.accounts.keys import AccountKeys, read_card
from lms_core.accounts.model import Caller
from lms_core.errors import StorageError, UserError
from tests.server.people import Client

KEY = base64.b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode()
BODY = {"replica_id": "00c0ffee00c0ffee", "public_key": KEY, "name": "Ada's laptop", "platform": "Linux"}


@pytest.mark.postgresql
def test_a_device_gets_a_card_and_a_lasting_secret(client: Client) -> None:
    ada = client.join()
    answer = ada.post("/replicas", BODY)
    assert answer.status_code == 201
    known = answer.json()
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(known["hub_key"]))
    facts = read_card(known["card"], key)
    assert facts["replica_id"] == BODY["replica_id"]
    assert facts["public_key"] == KEY
    assert facts["account"]["email"] == "ada@school.example"
    assert len(base64.b64decode(known["recovery_secret"])) == 32
    later = client.sign_in()
    again = later.post("/replicas", BODY | {"name": "New name"}).json()
    assert again["recovery_secret"] == known["recovery_secret"]
    assert later.get(f"/replicas/{BODY['replica_id']}/recovery").json() == {"recovery_secret": known["recovery_secret"]}
    named = {(each["device"], each["device_name"]) for each in ada.get("/auth/sessions").json()}
    assert named == {(BODY["replica_id"], "New name")}, "its owner knows it by what it calls itself"
    fresh = client.sign_in().get("/auth/sessions").json()
    assert (None, "") in {(each["device"], each["device_name"]) for each in fresh}


@pytest.mark.postgresql
def test_a_device_belongs_to_one_account(client: Client) -> None:
    ada, eve = client.join("ada"), client.join("eve")
    ada.post("/replicas", BODY)
    stolen = eve.post("/replicas", BODY)
    assert (stolen.status_code, stolen.json()["code"]) == (403, "foreign_replica")
    assert eve.get(f"/replicas/{BODY['replica_id']}/recovery").status_code == 404
    assert client.get(f"/replicas/{BODY['replica_id']}/recovery").status_code == 401


@pytest.mark.postgresql
def test_a_revoked_device_is_out_at_once_and_comes_back_with_the_password(client: Client) -> None:
    here, lost = client.join(), client.sign_in()
    here.post("/replicas", BODY)
    other = BODY | {"replica_id": "00decafe00decafe", "name": "Old laptop"}
    secret = lost.post("/replicas", other).json()["recovery_secret"]
    names = {each["name"]: each for each in here.get("/replicas").json()}
    assert names.keys() == {"Ada's laptop", "Old laptop"}
    assert names["Old laptop"]["last_seen_at"] >= names["Old laptop"]["registered_at"] > 0
    assert here.delete(f"/replicas/{other['replica_id']}").status_code == 204
    refused = lost.get("/users/me")
    assert (refused.status_code, refused.json()["code"]) == (401, "device_revoked")
    assert [(d["name"], d["revoked_at"] is None) for d in here.get("/replicas").json()] == [
        ("Ada's laptop", True), ("Old laptop", False),
    ]  # fmt: skip
    assert here.get(f"/replicas/{other['replica_id']}/recovery").status_code == 404
    again = client.sign_in()
    assert again.post("/replicas", other).json()["recovery_secret"] == secret
    assert all(each["revoked_at"] is None for each in again.get("/replicas").json())
    eve = client.join("eve")
    assert eve.get("/replicas").json() == []
    assert eve.delete(f"/replicas/{BODY['replica_id']}").status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"replica_id": "../../x"}, "replica_id"),
        ({"replica_id": "00C0FFEE00C0FFEE"}, "replica_id"),
        ({"public_key": "AAAA"}, "public_key"),
        ({"public_key": "%%%"}, "public_key"),
        ({"name": "x" * 101}, "name"),
        ({"app_version": "x" * 41}, "app_version"),
    ],
)
def test_bad_devices_name_the_field(client: Client, change: dict[str, str], field: str) -> None:
    answer = client.join().post("/replicas", BODY | change)
    assert answer.status_code == 400
    assert list(answer.json()["details"]["fields"]) == [field]


def test_cards_of_another_hub_or_with_other_facts_are_refused() -> None:
    mine, other = AccountKeys(b"m" * 32), AccountKeys(b"o" * 32)
    card = mine.sign_card({"v": 1})
    assert mine.read_card(card) == {"v": 1}
    head, tail = card.split(".")
    changed = base64.b64encode(b'{"v":2}').decode()
    for hub, text in ((other, card), (mine, f"{changed}.{tail}"), (mine, head), (mine, ""), (mine, "é.é")):
        with pytest.raises(UserError, match="not made by this server"):
            hub.read_card(text)


def test_secrets_are_bound_to_key_and_owner() -> None:
    mine, other = AccountKeys(b"m" * 32), AccountKeys(b"o" * 32)
    hidden = mine.hide(b"secret", owner="a/1")
    assert b"secret" not in hidden
    assert mine.reveal(hidden, owner="a/1") == b"secret"
    for hub, owner in ((other, "a/1"), (mine, "a/2")):
        with pytest.raises(StorageError):
            hub.reveal(hidden, owner=owner)


def test_tokens_are_bound_to_the_hub() -> None:
    caller = Caller("0" * 36, "1" * 36, "ada@school.example", "student")
    token = AccountKeys(b"m" * 32).access_token(caller, now=0, seconds=60)
    assert AccountKeys(b"m" * 32).read_access(token, now=59_999).account == caller.account
    with pytest.raises(Exception, match="not valid"):
        AccountKeys(b"o" * 32).read_access(token, now=0)
