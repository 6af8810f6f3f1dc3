"""Notes in files: Markdown that reads back as it was, and PDFs in every script."""

from __future__ import annotations

import re
from datetime import timedelta, timezone
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms_core.content.faces import pieces_of, register, width_of
from lms_core.errors import StorageError, UserError
from lms_core.learning.anchors import Spot, write_spot
from lms_core.learning.model import Bookmark, Note
from lms_core.learning.notes_file import by_course, in_order, read_markdown, to_markdown
from lms_core.learning.notes_paper import paragraphs, wrapped, write_pdf

AT = 1_767_600_000_000
TITLES = {"c": "Between the tides", "w": "Waves", "s": "Shells"}
WIND = Note("1", "c", "w", "Ask *why*.\n\n- twice", "Wind makes\nwaves.", "Far out ", " and foam", 8, "", "mint",
            ("sea", "foam"), True, AT, AT + 5)  # fmt: skip
FILM = Note("2", "c", "s", "The crab", anchor=write_spot(Spot(at_s=83.5)), is_private=False, created_at=AT)
LOOSE = Note("3", None, None, "<!-- note {} -->\n\n# A heading\n> a quote\n\\<!-- escaped", created_at=AT)
MARK = Bookmark("4", "c", "s", write_spot(Spot(page=4, quote="Foam")), "Foam -- and [spray]", AT)
ALL = (LOOSE, MARK, FILM, WIND)


def test_markdown_says_by_course_and_lesson_what_was_noted() -> None:
    text = to_markdown(ALL, TITLES, zone=timezone(timedelta(hours=-9)))
    seen = re.sub(r"<!-- .* -->\n+", "", text)
    assert seen.startswith("# Between the tides\n\n## Waves\n\n> Wind makes\n> waves.\n\nAsk *why*.\n\n- twice\n\n")
    assert "\n## Shells\n\nThe crab\n\n[Shells](lesson:s) · 2026-01-04 · 1:23\n\n" in seen, "as the course has them"
    assert "[Waves](lesson:w) · 2026-01-04 · mint · #sea · #foam\n" in seen
    assert "- Foam -- and \\[spray\\] · 2026-01-04" in seen


def test_what_was_written_reads_back() -> None:
    text = to_markdown(ALL, TITLES)
    assert read_markdown(text) == in_order(ALL, TITLES)
    added = text.replace("## Waves", "## Waves\n\nI wrote here by hand.\n")
    assert read_markdown(added) == in_order(ALL, TITLES)
    assert read_markdown('# Somebody else\'s\n<!-- note {} -->\n<!-- lesson {"x":1} -->') == []


words = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\r"), max_size=60)
texts = st.lists(st.one_of(words, st.sampled_from(["<!-- note {} -->", "> q", "# h", "\\<!-- x", ""])), max_size=5).map(
    "\n".join
)
notes = st.builds(
    Note, id=words, course_id=st.sampled_from([None, "c", "d"]), lesson_id=st.sampled_from([None, "w"]), body=texts,
    quote=texts, before=words, after=words, start=st.none() | st.integers(0, 1 << 40), anchor=words,
    colour=st.sampled_from(["", "sky"]), tags=st.lists(words, max_size=3).map(tuple), is_private=st.booleans(),
    created_at=st.integers(0, AT),
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(st.lists(notes, max_size=4))
def test_any_notes_read_back(kept: list[Note]) -> None:
    assert read_markdown(to_markdown(kept, TITLES)) == in_order(kept, TITLES)


def test_each_course_gets_a_file_that_can_be_named() -> None:
    titles = {"a": "Sea/shore: 1?", "b": "Sea/shore: 1!", "c": "...", "d": "  "}
    kept = [Note(str(n), course, None, "x", created_at=AT) for n, course in enumerate(["a", "b", "c", "d", None])]
    files = by_course(kept, titles)
    assert sorted(files) == ["Seashore 1 (2).md", "Seashore 1.md", "notes (2).md", "notes (3).md", "notes.md"]
    assert [len(read_markdown(text)) for text in files.values()] == [1] * 5


# --- PDF
def test_a_pdf_holds_many_notes_in_any_script(tmp_path: Path) -> None:
    arabic = Note("5", "c", "w", "اسأل (مرتين) عن 12 موجة", "الريح تصنع الأمواج", colour="sky", created_at=AT)
    many = [msgspec.structs.replace(WIND, id=str(n)) for n in range(60)]
    pages = write_pdf(tmp_path / "notes.pdf", [*ALL, arabic, *many], TITLES)
    body = (tmp_path / "notes.pdf").read_bytes()
    assert body.startswith(b"%PDF")
    assert pages == len(re.findall(rb"/Type /Page\b", body)) > 4
    for font in (b"IBMPlexSansArabic", b"SourceSerif4", b"Inter"):
        assert font in body
    assert [each.name for each in tmp_path.iterdir()] == ["notes.pdf"]


def test_a_pdf_tells_how_far_it_is_and_stops_when_told(tmp_path: Path) -> None:
    many = [msgspec.structs.replace(WIND, id=str(n)) for n in range(200)]
    told: list[tuple[int, int, str]] = []

    def progress(done: int, total: int, name: str) -> bool:
        told.append((done, total, name))
        return done < 100

    with pytest.raises(UserError, match="Stopped"):
        write_pdf(tmp_path / "notes.pdf", many, TITLES, progress=progress)
    assert told == [(0, 200, "Waves"), (50, 200, "Waves"), (100, 200, "Waves")]
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(StorageError, match="cannot be opened or written"):
        write_pdf(tmp_path / "no" / "notes.pdf", many, TITLES)


def test_lines_fit_their_column_and_marks_are_left_out() -> None:
    register()
    text = "tide " * 40 + "x" * 400 + " الأمواج" * 20
    lines = [*wrapped(text, "sans", 9.5, 200)]
    assert all(width_of(pieces_of(line, "sans"), 9.5) <= 201 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert [*paragraphs("Ask *why*.\n\n- `twice`\n\n---\n# Now")] == ["Ask why.", "• twice", "Now"]
