"""Captions as people write them: whole, odd, damaged, hostile."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_core.media.captions import MAX_CUES, Captions, Cue, from_transcript, parse, to_srt, to_vtt

VTT = """WEBVTT - Weighing limpets

STYLE
::cue { color: yellow }

NOTE two people talk

intro
00:01.000 --> 00:04.250 align:start position:10%
<v.loud Amara Osei>Twelve <i>limpets</i>,
one <b>scale</b> &amp; rain.

1:00:02.5 --> 1:00:03
<c.shout>¿Qué</c> <00:01:00.000>pesa?
"""
SRT = (
    "\ufeff1\r\n00:00:01,000 --> 00:00:02,500\r\n{\\an8}<font color=red>First</font>\r\n\r\n"
    "2\r\n0:0:2,0 --> 0:0:4,000\r\nSecond\r\n"
)


def test_webvtt_with_settings_voices_tags_notes_and_hours_that_are_there_or_not() -> None:
    read = parse(VTT.encode())
    assert read == Captions(
        (Cue(1.0, 4.25, "Twelve limpets,\none scale & rain.", "Amara Osei"), Cue(3602.5, 3603.0, "¿Qué pesa?")), 0
    )


def test_srt_with_a_byte_order_mark_and_line_ends_of_windows() -> None:
    assert parse(SRT.encode()).cues == (Cue(1.0, 2.5, "First"), Cue(2.0, 4.0, "Second"))


@pytest.mark.parametrize("code", ["utf-16", "latin-1", "utf-8-sig"])
def test_other_codes_are_read(code: str) -> None:
    assert parse("1\n00:01,0 --> 00:02,0\nGrüße".encode(code)).cues == (Cue(1.0, 2.0, "Grüße"),)


def test_damaged_blocks_are_left_out_and_counted() -> None:
    text = (
        "WEBVTT\n\n00:05.000 --> 00:02.000\nends before it begins\n\n00:xx --> 00:03.000\nno time\n\n"
        "00:01.000 --> 00:02.000\n\n\n00:06.000 --> 00:07.000\nwhole\n\njust words\n\n00:08.000 -> 00:09.000\narrow"
    )
    assert parse(text.encode()) == Captions((Cue(6.0, 7.0, "whole"),), 5)


def test_cues_whose_blank_lines_were_lost_are_still_apart() -> None:
    text = "1\n00:01,000 --> 00:02,000\none\n2\n00:03,000 --> 00:04,000\ntwo"
    assert parse(text.encode()).cues == (Cue(1.0, 2.0, "one"), Cue(3.0, 4.0, "two"))


def test_cues_that_overlap_are_all_seen_and_in_the_order_of_their_start() -> None:
    text = "WEBVTT\n\n00:03.000 --> 00:05.000\nlater\n\n00:01.000 --> 00:04.000\nearlier"
    read = parse(text.encode())
    assert [cue.text for cue in read.at(3.5)] == ["earlier", "later"]
    assert [cue.text for cue in read.at(4.0)] == ["later"]
    assert read.at(9) == ()


def test_the_line_of_a_time_is_the_last_that_has_begun() -> None:
    read = Captions((Cue(1, 2, "a"), Cue(3, 4, "b"), Cue(3, 5, "c")))
    assert [read.line_at(s) for s in (0, 1, 2.5, 3, 99)] == [-1, 0, 0, 2, 2]


def test_words_are_found_whatever_their_case_and_accents() -> None:
    read = Captions((Cue(0, 1, "Wie groß ist der Fehler?"), Cue(1, 2, "¿Cuánto pesa?"), Cue(2, 3, "nada")))
    assert read.find("GROSS fehler") == (0,)
    assert read.find("cuanto") == (1,)
    assert read.find("  ") == () == read.find("missing")


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\xff\xfe", b"\x00" * 900, b"-->" * 5000, b"WEBVTT", b"\n" * 9000, b"<" * 50_000,
        b"00:01.000 --> 99999999999999:00.000\nx", b"\xf0\x9f" * 400,
        b"1\n00:00:01,000 --> 00:00:02,000\n" + b"<i" * 20_000,
        b"9" * 100_000 + b":00 --> 00:01\nx",
    ],
)  # fmt: skip
def test_hostile_bytes_are_no_error(data: bytes) -> None:
    assert all(cue.start < cue.end and cue.text for cue in parse(data).cues)


def test_what_turns_or_hides_text_is_taken_out() -> None:
    read = parse(b"00:01.000 --> 00:02.000\n<script>alert(1)</script>\xe2\x80\xaeevil\x07 &#8238;x")
    assert read.cues[0].text == "alert(1)evil x"


def test_a_flood_of_cues_is_cut() -> None:
    flood = "\n\n".join(f"00:{n % 60:02}.000 --> 01:00.000\nx" for n in range(MAX_CUES + 50))
    assert len(parse(flood.encode()).cues) == MAX_CUES


@pytest.mark.parametrize("piece", ["<v a", "<v.", "<v ", "</", "{\\", "\n \n", "-->", "&amp"])
def test_a_file_made_to_take_long_is_read_at_once(piece: str) -> None:
    began = time.process_time()
    parse(f"WEBVTT\n\n00:01.000 --> 00:02.000\nHi {piece * 200_000}\n".encode())
    assert time.process_time() - began < 5


def test_a_transcript_is_lines_without_blank_ones() -> None:
    assert from_transcript("  One  line.\n\n\tTwo.\n") == ("One line.", "Two.")


words = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=30)
lines = st.lists(words, min_size=1, max_size=3).map("\n".join)
times = st.integers(0, 36_000_000).map(lambda ms: ms / 1000)
cues = st.builds(
    lambda start, span, text, voice: Cue(start, round(start + span, 3), text, voice),
    times,
    st.integers(1, 60_000).map(lambda ms: ms / 1000),
    lines,
    st.sampled_from(("", "Amara", "Jonas B.")),
)


@given(st.lists(cues, max_size=12))
def test_what_is_written_is_read_again(made: list[Cue]) -> None:
    expected = tuple(sorted(made, key=lambda cue: (cue.start, cue.end)))
    assert parse(to_vtt(made).encode()) == Captions(expected, 0)
    voiceless = tuple(Cue(cue.start, cue.end, cue.text) for cue in expected)
    assert parse(to_srt(made).encode()) == Captions(voiceless, 0)


@given(st.binary(max_size=400))
def test_any_bytes_are_read(data: bytes) -> None:
    read = parse(data)
    assert read.damaged >= 0
    assert all(0 <= cue.start < cue.end for cue in read.cues)
