"""Sync by file: everything that waits goes out, the answer comes back, whatever happens to the files on their way."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Collection
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, update

from lms_core.accounts.entities import ACCOUNT
from lms_core.accounts.tables import device
from lms_core.content.model import MediaRef
from lms_core.db.engine import read, write
from lms_core.errors import Denied, LmsError, Offline, UserError, VersionMismatch
from lms_core.learning import rights
from lms_core.learning.entities import NOTE
from lms_core.learning.file_rights import FileRule
from lms_core.media.uploads import Uploads
from lms_core.ops import change
from lms_core.sync import bundles
from lms_core.sync.bundles import Header, Keys
from lms_core.sync.hub.bundles import HubBundles
from lms_core.sync.tables import feed, scope
from lms_core.workspace import Workspace
from tests.core.school import School, forge, refusals

MOST = 64 << 20


class Ledger:
    """The database's word on files, for authors without a quota."""

    def __init__(self, school: School) -> None:
        self.school = school

    def may_have(self, account: str, sha256: str) -> bool:
        with read(self.school.engine) as conn:
            return FileRule(self.school.packs).may_read(conn, account, sha256)

    def check_quota(self, account: str, sha256: str, size: int) -> None:
        with read(self.school.engine) as conn:
            rights.check_giver(conn, account, sha256, size)

    def named(self, account: str, names: Collection[str]) -> set[str]:
        with read(self.school.engine) as conn:
            return rights.named_files(conn, account, names)

    def may_return(self, account: str, sha256: str, size: int) -> bool:
        with read(self.school.engine) as conn:
            return rights.may_return(conn, account, sha256, size)

    def note(self, account: str, sha256: str, size: int) -> None:
        with self.school.hub.unit() as unit:
            rights.note_holder(unit, account, sha256, size)


class Post:
    """The hub's side, and the stick on which files travel."""

    def __init__(self, school: School, folder: Path) -> None:
        self.school, self.folder = school, folder
        self.folder.mkdir()
        self.number = 0
        self.keys = Keys(b"h" * 32)
        uploads = Uploads(
            school.blobs, folder / "unfinished", Ledger(school), now_ms=school.clock.ms, most=MOST, keep_free=0
        )
        self.hub = HubBundles(
            keys=self.keys, look=partial(read, school.engine), exchange=school.hub.exchange, uploads=uploads,
            blobs=school.blobs, packs=school.packs, rule=FileRule(school.packs),
            most=MOST,
        )  # fmt: skip

    def laptop(self, account: str) -> Workspace:
        """A laptop that the hub knows."""
        made = self.school.laptop(account)
        with made.work() as unit:
            replica = unit.tx.segments()[-1].rep
        mine = made.by_file.device
        mine.met(replica, self.hub.public)
        row = {
            "replica": replica, "account": account, "name": "", "platform": "", "app_version": "",
            "public_key": base64.b64decode(mine.public_key()), "recovery": b"", "registered_at": 0,
        }  # fmt: skip
        with write(self.school.engine) as conn:
            conn.execute(insert(device), [row])
        return made

    def path(self) -> Path:
        self.number += 1
        return self.folder / f"{self.number}.sync"

    def send(self, laptop: Workspace) -> Path:
        """What waits, as a file."""
        laptop.send_by_file(path := self.path())
        return path

    def answer(self, given: Path) -> Path:
        """What the hub says to it."""
        self.hub.answer(given, out := self.path())
        self.school.hub.project()
        return out


@pytest.fixture
def post(school: School, tmp_path: Path) -> Post:
    return Post(school, tmp_path / "stick")


def notes(laptop: Workspace) -> set[str]:
    return {note.body for note in laptop.notes.all()}


def settled(laptop: Workspace) -> bool:
    status = laptop.sync.status()
    return (status.waiting, status.needs_you) == (0, 0)


@pytest.mark.postgresql(soak=True)
def test_a_course_is_published_and_learned_without_any_network(post: Post, school: School) -> None:
    tess = post.laptop(school.person("tess", "instructor"))
    sam = post.laptop(school.person("sam"))
    course = tess.courses.create_course("Between the tides")
    picture, dear = tess.media.put(b"a picture" * 4000), tess.media.put(b"for money")
    waves = f"![Waves](media:{picture})"
    lesson = tess.courses.add_lesson(tess.courses.add_module(course, "The shore"), "Waves", body=waves)
    sheet = MediaRef(dear, "sheet.png", "image/png", 9)
    tess.contents.add_resource(lesson, "Sheet", file=sheet, kind="image", premium=True)
    tess.sync.offer(dear)
    tess.courses.add_file(course, MediaRef(picture, "wave.png", "image/png", 36000))
    tess.sync.offer(picture)
    tess.receive_file(post.answer(post.send(tess)))
    tess.courses.publish(course)
    tess.receive_file(post.answer(post.send(tess)))
    assert settled(tess)
    assert tess.sync.files_to_send() == []
    assert school.blobs.has(picture)

    sam.receive_file(post.answer(post.send(sam)))
    sam.learning.enroll(course)
    sam.receive_file(post.answer(post.send(sam)))
    assert settled(sam)
    sam.installed.install(course)
    assert (sam.missing_files(), sam.media.has(dear)) == ([], False), "premium files are for who has paid"
    assert sam.media.read(picture) == tess.media.read(picture)
    again = post.answer(post.send(sam))
    assert again.stat().st_size < 15_000, "what is there does not come again"


@pytest.mark.postgresql(soak=True)
def test_more_than_a_request_and_a_reply_hold_travels_in_one_file(post: Post, school: School) -> None:
    sam = post.laptop(account := school.person("sam"))
    other = post.laptop(account)
    with sam.work():
        for n in range(50):
            sam.notes.add(f"note {n}")
    assert sam.by_file.send(first := post.path(), courses=[], ops=20, rows=7) == 50
    assert not sam.receive_file(post.answer(first)).more
    assert settled(sam)
    other.by_file.send(second := post.path(), courses=[], rows=7)
    back = other.receive_file(post.answer(second))
    assert (back.more, back.received) == (False, 50)
    assert notes(other) == notes(sam)


@pytest.mark.postgresql(soak=True)
def test_who_was_away_for_years_is_told_anew_in_one_file(post: Post, school: School) -> None:
    sam = post.laptop(account := school.person("sam"))
    other = post.laptop(account)
    gone = sam.notes.add("deleted meanwhile")
    school.sync(sam, other)
    sam.notes.delete(gone)
    with sam.work():
        for n in range(30):
            sam.notes.add(f"note {n}")
    school.sync(sam)
    with write(school.engine) as conn:  # as if the deletion had been forgotten
        conn.execute(update(scope).where(scope.c.name == f"account/{account}").values(min_seq=scope.c.seq - 2))
        conn.execute(delete(feed).where(feed.c.row == gone))
    other.by_file.send(file := post.path(), courses=[], rows=7)
    assert not other.receive_file(post.answer(file)).more
    assert notes(other) == {f"note {n}" for n in range(30)}


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (1, 1), (0, 0), (0, 1, 0)])
@pytest.mark.postgresql(soak=True)
def test_files_late_twice_and_out_of_order(post: Post, school: School, order: tuple[int, ...]) -> None:
    sam = post.laptop(account := school.person("sam"))
    other = post.laptop(account)
    sam.notes.add("the first")
    first = post.send(sam)
    sam.notes.add("the second")
    second = post.send(sam)
    answers = [post.answer((first, second)[n]) for n in order]
    sam.notes.add("the third")
    for answer in (*answers, *reversed(answers)):
        sam.receive_file(answer)
    sam.receive_file(post.answer(post.send(sam)))
    assert settled(sam)
    school.sync(other)
    assert notes(other) == notes(sam) == {"the first", "the second", "the third"}


@pytest.mark.postgresql(soak=True)
def test_a_refusal_in_a_file_that_comes_too_late_is_told_all_the_same(post: Post, school: School) -> None:
    sam = post.laptop(school.person("sam"))
    mine = sam.notes.add("mine")
    school.sync(sam)
    forge(sam, change(NOTE, mine, "user_id", "somebody else"))
    late = post.answer(post.send(sam))
    sam.notes.add("meanwhile")
    school.clock.advance(ms=86_400_000)
    school.sync(sam)
    told = refusals(sam)
    assert [entity for entity, _ in told] == ["note"]
    sam.receive_file(late)
    assert refusals(sam) == told
    assert sam.sync.status().waiting == 0


@pytest.mark.postgresql(soak=True)
def test_a_lost_answer_is_repeated(post: Post, school: School) -> None:
    sam = post.laptop(school.person("sam"))
    mine = sam.notes.add("mine")
    school.sync(sam)
    forge(sam, change(NOTE, mine, "user_id", "somebody else"))
    post.answer(post.send(sam)).unlink()
    assert refusals(sam) == []
    sam.receive_file(post.answer(post.send(sam)))
    assert [entity for entity, _ in refusals(sam)] == ["note"]


@pytest.mark.postgresql(soak=True)
def test_a_restored_laptop_goes_on_under_another_id_by_file(post: Post, school: School, tmp_path: Path) -> None:
    sam = post.laptop(account := school.person("sam"))
    other = post.laptop(account)
    sam.notes.add("before")
    school.sync(sam)
    copy = shutil.copytree(sam.profile.folder, tmp_path / "copy")
    sam.notes.add("after the copy")
    school.sync(sam)
    profile = sam.profile.folder
    sam.close()
    shutil.rmtree(profile)
    shutil.copytree(copy, profile)
    sam.__init__(  # type: ignore[misc]
        school_profile(sam), secrets=sam._secrets, clock=school.clock, new_id=sam.new_id
    )
    sam.notes.add("on the restored laptop")
    for _ in range(8):
        sam.receive_file(post.answer(post.send(sam)))
    assert settled(sam)
    school.sync(other)
    assert notes(other) == notes(sam) == {"before", "after the copy", "on the restored laptop"}


def school_profile(sam: Workspace) -> Any:
    return sam.profile._owner.open(sam.profile.folder.name)


# --- what is refused, with nothing lost
def code(run: Any, *arguments: Any) -> str:
    with pytest.raises(LmsError) as refusal:
        run(*arguments)
    assert not refusal.value.message.startswith("Bundle"), "it has a sentence"
    return refusal.value.code


@pytest.mark.postgresql(soak=True)
def test_a_damaged_file_is_refused_whole(post: Post, school: School, tmp_path: Path) -> None:
    sam = post.laptop(school.person("sam"))
    sam.notes.add("a note")
    whole = post.send(sam)
    data = whole.read_bytes()
    broken = tmp_path / "broken"
    for at in range(0, len(data), 97):
        broken.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        with pytest.raises((UserError, VersionMismatch)):
            post.hub.answer(broken, tmp_path / "out")
        broken.write_bytes(data[:at])
        assert code(post.hub.answer, broken, tmp_path / "out") == "bundle_damaged"
    broken.write_bytes(data + b"more")
    assert code(post.hub.answer, broken, tmp_path / "out") == "bundle_damaged"
    broken.write_bytes(b"LMSBNDL2" + data[8:])
    assert code(post.hub.answer, broken, tmp_path / "out") == "bundle_too_new"
    assert not (tmp_path / "out").exists()
    assert list(tmp_path.glob("*.part")) == []
    assert sam.sync.status().waiting == 1
    sam.receive_file(post.answer(whole))
    assert settled(sam)


@pytest.mark.postgresql(soak=True)
def test_files_for_others_are_refused(post: Post, school: School, tmp_path: Path) -> None:
    sam, ida = post.laptop(school.person("sam")), post.laptop(school.person("ida"))
    given = post.send(sam)
    answer = post.answer(given)
    assert code(ida.receive_file, answer) == "bundle_elsewhere"
    assert code(ida.receive_file, given) == "bundle_elsewhere"
    assert code(post.hub.answer, answer, tmp_path / "out") == "bundle_elsewhere"
    elsewhere = Post(school, tmp_path / "other")
    elsewhere.keys = Keys(b"o" * 32)
    elsewhere.hub._keys, elsewhere.hub._me = elsewhere.keys, bundles.name_of(elsewhere.keys.public)
    assert code(elsewhere.hub.answer, given, tmp_path / "out") == "bundle_elsewhere"


@pytest.mark.postgresql(soak=True)
def test_nobody_speaks_for_another_device(post: Post, school: School, tmp_path: Path) -> None:
    sam, eve = post.laptop(school.person("sam")), post.laptop(school.person("eve"))
    me, hub = sam.by_file.device.facts()
    forged = tmp_path / "forged"
    header = Header(kind="request", sender=me, receiver=bundles.name_of(hub), answer_to=b"x" * 32)
    with bundles.writing(forged, header, keys=Keys(eve.by_file.device.key()), to=hub[32:]):
        pass
    assert code(post.hub.answer, forged, tmp_path / "out") == "bundle_damaged"
    answer = post.answer(post.send(sam))
    assert b"forged" not in answer.read_bytes()
    back = Header(kind="reply", sender="x", receiver=me)
    with bundles.writing(forged, back, keys=Keys(b"e" * 32), to=Keys(sam.by_file.device.key()).address):
        pass
    assert code(sam.receive_file, forged) == "bundle_damaged"


@pytest.mark.postgresql(soak=True)
def test_the_device_must_be_known_and_signed_in(post: Post, school: School, tmp_path: Path) -> None:
    sam = post.laptop(account := school.person("sam"))
    given = post.send(sam)
    with school.hub.unit() as unit:
        unit.derive(ACCOUNT, account, {"email": "sam@school.example", "role": "student", "is_active": False})
    assert code(post.hub.answer, given, tmp_path / "out") == "account_disabled"
    with write(school.engine) as conn:
        conn.execute(update(device).values(revoked_at=1))
    with pytest.raises(Denied, match="signed out"):
        post.hub.answer(given, tmp_path / "out")
    with write(school.engine) as conn:
        conn.execute(update(device).values(replica="0" * 16))
    assert code(post.hub.answer, given, tmp_path / "out") == "bundle_unknown_device"


@pytest.mark.postgresql(soak=True)
def test_a_device_that_never_met_its_server_says_so(school: School, workspace: Workspace, tmp_path: Path) -> None:
    sam = school.laptop(school.person("sam"))
    assert code(sam.send_by_file, tmp_path / "out") == "bundle_needs_sign_in"
    assert code(sam.receive_file, tmp_path / "out") == "bundle_needs_sign_in"
    with pytest.raises(Offline):
        workspace.send_by_file(tmp_path / "out")


@pytest.mark.postgresql(soak=True)
def test_a_file_that_may_not_be_given_waits(post: Post, school: School) -> None:
    sam = post.laptop(school.person("sam"))
    name = sam.media.put(b"a student's picture")
    sam.sync.offer(name)
    sam.notes.add("a note")
    sam.receive_file(post.answer(post.send(sam)))
    assert settled(sam)
    assert sam.sync.files_to_send() == [name]
    assert not school.blobs.has(name)
