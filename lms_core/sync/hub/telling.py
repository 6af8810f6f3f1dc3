"""What the hub has to tell: verdicts, scopes gained and lost, rows in slices, sums that differ (SYNC.md section 5)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext

import msgspec

from lms_core.sync.echo import echoes, part
from lms_core.sync.ports import Admission, Feed, HubSnapshot
from lms_core.sync.recall import FORGOTTEN
from lms_core.sync.sums import differing, mask_of
from lms_core.sync.wire import Reply, Request, Slice, Verdict, decode_entry

SLICE_BYTES = 4 << 20
MOST_VERDICTS = 4000
MOST_ROWS = 10_000


def tell(
    snapshot: HubSnapshot, request: Request, reply: Reply, *, schema: int, admission: Admission | None = None
) -> Reply:
    """Complete a reply from one snapshot; a request without cursors gets verdicts alone, as does one that must wait.

    `schema` is the hub's.
    """
    if not reply.verdicts or reply.verdicts[0].c != request.have + 1:
        told = snapshot.verdicts(request.account, request.replica, request.have, MOST_VERDICTS)
        end = told[-1].c if len(told) >= MOST_VERDICTS else min(reply.hw, request.last_c)
        known = {v.c for v in told}
        lost = [c for c in range(request.have + 1, min(end, request.have + MOST_VERDICTS) + 1) if c not in known]
        reply = msgspec.structs.replace(reply, verdicts=[*(Verdict(c, FORGOTTEN) for c in lost), *told])
    mark = snapshot.mark()
    asked = request.mark if request.mark and request.mark[0] != mark[0] else None
    reply = msgspec.structs.replace(reply, mark=mark, told=request.cursors is not None, asked=asked)
    if request.cursors is None or reply.status == "upgrade":
        return reply
    verdicts = [*_before(snapshot, request), *reply.verdicts]
    here = (v for v in verdicts if v.ver[0] == reply.mark[0])  # a program before this one may have made other rows
    own = echoes(here) if request.schema == schema else {}
    telling = _Telling(snapshot, request, own)
    with admission.turn(request.replica, telling.rows()) if admission else nullcontext(0) as wait:
        if wait:
            return msgspec.structs.replace(reply, told=False, more=True, wait=wait)
        return telling.reply(reply)


def _before(snapshot: HubSnapshot, request: Request) -> list[Verdict]:
    """Verdicts that the replica holds of ops whose rows it was not told yet."""
    since = request.have if request.echo is None else request.echo
    count = min(request.have - since, MOST_VERDICTS)
    return snapshot.verdicts(request.account, request.replica, since, count) if count > 0 else []


class _Telling:
    """One request's share of rows: scopes in order, `account/` first, until the limit of rows or bytes."""

    def __init__(self, snapshot: HubSnapshot, request: Request, own: Mapping[str, Mapping[int, int]]) -> None:
        self.snapshot = snapshot
        self.own = own
        self.request = request
        self.cursors: Mapping[str, int] = request.cursors or {}
        self.rights = snapshot.scopes_of(request.account)
        self.feeds = snapshot.feeds(self.rights)
        self.left, self.room, self.more = min(request.limit, MOST_ROWS), SLICE_BYTES, False

    def rows(self) -> int:
        """About how many rows there are to read for this request."""
        behind = sum(max(0, feed.seq - _start(self.cursors.get(scope, 0))) for scope, feed in self.feeds.items())
        return min(self.request.limit, behind)

    def reply(self, reply: Reply) -> Reply:
        """Slices of what is new, then of what heals."""
        expired, slices = [], []
        for scope in sorted(self.rights, key=lambda s: (not s.startswith("account/"), s)):
            cursor, feed = self.cursors.get(scope, -1), self.feeds.get(scope, Feed())
            if 0 <= cursor < feed.floor:
                expired.append(scope)
                self.more = True
            elif feed.seq > cursor:
                slices.append(self._slice(scope, _start(cursor), feed.seq))
        slices += [self._healing(scope, *self.request.heal[scope]) for scope in sorted(self.request.heal)
                   if scope in self.rights]  # fmt: skip
        return msgspec.structs.replace(
            reply,
            gained=sorted(self.rights - self.cursors.keys()),
            lost=sorted(self.cursors.keys() - self.rights),
            slices=slices,
            more=self.more,
            expired=expired,
            differ=self._differ(),
        )

    def _slice(self, scope: str, frm: int, head: int) -> Slice:
        own = self.own.get(scope, {})
        self.left += len(own)  # they cost next to nothing
        taken, to = self._part(scope, frm, head)
        told, runs = part(taken, own)
        self.left -= len(own) - (len(taken) - len(told))
        return Slice(scope, frm, to, list(map(msgspec.Raw, told)), to < head, own=runs)

    def _healing(self, scope: str, buckets: int, frm: int) -> Slice:
        """Rows of some buckets above a position; the whole feed is read for them, for damage is rare."""
        head = self.feeds.get(scope, Feed()).seq
        taken, to = self._part(scope, frm, head)
        mine = [msgspec.Raw(body) for _, body in taken if mask_of(decode_entry(body).row) & buckets]
        return Slice(scope, frm, to, mine, to < head, buckets=buckets)

    def _part(self, scope: str, frm: int, head: int) -> tuple[list[tuple[int, bytes]], int]:
        """Entries above a position as far as there is room, and where they end."""
        taken, most = [], self.left
        if most > 0 and self.room > 0 and head > frm:
            for seq, body in self.snapshot.entries(scope, frm, most):
                taken.append((seq, body))
                self.room -= len(body)
                if self.room <= 0:
                    break
        self.left -= len(taken)
        whole = len(taken) < most and self.room > 0  # what stood behind them is forgotten
        to = head if whole else taken[-1][0] if taken else frm
        self.more |= to < head
        return taken, to

    def _differ(self) -> dict[str, int]:
        """Buckets whose sums are others here, of scopes whose cursor is where the feed ends."""
        found = {}
        for scope, theirs in self.request.audit.items():
            feed = self.feeds.get(scope)
            if feed and scope in self.rights and self.cursors.get(scope) == feed.seq and feed.sums:
                found[scope] = differing(feed.sums, theirs)
        return {scope: buckets for scope, buckets in found.items() if buckets}


def _start(cursor: int) -> int:
    """The position behind which rows are asked for; below 0 for a scope that comes as a whole."""
    return cursor if cursor >= 0 else -1 - cursor
