"""What a file is, by its first bytes and not by its name: the kinds that courses carry, no others (RES-07, SEC-10)."""

from __future__ import annotations

import codecs
import io
import mimetypes
import re
import warnings
from pathlib import Path

from PIL import Image, UnidentifiedImageError

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


_WIDE = {
    "video/mp4": ("video/", "audio/"), "video/webm": ("video/", "audio/"), "audio/ogg": ("video/", "audio/"),
    "application/zip": ("application/",), "application/x-ole-storage": ("application/",),
    "text/plain": ("text/", "application/json"),
}  # fmt: skip
"""Kinds that hold several others, which only the name tells apart: how the media types of those begin."""


def media_type(name: str, head: bytes) -> str:
    """The media type of a file, by its first bytes, and by its name where those leave it open; "" as `kind_of`."""
    kind = kind_of(head)
    named = mimetypes.guess_type(name)[0] or ""
    return named if named.startswith(_WIDE.get(kind, ("?",))) else kind


def check_kind(path: Path) -> None:
    """Raise UserError `type_not_allowed` for a file of another kind; an empty one is a text."""
    with path.open("rb") as file:
        if not kind_of(file.read(LOOKED_AT)):
            raise UserError("type_not_allowed")


# --- how large files may be (RES-06, RES-07)
MB = 1_000_000
MOST = {"video": 500 * MB, "thumbnail": 10 * MB}
MOST_OTHER = 50 * MB
THUMBNAILS = frozenset({"image/jpeg", "image/png", "image/webp"})
THUMBNAIL_SIDES, THUMBNAIL_IDEAL = (160, 6000), (1280, 720)
"""Least and most pixels of each side, and what is advised."""
PROGRAMS = frozenset({
    "apk", "app", "appimage", "bat", "bin", "cmd", "com", "command", "cpl", "deb", "desktop", "dll", "dmg", "exe",
    "gadget", "hta", "htm", "html", "inf", "jar", "js", "jse", "lnk", "msc", "msi", "msp", "pif", "pkg", "ps1", "py",
    "pyw", "reg", "rpm", "run", "scf", "scpt", "scr", "sh", "sys", "url", "vb", "vbe", "vbs", "wsf", "wsh", "xhtml",
})  # fmt: skip
"""Endings that a system may run instead of show: such a file is saved, never opened."""


def most_bytes(kind: str) -> int:
    """How large a file of a media type, or a `thumbnail`, may be."""
    return MOST.get(kind.partition("/")[0], MOST_OTHER)


def check_size(size: int, kind: str, name: str = "") -> None:
    """Raise UserError `file_too_large`, which says how large it is and how large it may be."""
    most = most_bytes(kind)
    if size > most:
        raise UserError("file_too_large", name=name, size=said_size(size), most=said_size(most))


def said_size(size: int) -> str:
    """Bytes as people say them: 512 bytes, 1.5 MB, 500 MB."""
    if size < 1000:
        return f"{size} bytes"
    value, units = size / 1000, ["kB", "MB", "GB", "TB"]
    while value >= 999.95 and len(units) > 1:
        value /= 1000
        units.pop(0)
    return f"{value:.1f}".removesuffix(".0") + f" {units[0]}"


def check_thumbnail(data: bytes, name: str = "") -> None:
    """Look at the picture of a course or a video.

    Raises:
        UserError: `file_too_large`, `thumbnail_kind` for what is no JPEG, PNG or WebP, `thumbnail_sides`.
    """
    check_size(len(data), "thumbnail", name)
    if kind_of(data[:LOOKED_AT]) not in THUMBNAILS:
        raise UserError("thumbnail_kind", name=name)
    width, height = dimensions(data, name)
    least, most = THUMBNAIL_SIDES
    if min(width, height) < least or max(width, height) > most:
        ideal = "{} x {}".format(*THUMBNAIL_IDEAL)
        raise UserError("thumbnail_sides", name=name, width=width, height=height, least=least, most=most, ideal=ideal)


def dimensions(data: bytes, name: str = "") -> tuple[int, int]:
    """Width and height of a picture, read from its head alone; raises UserError `not_an_image`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as image:
                return image.size
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise UserError("not_an_image", name=name) from error


def is_program(name: str) -> bool:
    """Whether a system might run a file of this name instead of showing it."""
    ending = name.rstrip(". ").rpartition(".")[2].casefold()
    return ending in PROGRAMS or "." not in name.rstrip(". ")


_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b-\u200f<>:"/\\|?*]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def safe_name(name: str, *, ending: str = "") -> str:
    """A name for a copy: no path, nothing hidden or turned around, no word that Windows keeps for itself."""
    last = name.replace("\\", "/").rpartition("/")[2]
    said = re.sub(r"\s+", " ", _UNSAFE.sub("", last)).strip(" .")[-120:].lstrip(" .-")
    stem, dot, end = said.rpartition(".")
    made = (f"{stem.rstrip(' .')}.{end}" if dot and stem.strip(" .") else said) or "file"
    made = f"_{made}" if _RESERVED.fullmatch(made) else made
    return made if "." in made or not ending else f"{made}.{ending}"
