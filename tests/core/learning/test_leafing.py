"""Highlights of a document are found on the pages it has now, or are said to be gone."""

from __future__ import annotations

import pytest

from lms_core.learning import leafing
from lms_core.learning.anchors import Anchor, anchor_at
from lms_core.learning.leafing import Leaf, Passage, leaf_through

PAGES = tuple(
    f"Chapter {n}\r\nLimpets cling to the rock by a foot.\r\nOn day {n} the mean was {n} grams.\r\nThe mean wanders."
    for n in range(1, 13)
)


def mark(page: int, quote: str, nth: int = 0) -> Passage:
    """A highlight as the viewer sets it."""
    at = -1
    for _ in range(nth + 1):
        at = PAGES[page].index(quote, at + 1)
    return Passage(page, anchor_at(PAGES[page], at, at + len(quote)))


def found(pages: tuple[str, ...], *places: Passage) -> tuple[list[Leaf | None], list[int]]:
    """Where each stands, and which pages were read."""
    read: list[int] = []

    def words(page: int) -> str:
        read.append(page)
        return pages[page]

    told = dict(each for step in leaf_through(words, len(pages), places) for each in step)
    return [told[place] for place in places], read


def words(pages: tuple[str, ...], leaf: Leaf | None) -> tuple[int, str] | None:
    return leaf and (leaf.page, pages[leaf.page][leaf.start : leaf.end])


def test_an_anchor_has_no_space_at_its_ends() -> None:
    assert anchor_at("one two\r\nthree", 3, 9) == Anchor("two", "one ", "\r\nthree", 4)
    assert anchor_at("one two", 0, 7, most=5) == Anchor("one t", "", "wo", 0)


def test_in_a_file_that_stayed_only_their_own_pages_are_read() -> None:
    places = mark(7, "The mean"), mark(7, "mean", 1), mark(2, "a foot")
    leaves, read = found(PAGES, *places)
    assert [leaf and (leaf.page, leaf.start) for leaf in leaves] == [(p.page, p.anchor.start) for p in places]
    assert read == [2, 7]


def test_of_words_that_stand_often_on_a_page_the_context_chooses_then_the_nearest() -> None:
    page = "The sea, the sky. " * 40
    pages = ("", f"Now {page} But the sea, at last. {page}")
    with_context = Passage(1, Anchor("the sea,", "sky.  But ", " at last", 3))
    bare = Passage(1, Anchor("the sky.", start=pages[1].index("But")))
    (one, other), _ = found(pages, with_context, bare)
    assert one is not None
    assert one.start == pages[1].index("But") + 4
    assert other is not None
    assert abs(other.start - pages[1].index("But")) < 30


def test_a_passage_that_moved_is_found_on_the_nearest_page_that_says_it_so() -> None:
    places = mark(5, "On day 6 the mean"), mark(5, "The mean wanders"), mark(0, "a foot")
    later = ("A preface.", "Another.", *PAGES)
    leaves, read = found(later, *places)
    assert [words(later, leaf) for leaf in leaves] == [
        (7, "On day 6 the mean"), (7, "The mean wanders"), (2, "a foot"),
    ]  # fmt: skip
    assert len(read) < 2 * len(later)
    shorter = PAGES[4:6]  # their page is beyond the end
    assert [words(shorter, leaf) for leaf in found(shorter, mark(5, "On day 6"))[0]] == [(1, "On day 6")]


def test_words_that_a_page_ends_in_are_found_on_both_pages() -> None:
    passage = mark(3, "On day 4 the mean was 4 grams.")
    whole = PAGES[3].index(passage.anchor.quote)
    cut = PAGES[3].index("was 4")
    pages = ("A preface.", *PAGES[:3], PAGES[3][:cut].rstrip(), PAGES[3][cut:], *PAGES[4:])
    (leaf,), _ = found(pages, passage)
    assert leaf == Leaf(4, whole, cut - 1, len("was 4 grams."))
    (leaf,), _ = found((*PAGES[:3], *pages[4:]), passage)
    assert leaf == Leaf(3, whole, cut - 1, len("was 4 grams.")), "also on its old page"


def test_without_a_context_it_is_the_nearest_page() -> None:
    pages = ("the sea", "", "", "", "the sea", "the sea")
    (leaf,), _ = found(pages, Passage(2, Anchor("the sea")))
    assert words(pages, leaf) == (0, "the sea")
    (leaf,), _ = found(pages, Passage(3, Anchor("the sea")))
    assert words(pages, leaf) == (4, "the sea")


def test_more_of_the_context_wins_over_the_nearer_page() -> None:
    passage = Passage(0, Anchor("the mean", "gulls cry over ", " for long"))
    pages = ("", "Count the mean.", "", "", "Now gulls cry over the mean, then rest.")
    assert words(pages, found(pages, passage)[0][0]) == (4, "the mean")


def test_old_words_elsewhere_win_over_changed_ones_and_changed_ones_over_none() -> None:
    place = mark(3, "Limpets cling to the rock by a foot.")
    new = list(PAGES)
    new[3] = new[3].replace("a foot", "one foot")
    assert words(tuple(new), found(tuple(new), place)[0][0]) == (2, place.anchor.quote)
    only = tuple("" if n != 3 else page for n, page in enumerate(new))
    assert words(only, found(only, place)[0][0]) == (3, "Limpets cling to the rock by one foot.")


def test_what_stands_nowhere_is_told_so_unless_pages_were_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    gone, there = Passage(1, Anchor("Barnacles close their doors")), mark(1, "On day 2")
    (nowhere, here), read = found(PAGES, gone, there)
    assert nowhere is None
    assert here is not None
    assert set(read) == {*range(len(PAGES))}
    monkeypatch.setattr(leafing, "MOST_PAGES", 4)
    told = [each for step in leaf_through(PAGES.__getitem__, len(PAGES), [gone, there]) for each in step]
    assert told == [(there, here)]
    assert found((), gone)[0] == [None]
