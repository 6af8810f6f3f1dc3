"""The test vectors for those who write another client: the engine makes them so, and reads them as they say."""

from __future__ import annotations

import base64
import json
from hashlib import blake2b
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from lms_core.entities import SCHEMA
from lms_core.ops import ROOT_CHAIN, Op, next_chain, seal, unseal
from lms_core.sync import checks
from lms_core.sync.bundles import Keys, reading
from lms_core.sync.wire import Reply, Request, Status, pack, unpack_reply, unpack_request
from tests.samples import PROJECT
from tests.sync.vectors.entities import DOCUMENT, WRITERS, document
from tests.sync.vectors.form import FOLDER, shown, text_of
from tests.sync.vectors.made import FILES

ALL = 112 << 10


def words(cell: str) -> list[str]:
    """What stands as code in a cell of a table."""
    return cell.split("`")[1::2]


def vector(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", FILES)
def test_the_engine_makes_the_file(name: str) -> None:
    made = text_of(FILES[name]())
    assert made == (FOLDER / name).read_text(encoding="utf-8"), "python -m tests.sync.vectors writes them anew"


def test_the_list_of_entities_says_what_is_declared() -> None:
    assert document() == DOCUMENT.read_text(encoding="utf-8"), "python -m tests.sync.vectors writes it anew"
    writable = {e.name for e in SCHEMA.entities.values() if any(f.kind != "hub" for f in e.fields.values())}
    assert writable == set(WRITERS)


def test_every_kind_that_changes_something_is_in_the_protocol() -> None:
    said = (PROJECT / "docs" / "sync-protocol.md").read_text(encoding="utf-8")
    table = said.partition("## Kinds of ops")[2].partition("## ")[0]
    named = {kind for line in table.splitlines() if line.startswith("| `") for kind in words(line.split("|")[1])}
    assert named == {"create", "append", *checks._BY_KIND}
    for line in table.splitlines():
        for kind in words(line.split("|")[1]) if line.startswith("| `") else ():
            assert set(checks._BY_KIND.get(kind, ())) <= set(words(line.split("|")[2]))


def test_bytes_of_ops_and_their_chain_say_what_stands_beside_them() -> None:
    found = vector("log.json")
    chain = bytes.fromhex(found["root"])
    for entry in found["log"]:
        body = bytes.fromhex(entry["bytes"])
        chain = next_chain(chain, body)
        assert (shown(unseal(body)), chain.hex()) == (entry["means"], entry["chain"])
        means = entry["means"]
        assert seal(Op(**{**means, "base": means["base"] and tuple(means["base"])})) == body


def test_the_id_after_a_fork_follows_from_the_log_as_the_document_says() -> None:
    said = vector("forks.json")
    old, end = said["old"], said["last_common"]
    follows = bytes.fromhex(old["log"][end]["chain"])
    key = msgspec.msgpack.encode([old["id"], end, follows])
    assert said["new"]["id"] == blake2b(key, digest_size=8).hexdigest()
    chain = ROOT_CHAIN
    for moved, entry in zip(old["log"][end:], said["new"]["chains"][1:], strict=True):
        chain = next_chain(chain, bytes.fromhex(moved["bytes"]))
        assert chain.hex() == entry["chain"]


@pytest.mark.parametrize("said", vector("exchanges.json")["exchanges"], ids=lambda said: said["why"])
def test_bytes_of_exchanges_say_what_stands_beside_them(said: dict[str, Any]) -> None:
    request, reply = (base64.b64decode(said[side]["plain"]) for side in ("request", "reply"))
    asked, told = msgspec.msgpack.decode(request, type=Request), msgspec.msgpack.decode(reply, type=Reply)
    assert (shown(asked), shown(told)) == (said["request"]["means"], said["reply"]["means"])
    assert (unpack_request(pack(asked)), unpack_reply(pack(told))) == (asked, told)


def test_every_answer_of_a_hub_is_among_the_exchanges() -> None:
    told = [said["reply"]["means"] for said in vector("exchanges.json")["exchanges"]]
    assert {reply["status"] for reply in told} == set(get_args(Status))
    verdicts = {verdict["verdict"] for reply in told for verdict in reply.get("verdicts", ())}
    assert {"applied", "merged", "rejected", "held", "forgotten"} <= verdicts
    assert all(any(name in reply for reply in told) for name in ("expired", "differ", "gained", "asked"))
    assert any(part.get("buckets") for reply in told for part in reply.get("slices", ()))


def test_a_bundle_says_what_stands_beside_it(tmp_path: Path) -> None:
    said = vector("bundle.json")
    path = tmp_path / "bundle"
    path.write_bytes(base64.b64decode(said["bundle"]))
    laptop, hub = (Keys(bytes.fromhex(said[side]["secret"])) for side in ("laptop", "hub"))
    me = said["header"]["means"]["receiver"]
    with reading(path, me=me, keys=hub, signer=lambda _: laptop.public[:32]) as (header, found):
        assert shown(header) == said["header"]["means"]
        parts = {part.name: part.file.read().hex() for part in found}
    assert parts == said["parts"]
    request = unpack_request(bytes.fromhex(parts["requests/00001"]))
    assert shown(request)["ops"][0]["args"]["body"] == "By stick."


def test_they_are_small() -> None:
    assert sum((FOLDER / name).stat().st_size for name in FILES) < ALL
