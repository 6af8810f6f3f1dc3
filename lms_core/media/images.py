"""Make a picture safe and small enough to keep.

Checked by its content, turned upright, without where and when it was taken, scaled down; SVG without anything active.
"""

from __future__ import annotations

import io
import re
import warnings
from pathlib import Path

import nh3
from PIL import Image, ImageOps, UnidentifiedImageError

from lms_core.errors import UserError
from lms_core.media.kinds import check_size, check_thumbnail

MAX_PIXELS = 50_000_000
LONGEST = 2560
MAX_BYTES = 20 << 20
FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}
TELLING = frozenset({"exif", "xmp", "comment", "XML:com.adobe.xmp", "photoshop"})
_REFERENCE = re.compile(r"(?:url|image|image-set)\(([^)]*)", re.IGNORECASE)
_SVG_TAGS = {
    "svg",
    "g",
    "path",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "text",
    "tspan",
    "defs",
    "linearGradient",
    "radialGradient",
    "stop",
    "clipPath",
    "mask",
    "pattern",
    "symbol",
    "title",
    "desc",
    "marker",
}
_SVG_ATTRIBUTES = {
    "id",
    "class",
    "d",
    "x",
    "y",
    "x1",
    "x2",
    "y1",
    "y2",
    "cx",
    "cy",
    "r",
    "rx",
    "ry",
    "width",
    "height",
    "viewBox",
    "points",
    "fill",
    "stroke",
    "stroke-width",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-dasharray",
    "stroke-opacity",
    "fill-opacity",
    "fill-rule",
    "opacity",
    "transform",
    "font-family",
    "font-size",
    "font-weight",
    "font-style",
    "text-anchor",
    "dominant-baseline",
    "offset",
    "stop-color",
    "stop-opacity",
    "gradientUnits",
    "gradientTransform",
    "clip-path",
    "mask",
    "marker-end",
    "marker-start",
    "marker-mid",
    "orient",
    "refX",
    "refY",
    "markerWidth",
    "markerHeight",
    "xmlns",
    "preserveAspectRatio",
    "dx",
    "dy",
    "patternUnits",
}


def prepare_image(data: bytes, name: str) -> tuple[bytes, str]:
    """The picture as it is kept, and its type; the same bytes in give the same bytes out.

    Raises:
        UserError: `not_an_image`, or `image_too_large` (over 20 MB or 50 megapixels).
    """
    if len(data) > MAX_BYTES:
        raise UserError("image_too_large", name=name)
    if b"<svg" in data[:4096].lower():
        return _svg(data, name), "image/svg+xml"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as image:
                return _raster(image, data, name)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UserError("image_too_large", name=name) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise UserError("not_an_image", name=name) from error


def _raster(image: Image.Image, data: bytes, name: str) -> tuple[bytes, str]:
    kind = image.format or ""
    if kind not in FORMATS:
        raise UserError("not_an_image", name=name)
    if image.width * image.height > MAX_PIXELS:
        raise UserError("image_too_large", name=name)
    image.load()
    tells = bool(image.getexif()) or bool(TELLING & image.info.keys()) or bool(getattr(image, "text", None))
    if kind == "GIF" or (max(image.size) <= LONGEST and not tells):
        return data, FORMATS[kind]
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    bare = Image.new(upright.mode, upright.size)
    if upright.palette is not None:
        bare.putpalette(upright.palette)
    bare.paste(upright)
    kept = {name: image.info[name] for name in ("icc_profile", "transparency") if image.info.get(name) is not None}
    out = io.BytesIO()
    bare.save(out, kind, quality=90, **kept)
    return out.getvalue(), FORMATS[kind]


def _stays_inside(tag: str, attribute: str, value: str) -> str | None:
    """Let an attribute refer to its own picture only; an escape could hide another reference."""
    places = (place.strip(" \t\r\n\"'") for place in _REFERENCE.findall(value))
    return None if "\\" in value or not all(place.startswith("#") for place in places) else value


def _svg(data: bytes, name: str) -> bytes:
    text = data.decode("utf-8", "replace")
    start = text.lower().find("<svg")
    clean = nh3.clean(
        text[start:],
        tags=_SVG_TAGS,
        attributes={"*": _SVG_ATTRIBUTES},
        attribute_filter=_stays_inside,
        clean_content_tags={"script", "style", "foreignObject"},
        url_schemes=set(),
        strip_comments=True,
        link_rel=None,
    )
    if "<svg" not in clean:
        raise UserError("not_an_image", name=name)
    return clean.encode()


def thumbnail_at(path: Path) -> tuple[bytes, str]:
    """A file of the disk as the picture of a course or a video (RES-06).

    Raises:
        As `check_thumbnail` and `prepare_image`; UserError `no_such_path`.
    """
    try:
        check_size(path.stat().st_size, "thumbnail", path.name)
        data = path.read_bytes()
    except OSError as error:
        raise UserError("no_such_path", path=str(path)) from error
    check_thumbnail(data, path.name)
    return prepare_image(data, path.name)
