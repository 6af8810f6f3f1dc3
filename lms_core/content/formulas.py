"""Formulas as pictures, drawn off the window's thread and kept by what they say (about 30 ms each)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import ziamath  # type: ignore[import-untyped, unused-ignore]

from lms_core.errors import UserError

_math: Any = ziamath
_math.config.svg2 = False  # Qt draws no symbols by reference


@lru_cache(maxsize=1000)
def formula_svg(tex: str, *, display: bool, color: str = "#000000", size: float = 18) -> bytes:
    """A TeX formula as SVG; raises UserError `bad_formula` with what is wrong."""
    try:
        drawn = _math.Latex(tex, size=size, color=color, inline=not display)
        return str(drawn.svg()).encode()
    except Exception as error:  # the parser raises whatever it stumbles over
        raise UserError("bad_formula", tex=tex[:100], why=str(error)[:100]) from error
