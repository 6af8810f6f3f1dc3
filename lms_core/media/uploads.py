"""Files that arrive at the hub in parts (tus 1.0): a part counts once it is verified and on the disk.

A file that the hub holds already is not sent again, but only by somebody who proves to have it: by its bytes at places
that the hub names, or by the right to read it. To know its hash gives nothing.
"""

from __future__ import annotations

import hmac
import secrets
import shutil
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from hashlib import blake2b, sha256
from pathlib import Path
from re import fullmatch
from typing import BinaryIO, Literal, Protocol

import msgspec

from lms_core.db.copies import sync_file, write_durably
from lms_core.db.engine import storage_errors
from lms_core.errors import Conflict, Corrupt, DiskFull, NotFound, UserError
from lms_core.media.duration import Read
from lms_core.ports import FileStore

LARGEST_PART = 4 << 20
KEEP_MS = 7 * 86_400_000
PIECES, PIECE = 32, 4096
TURNS = 64
MOST_NAMES = 5000
"""Files in one question about what the hub lacks."""

Status = Literal["pending", "processing", "completed", "failed", "virus_scan", "format_conversion"]
"""How far a file is (RES-12); nothing is converted as yet."""


class Proof(msgspec.Struct, frozen=True):
    """What to answer for a file that the hub has: SHA-256 over `nonce` and `length` bytes at each of `offsets`."""

    nonce: str
    offsets: tuple[int, ...]
    length: int = PIECE


class Upload(msgspec.Struct, frozen=True):
    """A file on its way. `offset` bytes are here; `done` when the hub holds the whole. Times in ms."""

    id: str
    account: str
    sha256: str
    size: int
    created_at: int
    done: bool = False
    proof: Proof | None = None
    offset: int = 0
    returned: bool = False
    """Whether it was here once: nobody comes to hold it by bringing it back."""

    @property
    def expires_at(self) -> int:
        """When an unfinished one is forgotten."""
        return self.created_at + KEEP_MS


class Ledger(Protocol):
    """What the hub's database says of files and accounts."""

    def may_have(self, account: str, sha256: str) -> bool:
        """Whether the account may read the file anyway."""

    def check_quota(self, account: str, sha256: str, size: int) -> None:
        """Raise Denied for those who may not give the file, UserError `out_of_quota` where the space is used up.

        The file counts with `size`, not also as one that is there.
        """

    def named(self, account: str, names: Collection[str]) -> set[str]:
        """Those of the files that the account gave or that a course names which it reads."""

    def may_return(self, account: str, sha256: str, size: int) -> bool:
        """Whether the account may bring back a file that was given once and is gone."""

    def note(self, account: str, sha256: str, size: int) -> None:
        """Keep that the account has proved to have the file."""


class Inspect(Protocol):
    """Looks at a whole file before it is kept."""

    def __call__(self, path: Path, *, returned: bool, scanning: Callable[[], None]) -> None:
        """Raise UserError for a file that must not be kept, Busy where nobody can say now; `returned`: it was here.

        `scanning` is called before a scanner sees it.
        """


def let_in(path: Path, *, returned: bool, scanning: Callable[[], None]) -> None:
    """Take every file."""


class Records:
    """Keeps what becomes of each upload; this one keeps nothing."""

    def begin(self, upload: Upload, filename: str) -> None:
        """An upload begins, or begins anew."""

    def tell(self, upload: Upload, read: Read) -> None:
        """It is all here and is told by its bytes."""

    def turn(self, upload: Upload, status: Status, error: str = "") -> None:
        """It went on; `error` is the code of why it failed."""


class Uploads:
    """Unfinished files of a hub, in a folder beside its store; `most`, `keep_free` and pieces of a proof in bytes."""

    def __init__(
        self,
        store: FileStore,
        folder: Path,
        ledger: Ledger,
        *,
        now_ms: Callable[[], int],
        most: int,
        keep_free: int,
        piece: int = PIECE,
        inspect: Inspect = let_in,
        records: Records | None = None,
    ) -> None:
        self._store, self._folder, self._ledger, self._now_ms = store, folder, ledger, now_ms
        self._most, self._keep_free, self._piece = most, keep_free, piece
        self._inspect, self._records = inspect, records or Records()
        self._turns = [threading.Lock() for _ in range(TURNS)]

    def begin(self, account: str, sha256: str, size: int, filename: str = "") -> Upload:
        """Begin to give a file, or go on with it: the same account and file are the same upload.

        Raises:
            UserError: `bad_hash`, `too_large`, `out_of_quota`. Denied: this account gives no files. DiskFull.
        """
        if not fullmatch(r"[0-9a-f]{64}", sha256):
            raise UserError("bad_hash")
        name = _name(account, sha256)
        with self._turn(name):
            known = self._load(name)
            if known and known.size == size and self._here(known):
                return self._finished(known)
            if known:
                self._forget(name)
            returned = self._check(account, sha256, size)
            upload = Upload(name, account, sha256, size, self._now_ms(), returned=returned)
            self._records.begin(upload, filename)
            if self._store.has(sha256):
                if self._ledger.may_have(account, sha256):
                    return self._held(upload)
                upload = self._challenged(upload)
            self._path(name).touch()
            self._save(upload)
            return self._finished(upload)

    def lacking(self, account: str, names: Sequence[str]) -> list[str]:
        """Those of the files that should be here and are not, if the account may bring them back.

        Raises:
            UserError: `too_large` for more than `MOST_NAMES`.
        """
        if len(names) > MOST_NAMES:
            raise UserError("too_large")
        missing = [name for name in dict.fromkeys(names) if not self._store.has(name)]
        return sorted(self._ledger.named(account, missing))

    def find(self, account: str, name: str) -> Upload:
        """How far an upload is; raises NotFound, also for one of somebody else."""
        found = self._load(name) if fullmatch(r"[0-9a-f]{32}", name) else None
        if found is None or found.account != account:
            raise NotFound("no_upload")
        return found

    def append(self, account: str, name: str, *, offset: int, part: bytes, checksum: bytes | None = None) -> Upload:
        """Take the part at `offset`; the last one makes the file.

        Raises:
            Conflict: `upload_moved` when the upload stands elsewhere.
            UserError: `part_mismatch`, `too_large`; nothing is kept. `blob_mismatch`: the whole is not what it should
                be, begin anew. `type_not_allowed`, `infected`: nothing of it is kept.
            Busy: `scanner_away`; the file is here, and `begin` tries again.
        """
        with self._turn(name):
            upload = self.find(account, name)
            if offset != upload.offset or upload.done:
                raise Conflict("upload_moved", offset=upload.offset)
            if checksum is not None and not hmac.compare_digest(sha256(part).digest(), checksum):
                raise UserError("part_mismatch")
            if len(part) > LARGEST_PART or offset + len(part) > upload.size:
                raise UserError("too_large")
            self._check_room(len(part))
            with storage_errors(self._folder), self._path(name).open("ab") as file:
                # a crash in here leaves a beginning of a part that was verified as a whole, which is as good
                file.write(part)
            with storage_errors(self._folder):
                sync_file(self._path(name))
            return self._finished(msgspec.structs.replace(upload, offset=offset + len(part)))

    def prove(self, account: str, name: str, digest: str) -> Upload:
        """Take the answer to the hub's question; raises UserError `proof_wrong`, then the file has to be sent."""
        with self._turn(name):
            upload = self.find(account, name)
            if upload.proof is None or upload.done:
                return upload
            if not self._store.has(upload.sha256):  # collected meanwhile
                raise UserError("proof_wrong")
            right = answer(upload.proof, partial(self._store.read, upload.sha256))
            if not hmac.compare_digest(right, digest):
                self._save(msgspec.structs.replace(upload, proof=None))
                raise UserError("proof_wrong")
            return self._held(upload)

    def draft(self) -> Path:
        """A fresh name for a file that arrives another way, on the disk of the store."""
        return self._store.draft()

    def take(self, account: str, sha256: str, file: BinaryIO, size: int) -> None:
        """Take a whole file that came another way; raises as `begin` and `append` do."""
        if not fullmatch(r"[0-9a-f]{64}", sha256):
            raise UserError("bad_hash")
        returned = False
        if not self._store.has(sha256) or not self._ledger.may_have(account, sha256):
            returned = self._check(account, sha256, size)
            upload = Upload(_name(account, sha256), account, sha256, size, self._now_ms(), returned=returned)
            self._records.begin(upload, "")
            draft = self.draft()
            try:
                with storage_errors(self._folder), draft.open("xb") as out:
                    shutil.copyfileobj(file, out, LARGEST_PART)
                self._adopt(upload, draft)
            finally:
                draft.unlink(missing_ok=True)
            self._records.turn(upload, "completed")
        if not returned:
            self._ledger.note(account, sha256, size)

    def discard(self, account: str, name: str) -> None:
        """Give an unfinished file up; raises NotFound."""
        with self._turn(name):
            upload = self.find(account, name)
            if not upload.done:
                self._records.turn(upload, "failed", "cancelled")
            self._forget(name)

    def sweep(self) -> None:
        """Forget what nobody went on with for seven days."""
        for upload in self._all():
            if upload.expires_at <= self._now_ms():
                with self._turn(upload.id):
                    if not upload.done:
                        self._records.turn(upload, "failed", "no_upload")
                    self._forget(upload.id)

    # --- underneath
    def _turn(self, name: str) -> threading.Lock:
        return self._turns[hash(name) % TURNS]

    def _path(self, name: str) -> Path:
        return self._folder / name

    def _load(self, name: str) -> Upload | None:
        try:
            kept = msgspec.json.decode(self._path(name + ".json").read_bytes(), type=Upload)
        except (FileNotFoundError, msgspec.DecodeError):
            return None
        if kept.done:
            return msgspec.structs.replace(kept, offset=kept.size)
        here = self._path(name)
        # a part that is gone was taken into the store when a crash came
        return msgspec.structs.replace(kept, offset=here.stat().st_size if here.exists() else kept.size)

    def _here(self, upload: Upload) -> bool:
        """Whether what was taken of it is still here: a power loss or a restore may have cost it."""
        if self._store.has(upload.sha256):
            return True
        return not upload.done and (upload.offset < upload.size or self._path(upload.id).exists())

    def _all(self) -> Iterator[Upload]:
        for path in sorted(self._folder.glob("*.json")):
            found = self._load(path.stem)
            if found:
                yield found

    def _save(self, upload: Upload) -> None:
        with storage_errors(self._folder):
            write_durably(self._path(upload.id + ".json"), msgspec.json.encode(upload))

    def _forget(self, name: str) -> None:
        self._path(name + ".json").unlink(missing_ok=True)
        self._path(name).unlink(missing_ok=True)

    def _check(self, account: str, sha256: str, size: int) -> bool:
        """Whether it is one that was here and is gone; raises what `begin` does."""
        if size > self._most:
            raise UserError("too_large")
        # what the hub had and has lost comes back from whoever reads it, and is counted already
        returned = not self._store.has(sha256) and self._ledger.may_return(account, sha256, size)
        if not returned:
            waiting = sum(u.size for u in self._all() if u.account == account and not u.done)
            self._ledger.check_quota(account, sha256, size + waiting)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._check_room(size)
        return returned

    def _check_room(self, size: int) -> None:
        if shutil.disk_usage(self._folder).free - size < self._keep_free:
            raise DiskFull

    def _challenged(self, upload: Upload) -> Upload:
        """Ask for pieces of the file, where they say more than sending it would."""
        if upload.size <= PIECES * self._piece or self._store.size(upload.sha256) != upload.size:
            return upload
        places = tuple(secrets.randbelow(upload.size - self._piece) for _ in range(PIECES))
        return msgspec.structs.replace(upload, proof=Proof(secrets.token_hex(32), places, self._piece))

    def _finished(self, upload: Upload) -> Upload:
        """Take a file in that is all here."""
        if upload.done or upload.offset < upload.size:
            return upload
        draft = self._path(upload.id)
        if draft.exists():
            try:
                self._adopt(upload, draft)
            except UserError:
                self._forget(upload.id)
                raise
        elif not self._store.has(upload.sha256):
            self._records.turn(upload, "failed", "no_upload")
            self._forget(upload.id)
            raise NotFound("no_upload")
        return self._settle(upload)

    def _adopt(self, upload: Upload, draft: Path) -> None:
        """Look at a whole file and take it into the store; raises UserError for one that must not be kept."""
        try:
            with draft.open("rb") as file:
                self._records.tell(upload, partial(_read, file))
            self._inspect(
                draft, returned=upload.returned, scanning=partial(self._records.turn, upload, "virus_scan")
            )  # fmt: skip
            self._store.adopt(draft, upload.sha256)
        except Corrupt as error:
            self._records.turn(upload, "failed", "blob_mismatch")
            raise UserError("blob_mismatch") from error
        except UserError as error:
            self._records.turn(upload, "failed", error.code)
            raise

    def _held(self, upload: Upload) -> Upload:
        """Settle one whose file is here already."""
        here = msgspec.structs.replace(upload, size=self._store.size(upload.sha256))
        self._records.tell(here, partial(self._store.read, upload.sha256))
        return self._settle(upload)

    def _settle(self, upload: Upload) -> Upload:
        """Note whose file it is; a request that comes once more is told the same."""
        if not upload.returned:
            self._ledger.note(upload.account, upload.sha256, upload.size)
        done = msgspec.structs.replace(upload, done=True, proof=None, offset=upload.size)
        self._records.turn(upload, "completed")
        self._folder.mkdir(parents=True, exist_ok=True)
        self._save(done)
        self._path(upload.id).unlink(missing_ok=True)
        return done


def _name(account: str, sha256: str) -> str:
    return blake2b(f"{account}/{sha256}".encode(), digest_size=16).hexdigest()


def _read(file: BinaryIO, start: int, length: int) -> bytes:
    file.seek(start)
    return file.read(length)


def answer(proof: Proof, read: Callable[[int, int], bytes]) -> str:
    """The answer to the hub's question, from a function that reads (start, length) of the file."""
    digest = sha256(bytes.fromhex(proof.nonce))
    for start in proof.offsets:
        digest.update(read(start, proof.length))
    return digest.hexdigest()
