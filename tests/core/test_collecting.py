"""Files nobody refers to: kept for their grace, gone after it, and never one that anything needs."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import func, select

from lms_core.accounts.personal import PROFILE
from lms_core.collecting import BLOB_GRACE, DAY_MS, PACK_GRACE, Collector
from lms_core.content.model import MediaRef
from lms_core.courses.publishing import answer_key
from lms_core.db.engine import read
from lms_core.learning.rights import note_holder
from lms_core.media.tables import held_file, unused_file
from lms_core.workspace import Workspace
from tests.core.school import School, add_quiz


@pytest.fixture
def collector(school: School) -> Collector:
    return Collector(
        look=partial(read, school.engine), work=school.hub.unit, blobs=school.blobs, packs=school.packs
    )  # fmt: skip


def count(school: School, table: object) -> int:
    with read(school.engine) as conn:
        return int(conn.scalar(select(func.count()).select_from(table)) or 0)  # type: ignore[arg-type]


def taught(school: School) -> tuple[Workspace, str]:
    """A course with a picture and a practice quiz, published."""
    tess = school.laptop(school.person("tess", "instructor"))
    course = tess.courses.create_course("Between the tides")
    module, name = tess.courses.add_module(course, "The shore"), school.blobs.put(b"a picture")
    add_quiz(tess, module)
    question = tess.courses.ensure_assessment(tess.courses.outline(course).modules[0].lessons[0].id)
    tess.courses.add_question(question, f"![A wave](media:{name})", options=["Wet", "Dry"], correct=[0])
    tess.courses.add_file(course, MediaRef(name, "wave.png", "image/png", 9))
    tess.courses.publish(course)
    school.sync(tess)
    return tess, course


def test_a_file_that_nothing_names_goes_after_its_grace(school: School, collector: Collector) -> None:
    _, _ = taught(school)
    lost = school.blobs.put(b"never named")
    with school.hub.unit() as unit:
        note_holder(unit, "somebody", lost, 11)
    assert collector.run() == 0
    school.clock.advance(ms=BLOB_GRACE - 1)
    assert collector.run() == 0
    school.clock.advance(ms=1)
    assert collector.run() == 1
    assert list(school.blobs) == [name for name in school.blobs if name != lost]
    assert len(list(school.blobs)) == 1
    assert (count(school, held_file), count(school, unused_file)) == (0, 0)
    assert len(list(school.packs)) == 2


def test_the_picture_of_a_person_stays(school: School, collector: Collector) -> None:
    account = school.person("sam")
    name = school.blobs.put(b"a face")
    with school.hub.unit() as unit:
        unit.derive(PROFILE, PROFILE.id_for(account), {"user_id": account, "profile_picture": name})
    for _ in range(2):
        assert collector.run() == 0
        school.clock.advance(ms=BLOB_GRACE + DAY_MS)
    assert list(school.blobs) == [name]


def test_a_file_that_is_named_again_begins_its_grace_anew(school: School, collector: Collector) -> None:
    tess, course = taught(school)
    name = school.blobs.put(b"late")
    collector.run()
    school.clock.advance(ms=BLOB_GRACE)
    tess.courses.add_file(course, MediaRef(name, "late.png", "image/png", 4))
    school.sync(tess)
    assert collector.run() == 0
    assert count(school, unused_file) == 0
    assert school.blobs.has(name)


def test_to_prove_to_have_a_file_begins_its_grace_anew(school: School, collector: Collector) -> None:
    name = school.blobs.put(b"given again")
    collector.run()
    school.clock.advance(ms=BLOB_GRACE - DAY_MS)
    with school.hub.unit() as unit:
        note_holder(unit, "somebody", name, 11)
    school.clock.advance(ms=2 * DAY_MS)
    assert collector.run() == 0
    school.clock.advance(ms=BLOB_GRACE)
    assert collector.run() == 1


@pytest.mark.postgresql
def test_old_versions_go_but_those_that_an_attempt_names(school: School, collector: Collector) -> None:
    tess, course = taught(school)
    sam = school.laptop(school.person("sam"))
    versions = [tess.courses.card(course).pack]
    sam.installed.install(course)
    sam.learning.enroll(course)
    (lesson,) = [x.id for x in sam.installed.document(course).lessons()]
    sam.assessment.start(lesson)
    sam.assessment.submit(lesson)
    school.sync(sam)
    for title in ("Below the tides", "Above the tides"):
        tess.courses.change_course(course, title=title)
        tess.courses.publish(course)
        school.sync(tess)
        versions.append(tess.courses.card(course).pack)
    collector.run()
    school.clock.advance(ms=PACK_GRACE)
    assert collector.run() >= 1
    assert [school.packs.has(pack) for pack in versions] == [True, False, True]
    assert count(school, answer_key) == 2
    assert len(list(school.blobs)) == 1, "the picture of the versions that are kept"
