"""The words of a PDF, page by page, for search; of damaged, locked and endless ones as many as there are in bounds."""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Iterator

MOST_PAGES, MOST_LETTERS = 5_000, 3_000_000
"""Pages and letters of one document."""
PATIENCE_S = 60.0
"""How long one document may take; checked after each page."""
logging.getLogger("pypdf").setLevel(logging.ERROR)  # it warns of every slip that real files have


def pdf_pages(data: bytes) -> Iterator[tuple[int, str]]:
    """Pages from 1 on with their words; pages without words are left out. Never fails; imports pypdf when called."""
    from pypdf import PdfReader

    until, left = time.monotonic() + PATIENCE_S, MOST_LETTERS
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            return
        count = min(len(reader.pages), MOST_PAGES)
    except Exception:  # noqa: BLE001 what hostile files raise has no end
        return
    for number in range(count):
        try:
            words = " ".join(reader.pages[number].extract_text().split())[:left]
        except Exception:  # noqa: BLE001 one page is damaged, the next need not be
            words = ""
        left -= len(words)
        if words:
            yield number + 1, words
        if left <= 0 or time.monotonic() > until:
            return
