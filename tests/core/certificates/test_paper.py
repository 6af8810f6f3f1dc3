"""The PDF of a certificate: the same bytes each time, with its proof inside, in every script that is shipped."""

from __future__ import annotations

import io
import re
import zlib

import pytest
from PIL import Image

from lms_core.certificates.model import read_file
from lms_core.certificates.paper import draw
from lms_core.certificates.templates import SHIPPED, layout_of
from lms_core.content.script import direction_of, runs, shaped
from tests.certified import credential_of

USER, COURSE = "0197a3c2-7b1e-7c3a-9d55-3f0a2b6c1d02", "0197a3c2-7b1e-7c3a-9d55-3f0a2b6c1d03"
SERVER = "https://learn.school.example"


@pytest.mark.parametrize("version", SHIPPED)
def test_the_same_certificate_makes_the_same_file(version: str) -> None:  # CER-05, CER-08, CER-10
    credential = credential_of(USER, COURSE, template=version, student_name="Łucja Đặng-Çelik")
    data = draw(credential, SHIPPED[version]["layout"], server=SERVER)
    assert data.startswith(b"%PDF-")
    assert data == draw(credential, SHIPPED[version]["layout"], server=SERVER)
    assert read_file(data) == credential
    link = f"{SERVER}/api/v1/certificates/verify?certificate_number={credential.certificate_number}"
    assert link.encode() in data


def test_pictures_are_in_it() -> None:  # CER-05
    credential, picture = credential_of(USER, COURSE, issuer="Karoo Open School"), io.BytesIO()
    Image.new("RGB", (300, 90), "navy").save(picture, "PNG")
    plain = draw(credential, SHIPPED["v1"]["layout"], server=SERVER)
    both = draw(
        credential, SHIPPED["v1"]["layout"], server=SERVER, logo=picture.getvalue(), signature=picture.getvalue()
    )
    assert b"/Subtype /Image" in both
    assert b"/Subtype /Image" not in plain


@pytest.mark.parametrize("language", ["en", "de", "es", "ar"])
def test_long_names_and_every_language(language: str) -> None:
    credential = credential_of(
        USER, COURSE, language=language, student_name="Wolfeschlegelsteinhausenbergerdorff " * 4,
        course_title="An introduction to " * 8, instructor="", minutes=0, level="", issuer="مدرسة الأمل",
    )  # fmt: skip
    data = draw(credential, SHIPPED["v2"]["layout"], server="")
    pages = [zlib.decompress(_unarmoured(part)) for part in _streams(data)]
    sizes = [float(size) for page in pages for size in re.findall(rb"/F\S+ (\S+) Tf", page)]
    assert sizes
    assert min(sizes) > 4


def _streams(data: bytes) -> list[bytes]:
    """Contents of pages, which are packed and armoured."""
    return re.findall(rb"/ASCII85Decode /FlateDecode \].{0,40}?>>\s+stream\n(.+?)endstream", data, re.DOTALL)


def _unarmoured(part: bytes) -> bytes:
    from base64 import a85decode

    return a85decode(part.strip().removesuffix(b"~>"))


def test_a_template_without_a_row_looks_as_it_ships() -> None:
    assert layout_of(None, "v2") == SHIPPED["v2"]["layout"]
    assert layout_of(None, "v99") == SHIPPED["v1"]["layout"]
    assert layout_of({"layout": {"accent": "#000000"}}, "v1")["style"] == "classic"


# --- scripts
def test_arabic_letters_take_their_forms() -> None:
    assert shaped("بيت") == "\ufe91\ufef4\ufe96"
    assert shaped("سلام") == "\ufeb3\ufefc\ufee1", "lam and alef are one"
    assert shaped("دار") == "\ufea9\ufe8d\ufead", "letters that join nothing"
    assert shaped("أتمّ") == shaped("أتم"), "vowel marks are left out"
    assert shaped("A1") == "A1"


def test_directions_are_put_in_order() -> None:
    assert (direction_of("25 فبراير"), direction_of("Leila ليلى"), direction_of("25")) == ("rtl", "ltr", "ltr")
    assert runs("25 فبراير 2026")[0].text.strip() == "2026"
    mixed = runs("ليلى (Leila)")
    assert "".join(run.text for run in mixed).startswith("(Leila")
    assert [run.is_arabic for run in runs("Hello")] == [False]
    assert runs("") == []
