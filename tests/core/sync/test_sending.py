"""Files on their way up: what may not be given waits, what was given once is offered again to a restored hub."""

from __future__ import annotations

import pytest

from lms_core.content.model import MediaRef
from lms_core.errors import NotFound, UserError
from lms_core.learning.entities import ENROLLMENT
from lms_core.ports import BlobStore
from lms_core.sync.replica.sending import Progress, give
from lms_core.workspace import Workspace
from tests.core.school import School


class PickyLine:
    """A hub that takes files but those that it may not have; a person may stop it in a part."""

    def __init__(self, refused: str) -> None:
        self.refused, self.taken = refused, []  # type: tuple[str, list[str]]

    def put_blob(self, sha256: str, blobs: BlobStore, progress: Progress | None = None, *, filename: str = "") -> bool:
        if sha256 == self.refused:
            raise UserError("out_of_quota", used_mb=1, most_mb=1)
        if progress and not progress(1, blobs.size(sha256)):
            raise UserError("cancelled")
        self.taken.append(sha256)
        return True


def test_a_refused_file_holds_up_no_other(workspace: Workspace) -> None:
    names = [workspace.media.put(bytes([n])) for n in range(3)]
    line = PickyLine(names[0])
    assert give(line, workspace.media, names, called={}) == names[1:] == line.taken


def test_it_stops_when_somebody_says_so(workspace: Workspace) -> None:
    names = [workspace.media.put(bytes([n])) for n in range(4)]
    left = iter((True, True, True, False, False))
    line = PickyLine("")
    assert give(line, workspace.media, names, called={}, go_on=lambda: next(left)) == names[:1]
    assert line.taken == names[:1]


def test_a_file_that_is_not_here_waits(workspace: Workspace) -> None:
    class Lost(PickyLine):
        def put_blob(
            self, sha256: str, blobs: BlobStore, progress: Progress | None = None, *, filename: str = ""
        ) -> bool:
            raise NotFound("no_file")

    assert give(Lost(""), workspace.media, ["0" * 64], called={}) == []


@pytest.fixture
def shelf(school: School) -> tuple[Workspace, str]:
    """A laptop whose picture the hub has, and a course that names it."""
    tess = school.laptop(school.person("tess", "instructor"))
    name = tess.media.put(b"a picture")
    tess.courses.add_file(tess.courses.create_course("Tides"), MediaRef(name, "wave.png", "image/png", 9))
    tess.sync.offer(name)
    school.sync(tess)
    assert tess.sync.files_to_send() == []
    return tess, name


@pytest.mark.postgresql(soak=True)
def test_a_hub_that_was_restored_without_its_files_gets_them_again(
    school: School, shelf: tuple[Workspace, str]
) -> None:
    tess, name = shelf
    school.blobs.delete(name)
    school.sync(tess)
    assert not school.blobs.has(name), "nobody asks at every sync"
    school.hub.start()  # the timeline goes on: no reset tells that files are gone
    school.sync(tess)  # twice: to be told of the start, and to ask and send
    assert school.blobs.has(name)


@pytest.mark.postgresql(soak=True)
def test_a_reader_brings_a_lost_file_back(school: School, shelf: tuple[Workspace, str]) -> None:
    tess, name = shelf
    (course,) = [draft.id for draft in tess.courses.my_courses()]
    school.blobs.delete(name)
    sam, eve = (school.laptop(school.person(who)) for who in ("sam", "eve"))
    for laptop in (sam, eve):
        laptop.media.put(b"a picture")
    with school.hub.unit() as unit:
        row = ENROLLMENT.id_for(sam.account, course)
        unit.derive(ENROLLMENT, row, {"user_id": sam.account, "course_id": course, "status": "active"})
    school.hub.start()
    school.sync(eve)
    assert not school.blobs.has(name), "who reads no course that names it is not asked"
    school.sync(sam)
    assert school.blobs.has(name)
