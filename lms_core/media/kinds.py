"""What a file is, by its first bytes and not by its name: the kinds that courses carry, no others (RES-07, SEC-10)."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from lms_core.errors import UserError

LOOKED_AT = 4096
"""Bytes by which a file is told."""

_SIGNS: tuple[tuple[str, str], ...] = (
    (r"\x89PNG\r\n\x1a\n", "image/png"),
    (r"\xff\xd8\xff", "image/jpeg"),
    (r"GIF8[79]a", "image/gif"),
    (r"RIFF....WEBP", "image/webp"),
    (r"RIFF....WAVE", "audio/wav"),
    (r"%PDF-", "application/pdf"),
    (r"PK(\x03\x04|\x05\x06)", "application/zip"),  # those of offices (docx, odt, ...) are zip files, too
    (r"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),  # doc, xls, ppt
    (r"....ftyp", "video/mp4"),  # mp4, m4a, mov
    (r"\x1a\x45\xdf\xa3", "video/webm"),
    (r"OggS", "audio/ogg"),
    (r"fLaC", "audio/flac"),
    (r"ID3|\xff[\xe2\xe3\xf2\xf3\xfa\xfb]", "audio/mpeg"),
)
_KINDS = [(re.compile(sign.encode("latin-1"), re.DOTALL), kind) for sign, kind in _SIGNS]
_SVG = re.compile(rb"<svg[\s>]", re.IGNORECASE)
_PAGE = re.compile(rb"\s*(<!--.*?-->\s*)*<(!doctype\s+html|html|script|iframe|body|head)\b", re.IGNORECASE | re.DOTALL)
_UNSEEN = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def kind_of(head: bytes) -> str:
    """The media type that the first bytes of a file tell; "" for what courses do not carry: programs, web pages."""
    for sign, kind in _KINDS:
        if sign.match(head):
            return kind
    text = head.removeprefix(codecs.BOM_UTF8)
    if _UNSEEN.search(text) or _PAGE.match(text):
        return ""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(text)
    except UnicodeDecodeError:
        return ""
    return "image/svg+xml" if _SVG.search(text) else "text/plain"


def check_kind(path: Path) -> None:
    """Raise UserError `type_not_allowed` for a file of another kind; an empty one is a text."""
    with path.open("rb") as file:
        if not kind_of(file.read(LOOKED_AT)):
            raise UserError("type_not_allowed")
