"""What a choice takes, and in which order it comes."""

from __future__ import annotations

from lms_core.downloads.plan import Choice, chosen, files_of, sizes, transfers
from tests.core.downloads.shelf import FILES, NAMES, shore


def _names(choice: Choice) -> set[str]:
    back = {sha: name for name, sha in NAMES.items()}
    return {back[media.sha256] for media in chosen(shore(), choice)}


def test_each_choice_takes_its_files() -> None:
    assert _names(Choice("all")) == set(FILES)
    assert _names(Choice("text")) == set()
    assert _names(Choice("no_video")) == set(FILES) - {"film"}
    assert _names(Choice("lessons", ("tides",))) == {"paper", "talk", "cover"}, "what no lesson names comes along"
    assert _names(Choice("lessons")) == {"cover"}
    assert files_of(shore(), shore().lessons()[2]) == frozenset()


def test_what_is_looked_for_comes_first_and_videos_last() -> None:
    document = shore()
    kinds = [t.kind for t in transfers("shore", document.media)]
    assert kinds == ["image", "image", "document", "audio", "video"]
    first = transfers("shore", document.media, {NAMES["film"]})[0]
    assert (first.sha256, first.urgent) == (NAMES["film"], True)
    assert sizes((*document.media, *document.media))["video"] == len(FILES["film"][0]), "each file once"
