"""One's own data as a zip: from a laptop without a network, and from the hub with what it alone knows."""

from __future__ import annotations

import io
import json
from functools import partial
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from PIL import Image

from lms_core.accounts.model import Caller, Origin
from lms_core.content.model import MediaRef
from lms_core.db.engine import read
from lms_core.entities import SCHEMA
from lms_core.exporting import ExportService, selections
from lms_core.learning.file_rights import FileRule
from lms_core.workspace import Workspace
from tests.core.school import School


def unzipped(path: Path) -> dict[str, Any]:
    with ZipFile(path) as zipped:
        assert zipped.testzip() is None
        return {
            name: json.loads(zipped.read(name)) if name.endswith(".json") else zipped.read(name)
            for name in zipped.namelist()
        }


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 64), "#12636f").save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def tess(school: School) -> Workspace:
    """An instructor with a course, a note, a profile and a picture."""
    laptop = school.laptop(school.person("tess", "instructor"))
    course = laptop.courses.create_course("Between the tides")
    laptop.courses.add_module(course, "The shore")
    wave = laptop.media.put(b"a wave")
    laptop.courses.add_file(course, MediaRef(wave, "wave.png", "image/png", 6))
    laptop.sync.offer(wave)
    laptop.notes.add("Ask about the harbour.")
    laptop.personal.change_profile(bio="I like tides.")
    laptop.personal.set_photo(picture())
    return laptop


def test_a_laptop_writes_all_that_is_its_persons(tess: Workspace, tmp_path: Path) -> None:
    tess.export_data(tmp_path / "mine.zip")  # before any sync: no network is needed
    found = unzipped(tmp_path / "mine.zip")
    about = found["about.json"]
    assert (about["format"], about["version"], about["account"]) == ("desktop-lms account", 1, tess.account)
    assert [note["body"] for note in found["rows/note.json"]] == ["Ask about the harbour."]
    assert found["rows/profile.json"][0]["bio"] == "I like tides."
    assert [each["title"] for each in found["rows/module.json"]] == ["The shore"]
    photo = tess.personal.profile().profile_picture
    assert {each["sha256"] for each in about["files"]} == {photo, found["rows/course_file.json"][0]["sha256"]}
    assert found[f"files/{photo}"] == tess.media.read(str(photo))
    assert about["rows"] == {name[5:-5]: len(rows) for name, rows in found.items() if name.startswith("rows/")}
    assert not (tmp_path / "mine.zip.part").exists()


@pytest.mark.postgresql
def test_the_hub_writes_nobody_elses(school: School, tess: Workspace, tmp_path: Path) -> None:
    sam = school.laptop(school.person("sam"))
    sam.notes.add("Sam's own.")
    school.sync(tess, sam)
    stolen = school.blobs.put(b"somebody's picture")
    course = tess.courses.my_courses()[0].id
    tess.courses.add_file(course, MediaRef(stolen, "not-mine.png", "image/png", 18))
    school.sync(tess)
    service = ExportService(
        work=school.hub.unit, look=partial(read, school.engine), blobs=school.blobs, rule=FileRule(school.packs)
    )
    service.make(Caller(tess.account, "s", "", "instructor"), tmp_path / "x.zip", origin=Origin("192.0.2.1"))
    found = unzipped(tmp_path / "x.zip")
    assert [note["body"] for note in found["rows/note.json"]] == ["Ask about the harbour."]
    assert found["rows/account.json"][0]["email"] == "tess@school.example"
    assert [entry["action"] for entry in found["rows/audit.json"]] == ["account.exported"]
    assert f"files/{stolen}" not in found, "to name a hash gives its bytes to nobody"
    assert len([name for name in found if name.startswith("files/")]) == 2
    assert "Sam" not in json.dumps({name: rows for name, rows in found.items() if name.endswith(".json")})
    service.make(Caller(sam.account, "s", "", "student"), tmp_path / "y.zip", origin=Origin())
    assert [note["body"] for note in unzipped(tmp_path / "y.zip")["rows/note.json"]] == ["Sam's own."]


def test_every_entity_of_a_person_is_in_it() -> None:
    told = {name for name, _ in selections("somebody")}
    nobodys = {"category", "course_card", "cohort", "cohort_course", "certificate_template", "signing_key"}
    assert set(SCHEMA.entities) - told == nobodys
