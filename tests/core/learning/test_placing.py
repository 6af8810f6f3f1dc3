"""Highlights are found where they were made: in a text, or in what stands in windows of its own there."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from lms_core.learning.anchors import Anchor, around, count_letters
from lms_core.learning.placing import Quote, joined, place, units

BESIDE = units(" \n\ufffc")
"""No highlight begins or ends with these."""
MAIN = st.text("ef😀 \n", max_size=30)
PARTS = st.tuples(
    *(st.builds(lambda words, times: words * times, st.text(letters, min_size=1, max_size=12), st.integers(1, 40))
      for letters in ("ab\n", "cd \n"))
)  # fmt: skip


@given(mains=st.tuples(MAIN, MAIN, MAIN), said=PARTS, data=st.data())
def test_any_words_of_a_part_are_found_where_they_were(
    mains: tuple[str, str, str], said: tuple[str, str], data: st.DataObject
) -> None:
    text = "\ufffc".join(mains)
    ends = len(units(mains[0])), len(units(mains[0] + "." + mains[1]))
    key = data.draw(st.integers(0, 1))
    words = said[key]
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    assume(not words[start].isspace() and not words[end - 1].isspace())
    letters = count_letters(words[:start])
    anchor = Anchor(words[start:end], *around(words, start, end), ends[key] + letters)
    parts, within = [("0", ends[0]), ("1", ends[1])], {"0": said[0], "1": said[1]}
    placed = place(text, parts, within, [Quote("n", anchor)])
    assert placed.own == {"n": None}
    (quote,) = placed.within[str(key)]
    assert (quote.anchor.quote, quote.letters) == (words[start:end], letters)
    found = place("\n\n" + words.replace("\n", "\n\n"), [], {}, [quote]).own["n"]
    assert found is not None, "the part finds them in its own document, whose lines are set otherwise"
    assert count_letters(("\n\n" + words.replace("\n", "\n\n"))[: found.start]) == letters


@given(mains=st.tuples(MAIN, MAIN, MAIN), said=PARTS, data=st.data())
def test_any_words_of_the_text_stay_there(
    mains: tuple[str, str, str], said: tuple[str, str], data: st.DataObject
) -> None:
    text = units("\ufffc".join(mains))
    ends = len(units(mains[0])), len(units(mains[0] + "." + mains[1]))
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    while start < end and text[start] in BESIDE:
        start += 1
    while start < end and text[end - 1] in BESIDE:
        end -= 1
    quote = joined(text[start:end])
    assume(quote and units(quote) == text[start:end])
    before, after = around(text, start, end)
    anchor = Anchor(quote, joined(before), joined(after), start)
    within = {"0": said[0], "1": said[1]}
    placed = place(joined(text), [("0", ends[0]), ("1", ends[1])], within, [Quote("n", anchor)])
    found = placed.own["n"]
    assert found is not None
    assert text[found.start : found.end].split() == text[start:end].split()
    assert found.start == start or "\ufffc" in quote
