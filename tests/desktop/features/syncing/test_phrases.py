"""How a run of exchanges is told."""

from __future__ import annotations

import pytest

from desktop_lms.features.syncing.board import Run
from desktop_lms.features.syncing.phrases import run_words


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ("offline", "Could not reach the server"),
        ("server_replaced", "Another program answers at the server's address now. All your work is kept here."),
        ("server_error", "The server answered with an error. Everything is saved here."),
        ("not_a_server", "The server did not answer well"),
        ("something_new", "The server did not answer well"),
    ],
)
def test_a_run_that_failed_is_told_without_gaps(result: str, words: str) -> None:
    assert run_words(Run(0, result, 0, 0)) == (words, False)
