"""The id after a fork: a log of five ops that another machine shares up to the second."""

from __future__ import annotations

from typing import Any

from lms_core.ops import Op, next_chain, seal
from lms_core.sync.forks import part
from lms_core.sync.ports import Segment
from tests.sync.vectors.form import shown
from tests.sync.vectors.talk import ADA, FIRST, Laptop

T = 1_767_600_000_000
SAME = 2


def forked() -> dict[str, Any]:
    """The log under the old id, where it parts, and the log under the new one."""
    laptop = Laptop(FIRST)
    log = Segment(FIRST)
    entries, said = [], []
    for c in range(1, 6):
        op = Op("note", f"0190a000-0000-7000-8000-00000000000{c}", "create", {"user_id": ADA}, None, T + c, 0)
        body = seal(op)
        log.length, log.chain = c, next_chain(log.chain, body)
        entries.append((c, op.row, body, log.chain, None))
        said.append({"c": c, "bytes": body.hex(), "chain": log.chain.hex()})
    laptop.tx.append(FIRST, entries)
    laptop.tx.save_segments([log])
    part(laptop.tx, laptop.tx.segments(), index=0, end=SAME, new_id=lambda: "none is made by chance")
    old, new = laptop.tx.segments()
    chains = laptop.tx.chain_at(new.rep, range(new.length + 1))
    return {
        "old": {"id": FIRST, "log": said},
        "last_common": SAME,
        "old_ends": {"c": old.length, "chain": old.chain.hex()},
        "new": {"id": new.rep, "chains": [{"c": c, "chain": shown(chains[c])} for c in sorted(chains)]},
    }
