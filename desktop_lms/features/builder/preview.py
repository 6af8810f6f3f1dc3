"""The text of a draft as readers see it, as far as Markdown alone says it. Raw HTML is shown as text, never obeyed."""

from __future__ import annotations

import re

from PySide6.QtGui import QTextDocument

_STYLE = re.compile(r' style="[^"]*"|<style.*?</style>', re.DOTALL)


def html_of(markdown: str) -> str:
    """Markdown as rich text; pictures keep their `media:` names."""
    document = QTextDocument()
    features = QTextDocument.MarkdownFeature
    document.setMarkdown(markdown, features.MarkdownDialectGitHub | features.MarkdownNoHTML)
    return _STYLE.sub("", document.toHtml())
