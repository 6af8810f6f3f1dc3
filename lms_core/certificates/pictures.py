"""Pictures on certificates: so small that they travel with the row that names them, as base64."""

from __future__ import annotations

import base64
import io
from pathlib import Path

from lms_core.errors import UserError

SIZE = (420, 120)
"""Most width and height in px; on paper that is 200 to 300 dots an inch."""
COLOURS = 128
MOST = 64_000
"""Characters of base64."""


def small_picture(data: bytes) -> str:
    """A PNG of few colours in base64. Raises UserError `not_an_image`, `image_too_large`."""
    from PIL import Image  # few servers have a logo to shrink

    from lms_core.accounts.photos import prepare_photo

    out = io.BytesIO()
    with Image.open(io.BytesIO(prepare_photo(data))) as image:
        small = image.convert("RGBA")
        small.thumbnail(SIZE, Image.Resampling.LANCZOS)
        small.quantize(COLOURS, method=Image.Quantize.FASTOCTREE).save(out, "PNG", optimize=True)
    found = base64.b64encode(out.getvalue()).decode()
    if len(found) > MOST:
        raise UserError("image_too_large", name="")
    return found


def read_logo(path: str) -> str:
    """The picture that a setting names, "" for none. Raises UserError `setting_invalid`."""
    if not path:
        return ""
    try:
        return small_picture(Path(path).read_bytes())
    except (OSError, UserError) as error:
        raise UserError("setting_invalid", name="certificate_logo", value=path) from error


def unpacked(picture: str | None) -> bytes | None:
    """The bytes of a picture; None where there is none."""
    return base64.b64decode(picture) if picture else None
