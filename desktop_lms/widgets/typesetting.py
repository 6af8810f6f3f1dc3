"""Sets the text of a lesson: direction and lead of paragraphs, tables, and the boxes of callouts and code."""

from __future__ import annotations

from unicodedata import bidirectional

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QColor,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextTable,
    QTextTableCell,
)

from desktop_lms.widgets.theme import current

INDENT = 24
"""Of a list, in px."""
HTML_INDENT = 40
"""What Qt gives a table in a list as its margin, for each level."""
COPYING = 44
"""Room beside code for the button that copies it, in px."""


def page_html(text: str) -> str:
    """A text as a page that runs the way of the window."""
    return f'<body dir="{"rtl" if current().rtl else "ltr"}">{text}</body>'


def style_sheet() -> str:
    """What HTML of lessons looks like, in the terms of QTextDocument."""
    theme = current()
    read = "'Source Serif 4','IBM Plex Sans Arabic'"
    ui = "'Inter','IBM Plex Sans Arabic'"
    return f"""
    body {{color:{theme.hex("text")}; font-family:{read}; font-size:{theme.px(16)}px}}
    h1 {{font-size:{theme.px(30)}px; font-weight:600; margin-top:{theme.px(12)}px; margin-bottom:{theme.px(16)}px}}
    h2 {{font-size:{theme.px(21)}px; font-weight:600; margin-top:{theme.px(24)}px; margin-bottom:{theme.px(12)}px}}
    h3 {{font-size:{theme.px(18)}px; font-weight:600; margin-top:{theme.px(20)}px; margin-bottom:{theme.px(8)}px}}
    h4,h5,h6 {{font-size:{theme.px(16)}px; font-weight:600; margin-top:{theme.px(16)}px;
      margin-bottom:{theme.px(8)}px}}
    b,strong,dt {{font-weight:600}}
    p {{margin-top:0; margin-bottom:{theme.px(12)}px}}
    li {{margin-bottom:{theme.px(4)}px}}
    a {{color:{theme.hex("accentText")}; text-decoration:underline}}
    code,pre,tt {{font-family:'JetBrains Mono'; font-size:{theme.px(13)}px}}
    th {{font-family:{ui}; font-size:{theme.px(12)}px; font-weight:500; color:{theme.hex("text3")};
      text-align:left}}
    td {{font-family:{ui}; font-size:{theme.px(14)}px}}
    blockquote {{color:{theme.hex("text2")}; margin-left:{theme.px(20)}px; font-style:italic}}
    mark {{background-color:{theme.hex("hlAmber")}}}
    """


def set_paragraphs(document: QTextDocument, start: int = 0) -> None:
    """Give what stands behind a position its own direction, whatever the window's, and the lead of the reading role."""
    theme = current()
    block = document.findBlock(start)
    cursor = QTextCursor(document)
    while block.isValid():
        text, old, form = block.text(), block.blockFormat(), QTextBlockFormat()
        form.setLayoutDirection(_direction(text))
        if old.hasProperty(QTextFormat.Property.BlockTrailingHorizontalRulerWidth.value):
            form.setBackground(theme.color("hairlineStrong"))  # the colour of the rule
        picture = text.strip() == "\ufffc"  # a line of its height and a half would gape
        if not picture and old.headingLevel() == 0 and QTextCursor(block).currentTable() is None:
            form.setLineHeight(theme.line("read"), QTextBlockFormat.LineHeightTypes.MinimumHeight.value)
        cursor.setPosition(block.position())
        cursor.mergeBlockFormat(form)
        block = block.next()
    document.setIndentWidth(theme.px(INDENT))


def set_table(document: QTextDocument, table: QTextTable) -> QColor | None:
    """Set a table flush with the text; one of a single cell is a box: returns the colour to paint it round with."""
    shape = table.format()
    shape.setTopMargin(current().px(8))
    shape.setLeftMargin(shape.leftMargin() / HTML_INDENT * current().px(INDENT))
    table.setFormat(shape)
    if table.rows() == table.columns() == 1:
        cell = table.cellAt(0, 0)
        form = cell.format()
        color = form.background().color()
        form.clearBackground()
        code = color == current().color("sunken")
        if code:
            form = form.toTableCellFormat()
            form.setRightPadding(current().px(COPYING))
        cell.setFormat(form)
        if not code:
            _speak(document, cell)
        return color
    set_edges(table)
    return None


def set_edges(table: QTextTable) -> None:
    """Let the words of a table begin and end where those of the text do."""
    for row in range(table.rows()):
        for column, side in ((0, "setLeftPadding"), (table.columns() - 1, "setRightPadding")):
            cell = table.cellAt(row, column)
            form = cell.format().toTableCellFormat()
            getattr(form, side)(0.01)  # nought would mean the padding of the table
            cell.setFormat(form)


def _speak(document: QTextDocument, cell: QTextTableCell) -> None:
    """Give a callout the voice of the lesson; code in it stays code."""
    theme = current()
    families = theme.font("read").families()
    block, last = cell.firstCursorPosition().block(), cell.lastCursorPosition().block()
    cursor = QTextCursor(document)
    while block.isValid():
        cursor.setPosition(block.position())
        cursor.mergeBlockFormat(_lines(theme.line("read")))
        for each in list(block):
            fragment = each.fragment()
            form = QTextCharFormat()
            form.setFontFamilies(families)
            form.setProperty(QTextFormat.Property.FontPixelSize, theme.px(16))
            if "Mono" not in "".join(fragment.charFormat().fontFamilies() or ()):
                cursor.setPosition(fragment.position())
                cursor.setPosition(fragment.position() + fragment.length(), QTextCursor.MoveMode.KeepAnchor)
                cursor.mergeCharFormat(form)
        if block == last:
            return
        block = block.next()


def _lines(height: int) -> QTextBlockFormat:
    form = QTextBlockFormat()
    form.setLineHeight(height, QTextBlockFormat.LineHeightTypes.MinimumHeight.value)
    return form


def _direction(text: str) -> Qt.LayoutDirection:
    """As the first letter that has one says (UAX 9, P2)."""
    for letter in text:
        if (kind := bidirectional(letter)) in ("L", "R", "AL"):
            return Qt.LayoutDirection.LeftToRight if kind == "L" else Qt.LayoutDirection.RightToLeft
    return Qt.LayoutDirection.LayoutDirectionAuto
