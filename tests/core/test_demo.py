"""The sample course is on a device once, however often it is opened."""

from __future__ import annotations

from lms_core.demo import open_sample
from lms_core.workspace import Workspace


def test_a_sample_that_was_taken_off_comes_back_from_its_draft(workspace: Workspace) -> None:
    course = open_sample(workspace)
    assert open_sample(workspace) == course
    workspace.installed.remove(course)
    assert open_sample(workspace) == course
    assert [each.course_id for each in workspace.installed.installed()] == [course]
    assert len(workspace.courses.my_courses()) == 1
