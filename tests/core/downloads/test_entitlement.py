"""Rights to what lies on a device: they end and come back, what one did and the files stay."""

from __future__ import annotations

from lms_core.courses.entities import COURSE_CARD
from lms_core.downloads.plan import Choice
from lms_core.errors import Denied
from lms_core.learning.entities import ENROLLMENT
from lms_core.workspace import Workspace
from tests.core.downloads.shelf import NAMES, Hub, shore
from tests.core.school import School
from tests.told import tell


def closed(workspace: Workspace, course: str = "shore") -> str:
    """Why a course is closed, "" while it is open."""
    try:
        workspace.downloads.check_open(course)
    except Denied as error:
        return error.code
    return ""


def test_a_right_ends_and_comes_back_and_everything_stays(school: School) -> None:
    workspace = school.laptop(school.person("sam"))
    hub = Hub(workspace)
    hub.offer(shore())
    workspace.downloads.choose("shore", Choice())
    hub.install()
    me = workspace.account

    def told(status: str, price: float) -> None:
        card = {"course_id": "shore", "title": "The shore", "pack": "p", "is_published": True, "price": price}
        tell(workspace, "course_card", COURSE_CARD.id_for("shore"), **card)
        row = {"user_id": me, "course_id": "shore", "status": status}
        tell(workspace, "enrollment", ENROLLMENT.id_for(me, "shore"), **row)

    told("active", 0.0)
    workspace.learning.complete("crabs")
    workspace.notes.add("Mind the claws.", lesson="crabs")
    for status, price, why in (
        ("active", 0.0, ""), ("suspended", 0.0, "enrollment_suspended"), ("active", 9.0, ""), ("completed", 9.0, ""),
        ("none", 9.0, "enrollment_ended"), ("none", 0.0, ""),
    ):  # fmt: skip
        told(status, price)
        assert closed(workspace) == why, (status, price)
        assert workspace.media.has(NAMES["film"]), "files stay; it opens again without the network"
        assert workspace.learning.lesson_states("shore")["crabs"].status == "done"
        assert [note.body for note in workspace.notes.all()] == ["Mind the claws."]


def test_what_no_server_told_of_is_ones_own(workspace: Workspace) -> None:
    assert closed(workspace, workspace.courses.create_course("Mine")) == ""
    assert closed(workspace, "imported") == ""
