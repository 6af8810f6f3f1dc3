"""Files on their way up: what may not be given waits, what was given once is offered again to a restored hub."""

from __future__ import annotations

import pytest

from lms_core.errors import NotFound, UserError
from lms_core.ports import BlobStore
from lms_core.sync.replica.sending import Progress, give
from lms_core.workspace import Workspace
from tests.core.school import School


class PickyLine:
    """A hub that takes files but those that it may not have; a person may stop it in a part."""

    def __init__(self, refused: str) -> None:
        self.refused, self.taken = refused, []  # type: tuple[str, list[str]]

    def put_blob(self, sha256: str, blobs: BlobStore, progress: Progress | None = None) -> bool:
        if sha256 == self.refused:
            raise UserError("out_of_quota", used_mb=1, most_mb=1)
        if progress and not progress(1, blobs.size(sha256)):
            raise UserError("cancelled")
        self.taken.append(sha256)
        return True


def test_a_refused_file_holds_up_no_other(workspace: Workspace) -> None:
    names = [workspace.media.put(bytes([n])) for n in range(3)]
    line = PickyLine(names[0])
    assert give(line, workspace.media, names) == names[1:] == line.taken


def test_it_stops_when_somebody_says_so(workspace: Workspace) -> None:
    names = [workspace.media.put(bytes([n])) for n in range(4)]
    left = iter((True, True, True, False, False))
    line = PickyLine("")
    assert give(line, workspace.media, names, go_on=lambda: next(left)) == names[:1]
    assert line.taken == names[:1]


def test_a_file_that_is_not_here_waits(workspace: Workspace) -> None:
    class Lost(PickyLine):
        def put_blob(self, sha256: str, blobs: BlobStore, progress: Progress | None = None) -> bool:
            raise NotFound("no_file")

    assert give(Lost(""), workspace.media, ["0" * 64]) == []


@pytest.mark.postgresql(soak=True)
def test_a_restored_hub_is_offered_every_file_again(school: School) -> None:
    tess = school.laptop(school.person("tess", "instructor"))
    name = tess.media.put(b"a picture")
    tess.sync.offer(name)
    tess.notes.add("a note")
    school.sync(tess)
    assert tess.sync.files_to_send() == []
    school.blobs.delete(name)
    with tess.work() as unit:  # a mark that this hub never gave, as after a restore
        state = unit.tx.state()
        state.mark = (state.mark[0] + 1, state.mark[1]) if state.mark else None
        unit.tx.save_state(state)
    school.sync(tess)  # twice: to be told, and to send
    assert school.blobs.has(name)
