"""Read what an imsmanifest.xml says: title, version of SCORM, what opens first and what it is told.

The parser knows no entities and no document types, so a manifest can neither grow without end nor read other files.
"""

from __future__ import annotations

import re
from typing import Any, NoReturn
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

import msgspec

from lms_core.errors import UserError

MOST_BYTES, MOST_ELEMENTS, DEEPEST = 4 << 20, 50_000, 64
MOST_DATA = 4096
"""Characters of what a lesson is told at its start (cmi.launch_data)."""


class Manifest(msgspec.Struct, frozen=True):
    """What a package says of itself; `mastery` in percent, `launch` one of as many lessons as there are `parts`."""

    title: str
    version: str
    """1.2, 2004, or empty."""
    launch: str
    """Path within the package, with its query."""
    mastery: float | None = None
    data: str = ""
    parts: int = 1


def read_manifest(data: bytes, name: str = "") -> Manifest:
    """Read a manifest; raises UserError `bad_manifest`, or `package_incomplete` when nothing can be opened."""
    if len(data) > MOST_BYTES:
        raise UserError("bad_manifest", name=name)
    root = _parse(data, name)
    resources = {found.get("identifier", ""): found for found in root.iter("resource")}
    organisation = _organisation(root)
    items = [] if organisation is None else [x for x in organisation.iter("item") if x.get("identifierref")]
    known = [item for item in items if resources.get(item.get("identifierref", ""), Element("")).get("href")]
    first = known[0] if known else None
    resource = resources[first.get("identifierref", "")] if first is not None else _first_page(root)
    if resource is None:
        raise UserError("package_incomplete", name=name)
    return Manifest(
        title=(_said(organisation, "title") or name)[:200],
        version=_version(root),
        launch=_launch(root, resource, first.get("parameters", "") if first is not None else "", name),
        mastery=_number(_said(first, "masteryscore")),
        data=_said(first, "datafromlms")[:MOST_DATA],
        parts=max(1, len(known)),
    )


def _parse(data: bytes, name: str) -> Element:
    """The elements, without namespaces; raises UserError `bad_manifest`."""
    parser, tree = expat.ParserCreate(namespace_separator="}"), TreeBuilder()
    depth = count = 0

    def refuse(*_: Any) -> NoReturn:
        raise UserError("bad_manifest", name=name)

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        if depth > DEEPEST or count > MOST_ELEMENTS:
            refuse()
        tree.start(_local(tag), {_local(key): value for key, value in attributes.items()})

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        tree.end(_local(tag))

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, tree.data
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    try:
        parser.Parse(data, True)
        return tree.close()
    except (expat.ExpatError, ValueError, LookupError, AssertionError) as error:
        raise UserError("bad_manifest", name=name) from error


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _organisation(root: Element) -> Element | None:
    """The organisation that opens by itself, else the first."""
    wanted = next((x.get("default", "") for x in root.iter("organizations")), "")
    all_ = list(root.iter("organization"))
    return next((x for x in all_ if x.get("identifier") == wanted), all_[0] if all_ else None)


def _first_page(root: Element) -> Element | None:
    return next((x for x in root.iter("resource") if x.get("href")), None)


def _said(element: Element | None, tag: str) -> str:
    found = element.find(tag) if element is not None else None
    return " ".join((found.text or "").split()) if found is not None else ""


def _number(text: str) -> float | None:
    return min(100.0, float(text)) if re.fullmatch(r"\d{1,3}(\.\d+)?", text) else None


def _version(root: Element) -> str:
    said = next((_text(x) for x in root.iter("schemaversion")), "")
    if said.startswith("1.2") or said == "1.1":
        return "1.2"
    if "2004" in said or said.startswith(("CAM", "1.3")):
        return "2004"
    types = {key for x in root.iter("resource") for key in x.keys()}  # noqa: SIM118 an Element is no dict
    return "1.2" if "scormtype" in types else "2004" if "scormType" in types else ""


def _text(element: Element) -> str:
    return (element.text or "").strip()


def _launch(root: Element, resource: Element, parameters: str, name: str) -> str:
    """The path within the package of what opens first; raises UserError `package_incomplete` for one elsewhere."""
    bases = [root.get("base", ""), *(x.get("base", "") for x in root.iter("resources")), resource.get("base", "")]
    href = resource.get("href", "").replace("\\", "/")
    for base in reversed([b for b in bases if b]):
        href = urljoin(base.rstrip("/") + "/", href)
    parts = urlsplit(href)
    if parts.scheme or parts.netloc or href.startswith("/"):
        raise UserError("package_incomplete", name=name)
    query = "&".join(x for x in (parts.query, parameters.lstrip("?&").partition("#")[0]) if x)
    return unquote(parts.path) + (f"?{query}" if query else "")
