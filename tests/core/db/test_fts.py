"""Search finds what people type, whatever they type."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from lms_core.db.engine import open_sqlite, write
from lms_core.db.fts import CANDIDATES, FullText, parse, snippet

INDEX = FullText("doc_text", ("title", "body"), (8.0, 1.0))
DOCS = [
    (1, "Photosynthesis", "Plants turn light into sugar. Chlorophyll is green."),
    (2, "Crème brûlée", "Burn the sugar with a torch; the café closes at six."),
    (3, "Light and sugar", "An essay about a well-known e-mail."),
    (4, "光合作用", "植物把光变成糖"),
    (5, "The shore 🌊", "Come at low tide🐚🦀 and bring a 👩🏽\u200d🔬 who is ☀️ proof, at 20°."),
]


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    opened = open_sqlite(tmp_path_factory.mktemp("fts") / "data.db")
    with write(opened) as conn:
        INDEX.create(conn)
        INDEX.create(conn)
        INDEX.put(conn, DOCS)
    yield opened
    opened.dispose()


def find(engine, typed: str) -> list[int]:
    query = parse(typed)
    if query is None:
        return []
    with write(engine) as conn:
        return [hit.rowid for hit in INDEX.search(conn, query)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("sugar", [3, 2, 1]),
        ("chlorophyll ", [1]),
        ("CHLORO", [1]),
        ("chloro ", []),
        ("creme brulee", [2]),
        ("CAFÉ", [2]),
        ("sugar light", [3, 1]),
        ('"light into sugar"', [1]),
        ('"sugar light"', []),
        ('"light into sug', [1]),
        ("sugar -torch", [3, 1]),
        ("-torch", []),
        ("e-mail", [3]),
        ("光", [4]),
        ("🌊", [5]),
        ("🐚", [5]),
        ("🦀 ", [5]),
        ("tide ", [5]),
        ("20 ", [5]),
        ("shore🌊", [5]),
        ("👩🏽\u200d🔬", [5]),
        ("☀", [5]),
        ('"🦀🐚"', []),
        ("tide -🦀", []),
        ("🧪", []),
        ("1f30a", []),
        ("p", []),
        ("title:sugar", []),
        ("sugar AND", [3]),
        ("", []),
        ('"" - * ( ) ^ :', []),
        ("nothing\0like this", []),
    ],
)
def test_find(engine, typed, found):
    assert sorted(find(engine, typed)) == sorted(found)


def test_title_counts_more(engine):
    assert find(engine, "light")[0] == 3


@given(st.text(max_size=60))
def test_nothing_typed_is_an_error(text):
    query = parse(text)
    if query is not None:
        opened = _memory()
        with write(opened) as conn:
            INDEX.search(conn, query)


_kept = []


def _memory():
    """One index in memory for all examples."""
    if not _kept:
        from sqlalchemy import StaticPool, create_engine
        from sqlcipher3 import dbapi2

        _kept.append(create_engine("sqlite://", module=dbapi2, poolclass=StaticPool))
        with write(_kept[0]) as conn:
            INDEX.create(conn)
    return _kept[0]


def test_replace_delete_clear(tmp_path):
    opened = open_sqlite(tmp_path / "data.db")
    with write(opened) as conn:
        INDEX.create(conn)
        INDEX.put(conn, DOCS)
        INDEX.put(conn, [(1, "Respiration", "Oxygen")])
        INDEX.delete(conn, [2, 99])
    assert find(opened, "photosynthesis") == []
    assert find(opened, "oxygen") == [1]
    assert find(opened, "sugar") == [3]
    with write(opened) as conn:
        INDEX.clear(conn)
    assert find(opened, "sugar") == []
    opened.dispose()


def test_old_title_beats_many_new_bodies(tmp_path):
    opened = open_sqlite(tmp_path / "data.db")
    with write(opened) as conn:
        INDEX.create(conn)
        INDEX.put(conn, [(1, "Common words", "")])
        INDEX.put(conn, [(n, "Other", "common " * (n % 5 + 1)) for n in range(2, CANDIDATES + 100)])
    assert find(opened, "common")[0] == 1
    assert len(find(opened, "common")) == CANDIDATES + 1
    opened.dispose()


WORDS = ["tide", "tidal", "tideline", "Gezeiten", "Größe", "großes", "groß", "Ángel", "angelus", "ÁNGELES", "θάλασσα",
         "θαλασσινός", "المدرسة", "المدرسون", "école", "écoles", "tide_table", "2026", "20261"]  # fmt: skip


def asked(engine, query) -> tuple[list[int], list[str]]:
    """The documents of a query, and what was matched for it."""
    said: list[str] = []
    with write(engine) as conn:
        conn.connection.driver_connection.set_trace_callback(said.append)
        hits = [hit.rowid for hit in INDEX.search(conn, query)]
        conn.connection.driver_connection.set_trace_callback(None)
    return hits, [each[1] for sql in said if (each := re.search(r"MATCH '(.*\(.*)' ", sql))]


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    opened = open_sqlite(tmp_path_factory.mktemp("many") / "data.db")
    with write(opened) as conn:
        INDEX.create(conn)
        few = [(n, WORDS[n], f"common {WORDS[-n]}") for n in range(len(WORDS))]
        INDEX.put(conn, [*few, *((1000 + n, "more", f"tidal tide abcd{n % 100:03}") for n in range(2 * CANDIDATES))])
    yield opened
    opened.dispose()


@pytest.mark.parametrize("word", [*WORDS, "tide common", "common -more tide", "-common tidal", "more tidal -abcd002"])
def test_a_beginning_finds_all_words_that_begin_so(many, word):  # SRC-03
    for end in range(2, len(word) + 1):
        query = parse(word[:end])
        if query is not None:
            merged = asked(many, replace(query, open=""))[0]
            assert sorted(asked(many, query)[0]) == sorted(merged), word[:end]
            assert len(merged) <= CANDIDATES or asked(many, query)[0] == merged


@pytest.mark.parametrize(
    "typed", ["tida", "more tida", "gezei", "ánge", "école", "المدر", "2026", "more tide -tideline tida"]
)
def test_a_longer_beginning_is_not_merged(many, typed):  # PRF-02: all that its words occur in would be read
    hits, matched = asked(many, parse(typed))
    assert hits
    assert matched
    assert not [each for each in matched if "*" in each]


def test_a_beginning_of_very_many_words_is_asked_as_one(many):
    hits, matched = asked(many, parse("abcd"))
    assert (len(hits), {each.count("*") for each in matched}) == (CANDIDATES, {1})
    assert asked(many, parse("abcd01"))[1][0].count("OR") == 9


def test_snippet_marks_the_densest_part():
    body = "word " * 50 + "Plants make Sugár here and sugar there " + "word " * 50
    pieces = snippet(body, parse("sugar"), words=12)
    shown = "".join(piece for piece, _ in pieces)
    assert [piece for piece, marked in pieces if marked] == ["Sugár", "sugar"]
    assert shown.startswith("… ")
    assert shown.endswith(" …")


def test_snippet_of_a_long_text_stands_where_most_words_are():
    body = "sugar " + "word " * 2000 + "Plants make sugar " + "word " * 2000
    shown = "".join(piece for piece, _ in snippet(body, parse("plants sugar")))
    assert "Plants make sugar" in shown
    assert (shown[:2], shown[-2:]) == ("… ", " …")
    assert [p for p, marked in snippet("wörd " * 2000 + "Äpfel", parse("apfel")) if marked] == ["Äpfel"]


def test_snippet_marks_emoji():
    pieces = snippet("word " * 500 + "low tide🐚🦀 " + "word " * 500, parse("🦀"))
    assert [piece for piece, marked in pieces if marked] == ["🦀"]


def test_snippet_without_hit_is_the_beginning():
    assert snippet("One two three.", parse("x ")) == [("One two three", False)]
    assert snippet("", parse("x ")) == []


def test_snippet_marks_a_beginning_beside_an_exclusion():
    assert [piece for piece, marked in snippet("green plants", parse("-red pla")) if marked] == ["plants"]
