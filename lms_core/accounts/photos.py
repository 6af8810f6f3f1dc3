"""The picture of a person: small, upright, without where and when it was taken (USR-08)."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from lms_core.accounts.personal import PHOTO_BYTES
from lms_core.errors import UserError

MAX_PIXELS = 50_000_000
LONGEST = 512
TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


def prepare_photo(data: bytes, name: str = "") -> bytes:
    """The picture as it is kept: at most 512 px wide and high, JPEG, PNG or WebP as it came, and nothing else in it.

    Raises:
        UserError: `not_an_image`, or `image_too_large` (over 2 MB or 50 megapixels).
    """
    if len(data) > PHOTO_BYTES:
        raise UserError("image_too_large", name=name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=tuple(TYPES)) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise UserError("image_too_large", name=name)
                return _small(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UserError("image_too_large", name=name) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise UserError("not_an_image", name=name) from error


def _small(image: Image.Image) -> bytes:
    kind = image.format or ""
    upright = ImageOps.exif_transpose(image).convert("RGB" if kind == "JPEG" else "RGBA")
    upright.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    bare = Image.new(upright.mode, upright.size)
    bare.paste(upright)
    out = io.BytesIO()
    bare.save(out, kind, quality=90)
    return out.getvalue()


def photo_type(data: bytes) -> str:
    """The media type of a kept photo; '' for what is none, for a laptop may send anything under that name."""
    if len(data) > PHOTO_BYTES:
        return ""
    try:
        with Image.open(io.BytesIO(data), formats=tuple(TYPES)) as image:
            fits = max(image.size) <= LONGEST
            image.verify()
            return TYPES.get(image.format or "", "") if fits else ""
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return ""
