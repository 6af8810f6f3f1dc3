"""What a manifest says, and that a hostile one harms nobody."""

from __future__ import annotations

import pytest

from lms_core.errors import UserError
from lms_core.packages.manifest import DEEPEST, read_manifest
from lms_core.packages.package import open_package
from tests.packages import MANIFEST, packed, plain, scorm
from tests.samples import find_samples

BOMB = """<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;">]><manifest>&c;</manifest>"""
FILE = """<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><manifest>&b;</manifest>"""


def opened(data: bytes, name: str = "tides.zip"):  # type: ignore[no-untyped-def]
    from io import BytesIO

    return open_package(BytesIO(data), name)


def test_a_manifest_of_scorm_12_is_read() -> None:
    found = opened(scorm())
    assert found.standard == "scorm12"
    told = found.manifest
    assert (told.title, told.launch, told.mastery) == ("Reading a tide table", "table/start.html?part=1", 60)
    assert (told.data, told.parts) == ("spring=yes", 1)
    assert opened(scorm(above="tides/")).manifest == told


def test_plain_pages_open_at_their_index() -> None:
    found = opened(plain())
    assert (found.standard, found.manifest.launch, found.manifest.title) == ("html", "index.html", "tides.zip")


@pytest.mark.parametrize("text", [BOMB, FILE, "<manifest", "", "<a>" * (DEEPEST + 1) + "</a>" * (DEEPEST + 1)])
@pytest.mark.parametrize("coding", ["utf-8", "utf-16"])
def test_a_hostile_manifest_is_refused(text: str, coding: str) -> None:
    with pytest.raises(UserError) as caught:
        read_manifest(text.encode(coding), "tides.zip")
    assert caught.value.code == "bad_manifest"


@pytest.mark.parametrize("href", ["https://example.org/a.html", "//example.org/a.html", "../a.html", "gone.html", "/a"])
def test_what_opens_first_must_be_in_the_package(href: str) -> None:
    text = MANIFEST.format(version="1.2").replace('href="table/start.html">', f'href="{href}">')
    with pytest.raises(UserError) as caught:
        opened(packed({"imsmanifest.xml": text, "a.html": "x", "index.html": "x"}))
    assert caught.value.code == "package_incomplete"


def test_scorm_2004_is_told_and_opened_as_far_as_it_goes() -> None:
    text = MANIFEST.format(version="2004 4th Edition")
    found = opened(packed({"imsmanifest.xml": text, "table/start.html": "x"}))
    assert found.standard == "scorm2004"
    with pytest.raises(UserError) as caught:
        opened(packed({"imsmanifest.xml": text}))
    assert caught.value.code == "package_2004"


@pytest.mark.parametrize("name", ["s2004-CM-01", "s2004-CM-03b"])
def test_real_manifests_of_2004_are_told(name: str) -> None:
    samples = find_samples()
    if samples is None:
        pytest.skip("no samples here")
    data = (samples / "scorm" / name / "imsmanifest.xml").read_bytes()
    told = read_manifest(data)
    assert told.version == "2004"
    assert told.parts >= 1
