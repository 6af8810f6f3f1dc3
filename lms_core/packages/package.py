"""A package that a lesson carries: web pages that open at index.html, or SCORM with its manifest (LES-17)."""

from __future__ import annotations

from typing import BinaryIO, Literal, NamedTuple

from lms_core.errors import UserError
from lms_core.packages.archive import INDEX, MANIFEST, Archive
from lms_core.packages.manifest import MOST_BYTES, Manifest, read_manifest

Standard = Literal["html", "scorm12", "scorm2004"]


class Package(NamedTuple):
    """One that can be opened."""

    archive: Archive
    standard: Standard
    manifest: Manifest


def open_package(file: BinaryIO, name: str = "") -> Package:
    """Look into a package; the caller closes its archive.

    Raises:
        UserError: as Archive and read_manifest, and `package_incomplete` when the page that opens first is not there.
    """
    archive = Archive(file, name)
    try:
        if MANIFEST in archive:
            manifest = read_manifest(archive.read(MANIFEST, MOST_BYTES), name)
        else:
            manifest = Manifest(name, "", INDEX)
        if manifest.launch.partition("?")[0] not in archive:
            code = "package_2004" if manifest.version == "2004" else "package_incomplete"
            raise UserError(code, name=name)
    except Exception:
        archive.close()
        raise
    standards: dict[str, Standard] = {"1.2": "scorm12", "2004": "scorm2004"}
    return Package(archive, standards.get(manifest.version, "html"), manifest)
