"""Each rule of the protocol switched off: a patch to the engine's source as a process imports it.

A mutant that no seed and no scenario notices means that the tests are blind there. A patch whose text is no longer
found fails, so rules and mutants cannot drift apart.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import NamedTuple

PROJECT = Path(__file__).resolve().parents[2]
HUB, JUDGE, REPLICA = "lms_core.sync.hub.engine", "lms_core.sync.hub.judge", "lms_core.sync.replica.engine"
TELLING, SHOWING, HEALING, SUMS = (
    "lms_core.sync.hub.telling",
    "lms_core.sync.replica.showing",
    "lms_core.sync.replica.healing",
    "lms_core.sync.sums",
)
BENCH, CARRIED, TURNS = "lms_core.sync.bench", "lms_core.sync.replica.carried", "lms_core.sync.hub.turns"
QUOTA, RECALL, LOST = "lms_core.sync.hub.quota", "lms_core.sync.recall", "lms_core.sync.hub.lost"
ROWS, CHECKS, FORKS = "lms_core.sync.rows", "lms_core.sync.checks", "lms_core.sync.forks"
UPLOADS, MEDIA, FETCHING = "lms_core.media.uploads", "lms_core.media.store", "lms_core.media.fetching"
SENDING, TRANSPORT = "lms_core.sync.replica.sending", "lms_core.sync.replica.transport"
SHELVES = "tests.simulator.shelves"
STORE, REPLICAS, SERVER = "tests.simulator.hub_store", "tests.simulator.replica_store", "tests.simulator.server"


class Patch(NamedTuple):
    """A text of a module and what stands there instead."""

    module: str
    old: str
    new: str


def _one(module: str, old: str, new: str) -> tuple[Patch, ...]:
    return (Patch(module, old, new),)


MUTANTS: dict[str, tuple[Patch, ...]] = {
    # section 2: identity, log and timeline
    "nochain": _one(HUB, "split = self._fork(tx, request, card)", "split = None"),
    "nobind": _one(REPLICA, "tx.chain_at(segment.rep, (at,)).get(at) == reply.chain", "True"),
    "forkdrop": _one(FORKS, "segments.insert(index + 1, new)", "segments[index] = new"),
    "forkrandom": _one(FORKS, "if moved else new_id()", "if () else new_id()"),
    "forkself": _one(ROWS, "for rep, end in self.lineage\n", "for rep, end in ()\n"),
    "forktold": _one(REPLICA, "            if ours:  # the logs", "            if ours and not reply.fork_above:  #"),
    "forkreceipts": _one(FORKS, "new.chain, each.receipt))", "new.chain, None))"),
    "oldfork": _one(HUB, "card.hw > request.last_c and not request.closed:", "card.hw > request.last_c:"),
    "noverdict": _one(TELLING, "request.have, MOST_VERDICTS)\n", "max(request.have, request.at), MOST_VERDICTS)\n"),
    "dupapply": _one(HUB, "if c <= card.hw:", "if False:"),
    "noorder": _one(HUB, "if request.ops and request.at > card.hw:", "if False:"),
    "noretain": (
        Patch(REPLICA, "tx.clear_verdicts(segment.rep, reply.hw)", "()"),
        Patch(REPLICA, "segment.hw = reply.hw\n        told", "segment.hw = max(segment.hw, reply.hw)\n        told"),
    ),
    "noreceipt": _one(HUB, "receipt = request.receipts.get(c)", "receipt = None"),
    "rerefuse": _one(JUDGE, "if rc and not resent:", "if False:"),
    "renoop": _one(JUDGE, 'if rc and rc.verdict == "noop" and (', "if () and ("),
    "renoopmax": _one(JUDGE, '(row.gone or op.kind not in ("max", "min"))', "True"),
    "renoopthere": _one(JUDGE, 'self.there = rc.verdict if rc else "noop"', 'self.there = "noop"'),
    "renoopgone": _one(JUDGE, 'self.code or (op.kind == "delete" and row.base == (op.base or NIL))', "self.code"),
    "revers": _one(JUDGE, 'rc.ver if rc and rc.verdict in ("applied", "merged") else None', "None"),
    "resendrights": _one(JUDGE, "if self.actor.is_hub or resent:\n            return", "if self.actor.is_hub:\n            return"),
    "resendexp": _one(JUDGE, "if sealed.receipt is None and now != expect:", "if now != expect:"),
    "resendtree": _one(JUDGE, "if rc and cell and (t, self.writer.rep, c) <= (cell.t, cell.rep, cell.c):", "if False:"),
    "resendrow": _one(
        JUDGE,
        "(t, self.writer.rep, c) <= (cell.t, cell.rep, cell.c):\n            return self.there if t == cell.t else \"noop\"\n        if kind ==",
        "(t, self.writer.rep, c) <= max((x.t, x.rep, x.c) for x in row.cells.values()):\n"
        "            return \"noop\"\n        if kind ==",
    ),
    "nohold": _one(JUDGE, "if resent and row not in self.bench.refused:", "if False:"),
    "nofree": _one(HUB, "while arrived := (bench.fresh | set(awaited)) - tried:", "while arrived := ():"),
    "others": _one(JUDGE, "if refusal.code not in OTHERS:", "if True:"),
    "heldanswers": _one(REPLICA, 'and v.verdict != "held"', ""),
    "nomark": _one(HUB, "if request.mark is not None and not tx.mark_known(request.mark):", "if False:"),
    "noepoch": _one(STORE, 't.put("meta", "epoch", max(meta.get("epoch", 0) + 1, now, above + 1))', 't.put("meta", "epoch", meta.get("epoch") or now)'),
    "noleap": _one(HUB, 'if reply.status == "reset" and request.mark and reply.mark', "if False and reply.mark"),
    "oldmark": _one(REPLICA, "        tx.save_state(replace(tx.state(), mark=reply.mark))\n", ""),
    "notwhole": _one(REPLICA, "complete = whole and reply.told", "complete = reply.told"),
    "stagemark": _one(REPLICA, "        tx.drop_stage()\n", ""),
    "resetkeeps": _one(REPLICA, "tx.set_scope(scope, cursor, True)", "tx.set_scope(scope, cursor, False)"),
    "resetclean": _one(REPLICA, "each.dirty = True\n            touched", "touched"),
    "resettakes": _one(
        HUB,
        'return msgspec.structs.replace(reply, status="reset")',
        'request.ops and request.at <= card.hw and self._take(tx, request, card, now)\n'
        '            return msgspec.structs.replace(reply, status="reset")',
    ),
    "nojournal": _one(SERVER, 'self.journal[self.tables.data["meta"]["journal"] :]', "()"),
    "nocreatev5": _one(JUDGE, "return self._again(entity, op, sealed.c, t)", 'return "noop"'),
    "createst": _one(JUDGE, "at = 0 if entity.key and name in entity.states else t", "at = t"),
    "squat": _one(JUDGE, "right = op.row == entity.id_for(", "right = True or op.row == entity.id_for("),
    "squatrefused": _one("lms_core.sync.bench", "if made and (owner is None or op.args.get(owner) == account):", "if made:"),
    "squatfirst": _one(JUDGE, "            self._name(entity, op, resent)\n            self._rules(entity, op, resent)", "            self._rules(entity, op, resent)\n            self._name(entity, op, resent)"),
    "squatkey": _one(JUDGE, "or not is_v5(op.row)", "or True"),
    "squatedits": _one(JUDGE, "            raise Refused(\"wrong_entity\")\n        self._same(entity, op, rc)\n", "            raise Refused(\"wrong_entity\")\n"),
    "squatbelow": _one(JUDGE, "            self._same(entity, op, rc)\n            return", "            return"),
    "unheard": _one(STORE, "if at < before and at <= cards[rep].heard and", "if at < before and"),
    "forgetheld": _one(STORE, "c < min(cards[rep].hw, waits.get(rep, c + 1))", "c < cards[rep].hw"),
    "forgotgaps": _one(TELLING, "c not in known]", "c < min(known, default=end + 1)]"),
    "forgotten": _one(TELLING, "*(Verdict(c, FORGOTTEN) for c in lost), *told", "*told"),
    "forgetpark": _one(RECALL, "if r := first.get(c):", "if (r := first.get(c)) and not r:"),
    "floorsends": _one(REPLICA, "0 if probe or at < segment.floor else ops", "0 if probe else ops"),
    "floorparts": _one(REPLICA, "if reply.hw < segment.floor:", "if False:"),
    "purgelate": _one(REPLICA, "waiting = _untaken(tx)", "waiting = set(tx.pending(None))"),
    "floorasks": _one(REPLICAS, "if c > floor and entry.verdict", "if entry.verdict"),
    "floorseen": _one(REPLICAS, "last._replace(verdict=replace(last.verdict, seen=None))", "last"),
    # section 3: merge kinds
    "hlconly": _one(JUDGE, "if told or own or base >= cell.ver:", "if told and not own:"),
    "noself": _one(JUDGE, "own, base = self.writer.wrote(cell, c),", "own, base = False,"),
    "nobump": _one(JUDGE, "                self.t_eff = t = max(t, cell.t + 1)\n", "                pass\n"),
    "overlate": _one(JUDGE, "told = among(self.over, cell.rep, cell.c)", "told = own"),
    "lostbase": _one(JUDGE, "if not told and base > cell.ver and not", "if False and not"),
    "lostown": _one(JUDGE, "if not told and base > cell.ver and not", "if not (told or own) and base > cell.ver and not"),
    "lostseen": _one(JUDGE, "if not told and base > cell.ver and not", "if base > cell.ver and not"),
    "overearly": _one(JUDGE, "elif among(cell.over, self.writer.rep, c):", "elif False:"),
    "overchain": _one(ROWS, "((cell.rep, cell.c), *cell.over)", "((cell.rep, cell.c),)"),
    "statebump": _one(JUDGE, "self.t_eff = t = max(t, cell.t + 1) if cell else t", "self.t_eff = t"),
    "settlesall": _one(LOST, "if not isinstance(seen, str):", "if True:"),
    "settlesless": _one(LOST, "there.value or \"\" if there else \"\", added", "\"\", added"),
    "noclash": _one(JUDGE, "if texts[0] != texts[1] and all(", "if False and all("),
    "keptid": _one(JUDGE, '{"field": name, "value": texts[0]}, None, t, 0)', '{"field": name, "value": account}, None, t, 0)'),
    "keptagain": _one(JUDGE, "if rc and not self.code:", "if False:"),
    "keptgone": _one(JUDGE, "                self._kept(entity, row, sealed, rc, t)\n                return rc.verdict", "                return rc.verdict"),
    "keptonce": _one(JUDGE, "return rc.verdict if self.code or (", "return rc.verdict if ("),
    "rowbase": _one(SHOWING, "max((b.doc.vers.get(name, b.ver) for b", "max((b.ver for b"),
    "maxset": _one(JUDGE, "if value is None or (cell is not None and bound(kind, cell.value, value) == cell.value):", "if value is None:"),
    "noidhash": _one(JUDGE, "if there.digest != digest:", "if False:"),
    "nogone": _one(JUDGE, '            raise Refused("gone")\n        self._rules', '            self.bench.touch("", row.id).gone = False\n        self._rules'),
    "regone": _one(JUDGE, "or row.had(op, rc.ver, self.facts.known)", ""),
    "regoneall": _one(ROWS, "(ver <= self.base and not known(self.base))", "ver <= self.base"),
    "regonethere": _one(ROWS, "return known(ver) or again or", "return again or"),
    "regoneagain": _one(ROWS, "again or (ver <= self.base and not known(self.base))", "again"),
    "regoneseen": _one(ROWS, "(ver <= self.base and not known(self.base))", "not known(self.base)"),
    "regoneout": _one(ROWS, "(cell.ver == ver or self.outdone(op, ver, known))", "cell.ver == ver"),
    "regonestands": _one(JUDGE, " or stands(row, op)", ""),
    "regonewords": _one(LOST, ' and not added(cell.value or "", added(op.args["base"], op.args["text"]))', ""),
    "regonetext": _one(ROWS, 'return op.kind != "text" and cell', "return cell"),
    "keptout": _one(JUDGE, 'if rc.verdict != "noop" and row.outdone(', "if False and row.outdone("),
    "keptall": _one(JUDGE, "if rc.code != KEPT:", "if False:"),
    "keptnewer": _one(JUDGE, "elif cell.ver < rc.ver:", "else:"),
    "keptover": _one(JUDGE, " and not among(cell.over, rep, sealed.c):", ":"),
    "regoneheld": _one(ROWS, "known(ver) or again or", "known(ver) or"),
    "delat": _one(JUDGE, "((here and cell.at) or cell.ver, cell)", "(cell.ver, cell)"),
    "delhere": _one(JUDGE, "((here and cell.at) or cell.ver, cell)", "(cell.at or cell.ver, cell)"),
    "textlww": _one(JUDGE, 'if cell is None or (cell.value or "") == base:', "if True:"),
    "ffbase": _one(JUDGE, 'if cell is None or (cell.value or "") == base:', 'if cell is None or (cell.value or "") == base or cell.c:'),
    "noconflict": _one(JUDGE, "if merged.lost:", "if False:"),
    "mergeown": _one(JUDGE, "(self.writer, c) if known else (NOBODY, 0)", "(self.writer, c)"),
    "mergever": _one(JUDGE, "self.first = max(self.first, cell.ver) if self.first else None", "pass"),
    "lastbase": _one(REPLICA, '{**new.args, "base": old.args["base"]} if new.kind == "text" else dict(new.args)', "dict(new.args)"),
    "foldother": _one("lms_core.ops", "if op.entity != entity.name:", "if False:"),
    "foldleft": _one(REPLICA, "not docs and (left or not ops)", "not docs and not ops"),
    "lastver": _one(REPLICA, "replace(old, args=args, t=new.t)", "replace(old, args=args, t=new.t, base=new.base)"),
    "delhidden": _one("lms_core.sync.replica.showing", "*_hiding(shown, pending)", ""),
    "delwins": _one(JUDGE, "if any(ver > base and not", "if False and any(ver > base and not"),
    "delown": _one(JUDGE, "ver > base and not self.writer.wrote(cell, c) for", "ver > base for"),
    "notree": _one(JUDGE, "if above.entity not in entity.parents:", "if False:"),
    "endhead": _one(BENCH, "len(ids) if anchors else 0)", "len(ids))"),
    "noexpect": _one(JUDGE, "if sealed.receipt is None and now != expect:", "if False:"),
    "nosavepoint": _one(JUDGE, '            return alike(ops, "rejected", refusal.code', '            bench.keep()\n            return alike(ops, "rejected", refusal.code'),
    "nodepends": _one(JUDGE, 'Refused("depends" if row in self.bench.refused else otherwise)', "Refused(otherwise)"),
    "nocause": _one(JUDGE, '                raise Refused("depends")\n', "                continue\n"),
    "noreserved": _one(CHECKS, 'if field.kind == "hub":\n        raise', "if False:\n        raise"),
    "norights": _one(JUDGE, "if not entity.may(self.actor, op, view, self.bench.view):", "if False:"),
    "owner": _one(JUDGE, "if entity.owner and not self.actor.is_hub", "if False"),
    "nopark": _one(REPLICA, "            if code:\n", "            if False:\n"),
    "staffback": _one(BENCH, "                now.gone = False\n", ""),
    "stafftake": _one(BENCH, "gone.gone, gone.base = True, gone.ver", "pass"),
    "staffsame": _one(BENCH, "if n not in there or there[n].value != v}", "if n not in there}"),
    # section 4: time
    "noclamp": _one(HUB, "return max(contact + 1, min(sealed.op.t, now))", "return sealed.op.t"),
    "nolow": _one(REPLICA, "times=tx.times(lows)", "times={}"),
    "anylow": _one(HUB, "return lo if proved else 0", "return lo"),
    "receivednow": _one(HUB, "came = (receipt and receipt.came) or now", "came = now"),
    "anyarrival": _one(HUB, "*((came,) if came else ())", "*()"),
    "anyreceipt": _one(HUB, "if receipt and receipt.mac != self._seal(", "if False and receipt.mac != self._seal("),
    # section 5: one exchange
    "noheal": _one(HEALING, "touched.update(tx.healed(piece.scope))", "tx.heal(piece.scope, None)"),
    "healkeeps": _one(REPLICAS, "        for row in touched:\n            self.t.drop((\"base\", scope), row)\n        touched +=", "        touched +="),
    "nosums": _one(SUMS, "(_term(key, old) if old else 0)", "0"),
    "nofloor": _one(TELLING, "if 0 <= cursor < feed.floor:", "if False:"),
    "stageold": _one("lms_core.sync.replica.staging", "if staged and now - state.staged_at < STAGE_MS:", "if staged:"),
    "stagedrops": _one("lms_core.sync.replica.staging", "for scope in staged:", "for scope in ():"),
    "stageends": _one("lms_core.sync.replica.staging", "for scope in staged:", "for scope in staged.keys() - (known.keys() - stale):"),
    "noquota": _one(QUOTA, 'return "" if fits or', 'return "" if'),
    "onetry": _one(HUB, "self._pushed(request, tries=tries - 1) if tries > 1 else ", ""),
    "groupagain": _one(TURNS, "for each in group if len(group) > 1 else ():", "for each in ():"),
    "groupapart": _one(STORE, "with self.tables.savepoint() if apart else nullcontext():", "with nullcontext():"),
    "grouperror": _one(TURNS, "            each.error = error\n", ""),
    "poison": _one(HUB, "                problem = error\n                continue", "                raise"),
    "norightspull": _one(TELLING, "self.rights = snapshot.scopes_of(request.account)", 'self.rights = snapshot.scopes_of(request.account) | {"draft/d", "talk/t"}'),
    "noleave": _one(HUB, "if present and scope not in scopes:", "if present and row.gone and scope not in scopes:"),
    "onebytes": _one(HUB, "doc_of(row, only) if present", "doc_of(row, None) if present"),
    "emptyscope": _one(TELLING, "elif feed.seq > cursor:", "elif feed.seq > max(cursor, 0):"),
    "keptright": _one(REPLICA, "rights = {*cursors, *staged,", "rights = {*cursors, *staged, *state.rights,"),
    "rightsback": _one(REPLICA, "if said else set(state.rights)", "if True else set(state.rights)"),
    "nopurge": _one(REPLICA, "if not tx.rows_in(scope, waiting):", "if False:"),
    "curfirst": _one(REPLICA, "            tx.stage(scope, piece.to, entries)\n", "            tx.set_scope(scope, piece.to, False)\n"),
    "nostale": _one(REPLICA, "if state.mark is not None and reply.mark < state.mark:", "if False:"),
    "staleasked": _one(REPLICA, "reply.asked != state.mark and", "False and"),
    "stalefork": _one(
        REPLICA,
        'reply.mark < state.mark:\n            return "stale"',
        'reply.mark < state.mark and reply.hw >= segment.floor:\n            return "stale"',
    ),
    "nofrom": _one(REPLICA, "if piece.frm > cursor or piece.to < cursor:", "if False:"),
    "echoall": _one("lms_core.sync.echo", "all(cell.rep == replica and cell.c == sealed.c for cell in row.cells.values())", "True"),
    "noseen": _one(REPLICA, "[v for v in reply.verdicts if", "[msgspec.structs.replace(v, seen=None) for v in reply.verdicts if"),
    "seenlost": _one(REPLICA, "rights, passed = tx.state().rights,", 'rights, passed = tx.state().rights | {"draft/d", "talk/t"},'),
    "seenforked": _one(REPLICA, "end=end, new_id=self.new_id)\n", "end=end, new_id=self.new_id)\n        touched.update(row for _, _, row in tx.settle(self._passed(tx), tx.state().rights))\n"),
    "seenuntold": _one(REPLICA, "rights if heard else rights.union(", "rights if True else rights.union("),
    "seenolder": _one(REPLICA, "if heard else set())", "if heard or not main else set())"),
    "seenleft": _one(REPLICA, "heard = main and reply.told", "heard = reply.told"),
    "seenupgrade": _one(REPLICA, 'main and reply.told and reply.status != "upgrade"', "main and reply.told"),
    "seenany": _one(HUB, "            if scope in readable:", "            if scope:"),
    "resetshow": _one(REPLICA, '            self._refold_soon(tx, touched)\n            return "reset"', '            return "reset"'),
    "echoheld": _one(REPLICA, " | tx.pending({row for *_, row in same}).keys()", ""),
    "echoskew": _one(TELLING, "echoes(here) if request.schema == schema else {}", "echoes(here)"),
    "echoepoch": _one(TELLING, "(v for v in verdicts if v.ver[0] == reply.mark[0])", "verdicts"),
    # sections 9 and 10: bundles, programs of different age
    "filerest": _one("lms_core.sync.hub.carried", 'if reply.status != "ok" or not reply.more or', "if True or"),
    "fileold": _one(CARRIED, "if turn < len(segments) - 1 and not segment.offered:", "if turn < len(segments) - 1:"),
    "skewentity": _one(JUDGE, "if self.later is not None:\n                raise Held(LATER)\n            raise", "raise"),
    "skewfield": _one(JUDGE, "if self.later is not None and error.code in BEYOND:", "if False:"),
    "skewrows": _one(JUDGE, "if self.later and row in self.later:", "if False:"),
    "skewresume": _one(HUB, "self._freed(tx, bench, {LATER})", "self._freed(tx, bench)"),
    "skewpull": _one(TELLING, 'if request.cursors is None or reply.status == "upgrade":', "if request.cursors is None:"),
    "nolater": _one(REPLICA, "            tx.fold_later(rows)\n", "            return\n"),
    # section 7: packs and blobs
    "fileasks": _one(SENDING, "if epoch == self._epoch:", "if self._epoch is not None:"),
    "filenever": _one(SENDING, "found = line.lacking(sorted(names))", "found = []"),
    "filerefused": _one(SENDING, "            continue\n", "            break\n"),
    "filereturn": _one(UPLOADS, "and self._ledger.may_return(account, sha256, size)", "and False"),
    "fileholds": _one(UPLOADS, "        if not upload.returned:\n", "        if True:\n"),
    "filedone": _one(UPLOADS, "return not upload.done and (", "return upload.done or ("),
    "filegone": _one(UPLOADS, "or self._path(upload.id).exists())\n\n", "or True)\n\n"),
    "fileoffset": _one(UPLOADS, "if offset != upload.offset or upload.done:", "if upload.done:"),
    "filewaiting": _one(UPLOADS, "check_quota(account, sha256, size + waiting)", "check_quota(account, sha256, size)"),
    "filebut": _one(UPLOADS, "check_quota(account, sha256, size + waiting)", 'check_quota(account, "", size + waiting)'),
    "fileproof": _one(UPLOADS, "if not hmac.compare_digest(right, digest):", "if False:"),
    "filename": _one(UPLOADS, "                if self._ledger.may_have(account, sha256):", "                if True:"),
    "filesweep": _one(UPLOADS, "if upload.expires_at <= self._now_ms():", "if False:"),
    "filecheck": _one(MEDIA, "            if file_digest(file, \"sha256\").hexdigest() != sha256:", "            if False:"),
    "filesync": _one(MEDIA, "        sync_file(draft)\n", ""),
    "filefolder": _one(MEDIA, "            sync_folder(folder)\n", "            ()\n"),
    "fileput": _one(MEDIA, "            self._sync_name(self.place(name))\n", "            pass\n"),
    "filedrafts": _one(MEDIA, '(self.root / INCOMING).glob("*")', "()"),
    "fileparts": _one(FETCHING, "if part.stat().st_mtime * 1000 < now_ms - KEEP_MS:", "if False:"),
    "filespoilt": _one(FETCHING, "    finally:\n        part", "    except OSError:\n        part"),
    "fileanew": _one(TRANSPORT, '"ab" if answer.status_code == 206 else "wb"', '"wb"'),
    "filerights": _one(SHELVES, "if not self.may_have(account, name):", "if False:"),
    "packrights": _one(SHELVES, 'tables.data["version"] or not self.reads(account):', 'tables.data["version"]:'),
}  # fmt: skip


def patched(module: str, patches: Sequence[Patch]) -> str:
    """The source of a module with its rules switched off; raises LookupError for a text that is not there once."""
    source = (PROJECT / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8")
    for patch in patches:
        if patch.module == module:
            if source.count(patch.old) != 1:
                raise LookupError(f"found {source.count(patch.old)} times in {module}: {patch.old!r}")
            source = source.replace(patch.old, patch.new)
    return source


class _Loader(SourceFileLoader):
    """Load a module with its patches."""

    def __init__(self, name: str, path: str, patches: Sequence[Patch]) -> None:
        super().__init__(name, path)
        self.patches = patches

    def get_code(self, fullname: str) -> CodeType:
        return compile(patched(fullname, self.patches), self.path, "exec", dont_inherit=True)


class _Finder(MetaPathFinder):
    """Find the modules that have patches."""

    def __init__(self, patches: Sequence[Patch]) -> None:
        self.patches = patches

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        mine = [p for p in self.patches if p.module == name]
        spec = PathFinder.find_spec(name, path) if mine else None
        if spec is not None and spec.origin:
            spec.loader = _Loader(name, spec.origin, mine)
        return spec


def install(name: str) -> None:
    """Make this process import the engine with a rule switched off; modules that are there are imported anew."""
    patches = MUTANTS[name]
    sys.meta_path.insert(0, _Finder(patches))
    for module in [m for m in sys.modules if m.startswith(("lms_core", "tests.simulator", "tests.sync"))]:
        if module not in (__name__, "tests.simulator.run"):
            del sys.modules[module]
