"""A damaged file: a copy takes its place, what only the old file had comes along, and somebody is told."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from lms_core.db.engine import connect
from lms_core.db.pages import PAGE, Pages, layout, salt_of
from lms_core.errors import Corrupt, TooNew
from lms_core.session import Sessions
from lms_core.workspace import Workspace
from tests.fakes import FakeClock, MemorySecrets

NOISE = bytes(range(256)) * (PAGE // 256)


@pytest.fixture
def sessions(tmp_path: Path, clock: FakeClock) -> Sessions:
    return Sessions(tmp_path, secrets=MemorySecrets(), clock=clock)


@pytest.fixture
def file(sessions: Sessions) -> Path:
    """The file of a profile with a note, a copy of it, and a later note."""
    workspace = sessions.start_local("Ada")
    workspace.notes.add("before the copy")
    workspace.profile.back_up()
    workspace.notes.add("after the copy")
    workspace.close()
    return workspace.profile.path


def overwrite(file: Path, *pages: int) -> bytes:
    """Put noise in the place of pages; returns what the file is now."""
    with file.open("rb+") as out:
        for page in pages:
            out.seek((page - 1) * PAGE)
            out.write(NOISE)
    return file.read_bytes()


def unlock(sessions: Sessions) -> Workspace:
    (known,) = sessions.list()
    return sessions.unlock(known.id)


def notes(workspace: Workspace) -> set[str]:
    return {note.body for note in workspace.notes.all()}


def damaged_folders(file: Path) -> list[Path]:
    return list(file.parent.glob("damaged-*"))


def root_of(sessions: Sessions, table: str) -> int:
    with closing(unlock(sessions)) as workspace, closing(connect(workspace.profile.path, workspace.profile.key)) as c:
        return int(c.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0])


def test_without_damage_nothing_is_told(sessions: Sessions, file: Path) -> None:
    with closing(unlock(sessions)) as workspace:
        assert workspace.restored() is None
        assert notes(workspace) == {"before the copy", "after the copy"}
    assert damaged_folders(file) == []


def test_a_lost_first_page_loses_nothing_and_is_told(sessions: Sessions, file: Path, clock: FakeClock) -> None:
    spoiled = overwrite(file, 1)
    copied = clock.now().replace(microsecond=0)
    with closing(unlock(sessions)) as workspace:
        assert notes(workspace) == {"before the copy", "after the copy"}
        last = workspace.restored(untold="app")
        assert last is not None
        assert (last.copied_at, last.rescued, last.lost) == (copied, 1, 0)
        assert (last.folder / file.name).read_bytes() == spoiled
        assert [each.name for each in last.folder.iterdir()] == [file.name], "what was read from is gone again"
        assert str(last.folder) in last.said
        assert "unsent changes rescued: 1, lost: 0;" in last.said
        workspace.told_restored("app")
    with closing(unlock(sessions)) as workspace:
        assert workspace.restored(untold="app") is None
        assert workspace.restored(untold="lms") is not None, "each program says it once"
        assert workspace.restored() is not None


def test_a_second_damage_has_a_folder_of_its_own(sessions: Sessions, file: Path) -> None:
    first = overwrite(file, 1)
    unlock(sessions).close()
    second = overwrite(file, 1, 2)
    with closing(unlock(sessions)) as workspace:
        assert notes(workspace) == {"before the copy", "after the copy"}
    assert {(folder / file.name).read_bytes() for folder in damaged_folders(file)} == {first, second}


def test_two_restores_in_a_row_take_over_what_both_files_had(sessions: Sessions, file: Path) -> None:
    overwrite(file, 1)
    (known,) = sessions.list()
    for _ in range(2):
        sessions.profiles.restore_newest_good(known.id)
    with closing(unlock(sessions)) as workspace:
        assert notes(workspace) == {"before the copy", "after the copy"}
        last = workspace.restored()
        assert last is not None
        assert (last.rescued, last.lost) == (1, 0)
    assert len(damaged_folders(file)) == 2


def test_the_list_of_tables_comes_from_the_copy(sessions: Sessions, file: Path) -> None:
    with closing(unlock(sessions)) as workspace:
        key = workspace.profile.key
    with file.open("rb") as source:
        pages = [number for number, _ in layout(source, Pages(key, salt_of(file)))]
    assert len(pages) > 1
    overwrite(file, *pages)
    with closing(unlock(sessions)) as workspace:
        assert notes(workspace) == {"before the copy", "after the copy"}


def test_what_cannot_be_read_is_counted(sessions: Sessions, file: Path) -> None:
    with closing(unlock(sessions)) as workspace, workspace.work():
        for number in range(150):
            workspace.notes.add(f"note {number} " * 20)
    root = root_of(sessions, "unsealed")
    with closing(unlock(sessions)) as workspace:
        key = workspace.profile.key
    overwrite(file, 1, middle_leaf(file, root=root, key=key))
    with closing(unlock(sessions)) as workspace:
        last = workspace.restored()
        assert last is not None
        assert last.lost
        assert 100 < last.rescued < 151
        assert last.rescued + last.lost == 151
        assert len(notes(workspace)) == 152 - last.lost


def middle_leaf(file: Path, *, root: int, key: bytes) -> int:
    """A page in the middle of a table with two levels."""
    pages, data = Pages(key, salt_of(file)), file.read_bytes()
    plain = pages.plain(data[(root - 1) * PAGE : root * PAGE], root)
    assert plain[0] == 5
    count = int.from_bytes(plain[3:5])
    at = int.from_bytes(plain[12 + 2 * (count // 2) : 14 + 2 * (count // 2)])
    return int.from_bytes(plain[at : at + 4])


def test_of_a_file_that_is_gone_nobody_can_tell(sessions: Sessions, file: Path) -> None:
    file.unlink()
    with closing(unlock(sessions)) as workspace:
        last = workspace.restored()
        assert last is not None
        assert (last.rescued, last.lost) == (0, None)
        assert "lost: unknown;" in last.said
        assert notes(workspace) == {"before the copy"}


def test_damage_met_at_work_is_mended_at_the_next_opening(sessions: Sessions, file: Path) -> None:
    overwrite(file, root_of(sessions, "sync_run"))
    with closing(unlock(sessions)) as workspace, pytest.raises(Corrupt):
        workspace.sync.runs()
    with closing(unlock(sessions)) as workspace:
        assert workspace.sync.runs() == []
        assert notes(workspace) == {"before the copy", "after the copy"}
        last = workspace.restored()
        assert last is not None
        assert (last.rescued, last.lost) == (1, 0)


# --- newer than this program
def make_newer(sessions: Sessions) -> None:
    with closing(unlock(sessions)) as workspace, closing(connect(workspace.profile.path, workspace.profile.key)) as c:
        c.execute("UPDATE alembic_version SET version_num = '9999'")


def test_a_newer_file_is_not_exchanged_for_an_older_copy(sessions: Sessions, file: Path) -> None:
    lost = root_of(sessions, "sync_run")
    make_newer(sessions)
    (known,) = sessions.list()
    before = file.read_bytes()
    with pytest.raises(TooNew):
        sessions.unlock(known.id)
    with pytest.raises(TooNew):
        sessions.profiles.restore_newest_good(known.id)
    assert file.read_bytes() == before
    spoiled = overwrite(file, lost)
    (file.parent / "open").touch()
    with pytest.raises(TooNew):
        sessions.unlock(known.id)
    assert file.read_bytes() == spoiled
    assert damaged_folders(file) == []


def test_nor_for_a_newer_copy(sessions: Sessions, file: Path, clock: FakeClock) -> None:
    make_newer(sessions)
    (known,) = sessions.list()
    clock.advance(ms=1000)
    with sessions.profiles.open(known.id) as opened:
        opened.back_up()
    spoiled = overwrite(file, 1, 2)
    with pytest.raises(TooNew):
        sessions.unlock(known.id)
    assert file.read_bytes() == spoiled
    assert damaged_folders(file) == []
