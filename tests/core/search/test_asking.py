"""What is meant is found: slips, facets with counts, ranking, suggestions, and nothing that may not be read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lms_core.content.model import (
    AssessmentDoc,
    Caption,
    ContentItem,
    CourseDocument,
    LessonDoc,
    ModuleDoc,
    OptionDoc,
    QuestionDoc,
    ResourceDoc,
)
from lms_core.content.pack import build_pack, pack_name
from lms_core.courses.entities import COURSE_CARD
from lms_core.learning.entities import ENROLLMENT
from lms_core.search.model import Answer, Counts, Question
from lms_core.workspace import Workspace
from tests.told import tell

PDF, WORDS = "a" * 64, "b" * 64


def install(workspace: Workspace, course: str, *lessons: LessonDoc, **settings: Any) -> None:
    document = CourseDocument(
        course, "1.0", f"Course {course}", modules=(ModuleDoc("m", "One", "", lessons),), **settings
    )
    body = build_pack(document)
    workspace.media.put(body)
    workspace.installed.install_pack(pack_name(body), body)


def card(workspace: Workspace, course: str, **values: Any) -> None:
    tell(workspace, "course_card", COURSE_CARD.id_for(course), course_id=course, is_published=True, **values)


def ask(workspace: Workspace, typed: str, **wanted: tuple[str, ...]) -> Answer:
    while workspace.search.catch_up():
        pass
    return workspace.search.ask(Question(typed, wanted))


def found(answer: Answer) -> list[tuple[str, str]]:
    return [(hit.kind, hit.title) for hit in answer.hits]


@pytest.mark.parametrize("typed", ["esturay", "estury", "estuarry", "stuary", "estuarie", "Ésturay"])
def test_a_slip_of_the_finger_is_understood(workspace: Workspace, typed: str) -> None:
    install(
        workspace, "c", LessonDoc("l1", "Where rivers end", body="An estuary is a river's mouth; estuaries are many.")
    )
    answer = ask(workspace, typed + " ")
    assert (found(answer), answer.is_corrected) == ([("lesson", "Where rivers end")], True)
    assert answer.meant in ("estuary", "estuaries")
    assert ("estuary", True) in answer.hits[0].excerpt or ("estuaries", True) in answer.hits[0].excerpt


def test_a_slip_in_a_word_that_is_being_typed(workspace: Workspace) -> None:
    install(workspace, "c", LessonDoc("l1", "Where rivers end", body="An estuary."))
    assert ask(workspace, "rivers estaur").meant == "rivers estuary"
    assert ask(workspace, "rivers estu").meant == ""
    assert ask(workspace, "qqqqqqqq").hits == ()


def test_words_written_since_are_not_taken_for_slips(workspace: Workspace) -> None:
    install(workspace, "c", LessonDoc("l1", "Waves", body="A breaker."))
    assert ask(workspace, "braker ").meant == "breaker"
    workspace.notes.add("The braker stands on the beach.")
    answer = ask(workspace, "braker ")
    assert (answer.is_corrected, [hit.kind for hit in answer.hits]) == (False, ["note"])


def test_facets_are_counted_and_combined(workspace: Workspace) -> None:
    install(workspace, "c", LessonDoc("l1", "Tide one"), LessonDoc("l2", "Tide two"), category="Nature", tags=("sea",))
    install(workspace, "d", LessonDoc("l3", "Tide three"), category="Physics", level="advanced")
    workspace.notes.add("A tide of my own.", lesson="l3", tags=["sea", "mine"])
    counts = workspace.search.count(Question("tide"))
    assert counts.total == 4
    assert dict(counts.values["kind"]) == {"lesson": 3, "note": 1}
    assert dict(counts.values["category"]) == {"Nature": 2, "Physics": 1}
    assert dict(counts.values["tag"]) == {"sea": 3, "mine": 1}
    assert dict(counts.values["course"]) == {"c": 2, "d": 2}
    narrowed = workspace.search.count(Question("tide", {"category": ("Nature",)}))
    assert (narrowed.total, dict(narrowed.values["category"])) == (2, {"Nature": 2, "Physics": 1})
    assert dict(narrowed.values["course"]) == {"c": 2}
    assert found(ask(workspace, "tide", category=("Physics",))) == [("lesson", "Tide three")]
    assert len(found(ask(workspace, "tide", category=("Physics", "Nature")))) == 3
    assert found(ask(workspace, "tide", tag=("sea",), kind=("note",))) == [("note", "A tide of my own.")]
    assert found(ask(workspace, "tide", tag=("sea",), level=("advanced",))) == []
    assert workspace.search.count(Question("")) == Counts()


def test_resources_are_narrowed_by_type(workspace: Workspace) -> None:  # SRC-06
    kinds = {"Tide table": "dataset", "Tide film": "video", "Ebb film": "video", "Tides elsewhere": "link"}
    given = tuple(ResourceDoc(id=title, title=title, kind=kind) for title, kind in kinds.items())
    install(workspace, "c", LessonDoc("l1", "Tides", resources=given), category="Nature")
    workspace.notes.add("A video of the tide.")
    assert set(found(ask(workspace, "tide", type=("video",)))) == {("resource", "Tide film")}
    assert {title for _, title in found(ask(workspace, "tide", type=("dataset", "link")))} == {
        "Tide table", "Tides elsewhere",
    }  # fmt: skip
    assert dict(workspace.search.count(Question("tide")).values["type"]) == {"dataset": 1, "link": 1, "video": 1}
    assert dict(workspace.search.count(Question("film")).values["type"]) == {"video": 2}
    narrowed = workspace.search.count(Question("tide", {"type": ("link",)}))
    assert (narrowed.total, len(narrowed.values["type"]), dict(narrowed.values["category"])) == (1, 3, {"Nature": 1})
    assert found(ask(workspace, "tide", type=("link",), kind=("note",))) == []


def test_what_was_counted_once_is_not_read_again(workspace: Workspace) -> None:  # PRF-02, PRF-07
    def told(typed: str) -> tuple[int, int, bool]:
        said: list[str] = []
        with workspace.work() as unit:
            driver: Any = unit.conn.connection.driver_connection
            driver.set_trace_callback(said.append)
            counts = workspace.search.count(Question(typed))
            driver.set_trace_callback(None)
        read = sum("FROM search_group" in sql for sql in said)
        return counts.total, read, any('"*' in sql for sql in said)

    for course in "cd":
        install(workspace, course, LessonDoc(f"l{course}", "Tide tables"), LessonDoc(f"k{course}", "Ebb tides"))
    assert ask(workspace, "tide").hits
    assert told("tides") == (2, 1, False), "no beginning is merged"
    assert told("tide") == (4, 0, False)
    install(workspace, "e", LessonDoc("le", "High tide"))
    assert [told("tide"), told("tide")] == [(5, 1, False), (5, 0, False)]


def test_popular_and_well_rated_courses_come_first(workspace: Workspace) -> None:
    for name, enrolled, rating in (("a", 0, 0.0), ("b", 900, 4.8), ("c", 900, 2.0), ("d", 5, 0.0)):
        card(workspace, name, title=f"Tides {name}", enrolled=enrolled, avg_rating=rating)
    assert [title for _, title in found(ask(workspace, "tides"))] == ["Tides b", "Tides c", "Tides d", "Tides a"]


def test_late_notes_come_first(workspace: Workspace, clock: Any) -> None:
    for words in ("an early tide", "an ebb or tide later"):
        workspace.notes.add(words)
        clock.advance(timedelta(days=300))
    assert [title for _, title in found(ask(workspace, "tide"))] == ["an ebb or tide later", "an early tide"]


def test_only_what_the_person_is_served_is_found(workspace: Workspace) -> None:
    row = ENROLLMENT.id_for(workspace.account, "c")
    lesson = LessonDoc(
        "l1", "Waves", body="secret words", registered="a taste", transcript="spoken words",
        items=(ContentItem(id="i", kind="text", body="more words"),),
        resources=(ResourceDoc(id="r", title="The words sheet"),),
    )  # fmt: skip
    install(workspace, "c", lesson, LessonDoc("l2", "Free", body="free words", preview=True))
    tell(workspace, "enrollment", row, user_id=workspace.account, course_id="c", status="active")
    assert {title for _, title in found(ask(workspace, "words"))} == {"Waves", "The words sheet", "Free"}
    assert found(ask(workspace, "taste")) == []
    tell(workspace, "enrollment", row, user_id=workspace.account, course_id="c", status="dropped")
    assert found(ask(workspace, "words")) == [("lesson", "Free")]
    assert [found(ask(workspace, words)) for words in ("secret", "spoken", "sheet")] == [[], [], []]
    assert found(ask(workspace, "taste")) == [("lesson", "Waves")]


def test_premium_files_are_found_and_shown_by_those_who_get_them(workspace: Workspace) -> None:  # RES-04
    lesson = LessonDoc(
        "l1", "Shore", resources=(ResourceDoc(id="r", title="Sheet"), ResourceDoc(id="p", title="Sheet+", premium=True))
    )
    install(workspace, "c", lesson)
    assert {title for _, title in found(ask(workspace, "sheet"))} == {"Sheet", "Sheet+"}, "it is one's own"
    card(workspace, "c", title="Course c")
    row, me = ENROLLMENT.id_for(workspace.account, "c"), workspace.account
    for paid, titles in (("free", ["Sheet"]), ("paid", ["Sheet", "Sheet+"])):
        told = {"user_id": me, "course_id": "c", "status": "active", "payment_status": paid}
        tell(workspace, "enrollment", row, **told)
        assert sorted(title for _, title in found(ask(workspace, "sheet"))) == titles
        assert [each.title for each in workspace.downloads.given("c", lesson).resources] == titles


def test_words_of_files_are_found_where_they_stand(workspace: Workspace) -> None:
    items = (
        ContentItem(id="v", kind="video", title="The bay", captions=(Caption("en", WORDS),)),
        ContentItem(id="p", kind="pdf", title="Field guide", media=PDF),
    )
    install(workspace, "c", LessonDoc("l1", "Shore", items=items))
    index = workspace.search.index
    with workspace.work() as unit:
        assert index.unread(unit) == {WORDS: "video", PDF: "page"}
        index.read(unit, WORDS, [(0, "We begin."), (75, "Here a limpet clings.")])
        index.read(unit, PDF, [(1, "Contents"), (7, "The limpet and its shell")])
        assert index.unread(unit) == {}
    places = {(hit.kind, hit.title, hit.place) for hit in ask(workspace, "limpet").hits}
    assert places == {("video", "The bay", "75"), ("page", "Field guide", "7")}
    with workspace.work() as unit:
        index.read(unit, PDF, [])
    workspace.installed.remove("c")
    assert ask(workspace, "limpet").hits == ()


def test_bookmarks_and_resources_are_found(workspace: Workspace) -> None:
    sheet = ResourceDoc(id="r", title="Tide table", kind="dataset", description="Heights of a **year**.")
    install(workspace, "c", LessonDoc("l1", "Shore", resources=(sheet,)))
    workspace.notes.add_bookmark("l1", anchor="12", title="Where the table begins")
    assert set(found(ask(workspace, "table"))) == {("resource", "Tide table"), ("bookmark", "Where the table begins")}
    assert [hit.place for hit in ask(workspace, "table", kind=("bookmark",)).hits] == ["12"]
    assert found(ask(workspace, "dataset year")) == [("resource", "Tide table")]


def test_questions_of_own_drafts_are_found(workspace: Workspace) -> None:  # SRC-06
    courses = workspace.courses
    course = courses.create_course("Shells")
    lesson = courses.add_lesson(courses.add_module(course, "One"), "Quiz", kind="quiz")
    quiz = courses.ensure_assessment(lesson)
    question = courses.add_question(quiz, text="What holds a **limpet**?", options=["Suction", "Glue"], correct=[0])
    (hit,) = ask(workspace, "limpet suction").hits
    assert (hit.kind, hit.key, hit.course_id, hit.lesson_id) == ("question", question, course, lesson)
    assert found(ask(workspace, "glue", kind=("question",))) == [("question", "What holds a limpet?")]
    courses.trash(question)
    assert ask(workspace, "limpet").hits == ()


def test_own_answers_are_found_while_their_course_is_here(workspace: Workspace) -> None:
    options = (OptionDoc("o1", "Suction"), OptionDoc("o2", "Glue"))
    question = QuestionDoc("q1", "single", "What holds a **limpet**?", options=options)
    asks = AssessmentDoc("a1", "Shells", "practice", questions=(question,))
    quiz = LessonDoc("l1", "Shells", kind="quiz", assessment=asks)
    install(workspace, "c", quiz, tags=("shore",))
    taking = workspace.assessment
    for chosen in ("o1", "o2"):
        taking.start("l1")
        taking.answer("l1", "q1", [chosen])
        assert ask(workspace, "glue", kind=("answer",)).hits == (), "not before it is handed in"
        taking.submit("l1")
    (hit,) = ask(workspace, "limpet glue", kind=("answer",), tag=("shore",)).hits
    assert (hit.title, hit.course_id, hit.lesson_id) == ("What holds a limpet?", "c", "l1")
    assert ask(workspace, "suction", kind=("answer",)).hits == (), "the last answer counts"
    install(workspace, "c", LessonDoc("l1", "Shells", body="No questions any more."))
    assert ask(workspace, "glue").hits == ()
    install(workspace, "c", quiz)
    assert found(ask(workspace, "glue")) == [("answer", "What holds a limpet?")]
    workspace.installed.remove("c")
    assert ask(workspace, "glue").hits == ()


def test_own_cards_are_found(workspace: Workspace) -> None:
    card = workspace.review.add("What holds a **limpet**?", "Its foot", tags=["shore"])
    (hit,) = ask(workspace, "foot").hits
    assert (hit.kind, hit.key, hit.title) == ("card", card, "What holds a limpet?")
    assert found(ask(workspace, "limpet", tag=("shore",), kind=("card",))) == [("card", "What holds a limpet?")]
    workspace.review.edit(card, front="What holds a **limpet**?", back="Its muscle")
    assert ask(workspace, "foot").hits == ()
    workspace.review.change(card, removed=True)
    assert ask(workspace, "limpet").hits == ()


def test_suggestions_are_earlier_searches_titles_and_words(workspace: Workspace) -> None:
    install(workspace, "c", LessonDoc("l1", "Tidal pools", body="The tideline."))
    search = workspace.search
    for typed in ("tide tables", "crabs", "Tide  Tables"):
        search.remember(typed)
    while search.warm_up():
        pass
    assert search.past() == ["Tide Tables", "crabs"]
    assert [(s.text, s.source) for s in search.suggest("tid")] == [
        ("Tide Tables", "past"), ("Tidal pools", "title"), ("tidal", "word"), ("tideline", "word"),
    ]  # fmt: skip
    assert [s.text for s in search.suggest("")] == ["Tide Tables", "crabs"]
    assert ("the tideline", "word") in [(s.text, s.source) for s in search.suggest("the tidel")]
    search.forget_past()
    assert search.past() == []


def test_results_are_ordered_as_wanted(workspace: Workspace) -> None:
    for name, at in (("b", 5), ("a", 9), ("c", 1)):
        card(workspace, name, title=f"Tide {name}", published_at=at)
    order = {
        sort: [hit.title[-1] for hit in workspace.search.ask(Question("tide", sort=sort)).hits]
        for sort in ("title", "newest")
    }
    assert order == {"title": ["a", "b", "c"], "newest": ["a", "b", "c"]}
