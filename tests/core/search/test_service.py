"""Everything on this machine is found as soon as it is there, and no longer than that."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms_core.content.model import AssessmentDoc, CourseDocument, LessonDoc, ModuleDoc, QuestionDoc, ResourceDoc
from lms_core.content.pack import build_pack, pack_name
from lms_core.courses import entities as e
from lms_core.db.rows import VISIBLE
from lms_core.db.visible import fingerprint
from lms_core.entities import SCHEMA
from lms_core.search.index import AT_ONCE, BULK
from lms_core.search.model import FACETS, Kind, Question
from lms_core.search.tables import WORDS
from lms_core.workspace import Workspace
from tests.fakes import FakeClock, MemorySecrets
from tests.told import new_workspace, tell


def install(workspace: Workspace, course: str, *lessons: LessonDoc, version: str = "1.0") -> None:
    document = CourseDocument(course, version, f"Course {course}", modules=(ModuleDoc("m", "One", "", lessons),))
    body = build_pack(document)
    workspace.media.put(body)
    workspace.installed.install_pack(pack_name(body), body)


def keys(workspace: Workspace, words: str, *kinds: Kind, limit: int = 30) -> list[str]:
    return [f"{h.kind}:{h.key}" for h in workspace.search.find(words, kinds=kinds, limit=limit)]


def test_lessons_follow_their_course(workspace: Workspace) -> None:
    quiz = AssessmentDoc("a", "Quiz", questions=(QuestionDoc("q", "single", "How salty is the *brine*?"),))
    install(
        workspace,
        "c",
        LessonDoc("l1", "Waves", body="The **wind** makes waves."),
        LessonDoc("l2", "Quiz", "quiz", assessment=quiz),
    )
    assert keys(workspace, "wind") == ["lesson:l1"]
    assert keys(workspace, "brine") == ["lesson:l2"]
    (hit,) = workspace.search.find("win")
    assert (hit.title, hit.course_title, hit.course_id, hit.lesson_id) == ("Waves", "Course c", "c", "l1")
    assert hit.excerpt == (("The ", False), ("wind", True), (" makes waves", False))
    install(workspace, "c", LessonDoc("l1", "Waves", body="The moon makes tides."), version="2.0")
    assert [keys(workspace, words) for words in ("wind", "brine", "moon")] == [[], [], ["lesson:l1"]]
    workspace.installed.remove("c")
    assert keys(workspace, "moon") == []


def test_notes_and_cards_follow_their_rows(workspace: Workspace) -> None:
    note = workspace.notes.add("Ask about limpets.")
    assert keys(workspace, "limp") == [f"note:{note}"]
    workspace.notes.edit(note, base="Ask about limpets.", body="Ask about crabs.")
    assert [keys(workspace, words) for words in ("limpets", "crabs")] == [[], [f"note:{note}"]]
    card = e.COURSE_CARD.id_for("c")
    tell(
        workspace,
        "course_card",
        card,
        course_id="c",
        title="Tides",
        objectives=["Read a tide table"],
        is_published=True,
    )
    assert keys(workspace, "table") == [f"course:{card}"]
    workspace.notes.delete(note)
    assert keys(workspace, "crabs") == []
    with workspace.work() as unit:
        touched = unit.tx.drop_scope(f"account/{workspace.account}")
        unit.engine.refold(unit.tx, touched)
    assert keys(workspace, "table") == []


def test_memos_follow_the_progress_of_their_lesson(workspace: Workspace) -> None:  # PRG-01, SRC-01
    install(workspace, "c", LessonDoc("l1", "Waves", body="The wind makes waves."))
    workspace.learning.open_lesson("l1")
    written = workspace.search.index.written
    workspace.learning.record_position("l1", percent=50, place={"at": 1})
    assert workspace.search.index.written == written, "without a memo there is nothing to index"
    workspace.learning.write_memo("l1", "Limpets hold on.")
    (hit,) = workspace.search.find("limpets")
    assert (hit.kind, hit.course_id, hit.lesson_id, hit.title, hit.place) == (
        "note", "c", "l1", "Limpets hold on.", "memo",
    )  # fmt: skip
    workspace.learning.write_memo("l1", "Crabs let go.")
    assert [len(keys(workspace, words)) for words in ("limpets", "crabs")] == [0, 1]
    workspace.learning.write_memo("l1", "Crabs <let go>.\n1. at ebb")
    (hit,) = workspace.search.find("let go 1")
    assert (hit.title, [text for text, found in hit.excerpt if found]) == (
        "Crabs <let go>. 1. at ebb",
        ["let", "go", "1"],
    )
    written = workspace.search.index.written
    workspace.learning.record_position("l1", percent=60, place={"at": 2})
    workspace.learning.complete("l1")
    assert workspace.search.index.written == written, "its memo is as it was"
    workspace.learning.write_memo("l1", " \n ")
    assert keys(workspace, "crabs") == []
    with workspace.work() as unit:
        found = unit.conn.exec_driver_sql("SELECT key FROM search_doc WHERE key LIKE 'memo:%'").all()
    assert found == [], "blanks are no memo"


def test_one_kind_is_found_among_many_others(workspace: Workspace) -> None:
    note = workspace.notes.add("waves")
    install(workspace, "c", *(LessonDoc(f"l{n}", f"waves {n}", body="waves and waves") for n in range(50)))
    assert keys(workspace, "waves", "note", limit=5) == [f"note:{note}"]
    assert len(keys(workspace, "waves", "lesson", "note", limit=60)) == 51
    assert len(keys(workspace, "waves", "lesson", limit=60)) == 50
    assert len(keys(workspace, "waves", "lesson", "note", "course", limit=60)) == 51
    assert len(keys(workspace, "waves", limit=5)) == 5
    assert keys(workspace, "waves -and", "note") == [f"note:{note}"]
    assert keys(workspace, "note") == keys(workspace, "lesson") == []


@pytest.mark.parametrize(
    "words", ["", "  ", "-", '"', "*", "(", "a AND", "-only", "\ue000note", "x\0y", "title:", "NEAR("]
)
def test_whatever_is_typed_is_no_error(workspace: Workspace, words: str) -> None:
    workspace.notes.add("Ask about limpets.")
    assert keys(workspace, words) == keys(workspace, words, "note") == []


def test_the_index_is_made_again_with_the_tables(tmp_path: Path, clock: FakeClock) -> None:
    secrets = MemorySecrets()
    workspace = new_workspace(tmp_path, clock=clock, secrets=secrets)
    note = workspace.notes.add("Ask about limpets.")
    install(workspace, "c", LessonDoc("l1", "Waves", body="Wind."))
    with workspace.work() as unit:
        unit.conn.exec_driver_sql("DELETE FROM visible_schema")
    owner, info = workspace.profile._owner, workspace.profile.info
    workspace.close()
    again = Workspace(owner.open(info.id), secrets=secrets, clock=clock)
    assert [keys(again, words) for words in ("limpets", "wind")] == [[f"note:{note}"], ["lesson:l1"]]
    again.close()


def test_the_index_is_made_again_with_other_facets(tmp_path: Path, clock: FakeClock) -> None:
    secrets = MemorySecrets()
    workspace = new_workspace(tmp_path, clock=clock, secrets=secrets)
    install(workspace, "c", LessonDoc("l1", "Waves", resources=(ResourceDoc(id="r", title="Wave table"),)))
    assert keys(workspace, "table") == ["resource:r"]
    with workspace.work() as unit:  # as programs left it that knew no types
        before = fingerprint(VISIBLE, salt=str(SCHEMA.version))
        unit.conn.exec_driver_sql("UPDATE visible_schema SET fingerprint = ?", (before,))
        unit.conn.exec_driver_sql("""UPDATE search_group SET facets = replace(facets, ',"type":["document"]', '')""")
    assert workspace.search.count(Question("table")).values["type"] == ()
    owner, info = workspace.profile._owner, workspace.profile.info
    workspace.close()
    again = Workspace(owner.open(info.id), secrets=secrets, clock=clock)
    assert keys(again, "table") == ["resource:r"]
    assert again.search.count(Question("table")).values["type"] == (("document", 1),)
    again.close()


def test_an_index_without_emoji_is_made_again(tmp_path: Path, clock: FakeClock) -> None:  # SRC-03
    secrets = MemorySecrets()
    workspace = new_workspace(tmp_path, clock=clock, secrets=secrets)
    install(workspace, "c", LessonDoc("l1", "Waves", body="They come 🌊 and go."))
    workspace.notes.add("Wear boots 🥾")
    assert keys(workspace, "🌊") == ["lesson:l1"]
    with workspace.work() as unit:  # as programs left it that knew none
        before = fingerprint(VISIBLE, salt=" ".join([str(SCHEMA.version), *FACETS]))
        unit.conn.exec_driver_sql("UPDATE visible_schema SET fingerprint = ?", (before,))
        WORDS.clear(unit.conn)
    owner, info = workspace.profile._owner, workspace.profile.info
    workspace.close()
    again = Workspace(owner.open(info.id), secrets=secrets, clock=clock)
    assert (keys(again, "🌊"), len(keys(again, "🥾"))) == (["lesson:l1"], 1)
    again.close()


def test_what_a_large_sync_brings_is_indexed_in_parts_and_found(workspace: Workspace) -> None:
    with workspace.work():
        notes = [workspace.notes.add(f"tide {n}") for n in range(BULK + 2)]
    workspace.notes.delete(notes[0])
    answer = workspace.search.ask(Question("tide"))
    assert (answer.hits, answer.waiting) == ((), BULK + 2)
    assert workspace.search.catch_up()
    assert len(workspace.search.ask(Question("tide", limit=AT_ONCE + 9)).hits) in (AT_ONCE - 1, AT_ONCE)
    assert not workspace.search.catch_up(60)
    assert workspace.search.ask(Question("tide")).waiting == 0
    assert len(keys(workspace, "tide", limit=9)) == 9
    assert keys(workspace, f"{BULK}") == [f"note:{notes[BULK]}"]


def test_a_search_waits_for_the_index(workspace: Workspace) -> None:
    with workspace.work():
        notes = [workspace.notes.add(f"tide {n}") for n in range(BULK + 1)]
    assert keys(workspace, "999") == [f"note:{notes[999]}"]


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Ask about limpets.", "Ask about limpets."),
        ("limpet " * 20, f"{'limpet ' * 11}".rstrip() + "…"),
        ("limpet" * 20, f"{'limpet' * 20}"[:79] + "…"),
    ],
)
def test_a_title_that_is_cut_says_so(workspace: Workspace, written: str, title: str) -> None:
    workspace.notes.add(written)
    (hit,) = workspace.search.find("limpet")
    assert hit.title == title
