"""How certificates look: the versions that ship, kept as rows so that every laptop knows them (CER-08)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lms_core.certificates import entities as e
from lms_core.certificates.model import Credential
from lms_core.certificates.pictures import unpacked
from lms_core.unit import Unit

SHIPPED: dict[str, dict[str, Any]] = {
    "v1": {"name": "Classic", "layout": {"style": "classic", "accent": "#8A5A14", "ink": "#1C1C1A"}},
    "v2": {"name": "Modern", "layout": {"style": "modern", "accent": "#1F5F5B", "ink": "#14201F"}},
}
"""By version; a version is never changed, another look is another version."""
FIRST = "v1"


def ensure_templates(unit: Unit, logo: str = "") -> None:
    """Have a row for every version that ships, with the school's logo (base64); what else was set stays."""
    for version, values in SHIPPED.items():
        row = e.CERTIFICATE_TEMPLATE.id_for(version)
        kept = unit.row(e.CERTIFICATE_TEMPLATE, row)
        if kept is None:
            unit.derive(e.CERTIFICATE_TEMPLATE, row, {"version": version, "is_active": True, "logo": logo, **values})
        elif kept["logo"] != logo:
            unit.derive(e.CERTIFICATE_TEMPLATE, row, {"logo": logo})


def paper_of(credential: Credential, row: Mapping[str, Any] | None, *, server: str) -> bytes:
    """The PDF of a certificate as the row of its template says, or as it ships; `server` is where it is verified."""
    from lms_core.certificates.paper import draw  # typesetting is loaded by those who typeset

    logo = unpacked(row["logo"]) if row else None
    signature = unpacked(credential.facts.signature_image)
    layout = layout_of(row, credential.template_version)
    return draw(credential, layout, server=server, logo=logo, signature=signature)


def chosen(unit: Unit, version: str) -> str:
    """The version that a course wants, the first one where that is unknown or no longer in use."""
    row = unit.row(e.CERTIFICATE_TEMPLATE, e.CERTIFICATE_TEMPLATE.id_for(version or FIRST))
    return version if row and row["is_active"] else FIRST


def layout_of(row: Any, version: str) -> dict[str, str]:
    """The layout of a template's row, or the one that ships."""
    kept = (row["layout"] if row else None) or SHIPPED.get(version, SHIPPED[FIRST])["layout"]
    return {**SHIPPED[FIRST]["layout"], **kept}
