"""How long videos last is read from the files that are attached, and lessons take as long (RES-05, LES-14)."""

from __future__ import annotations

import pytest

from lms_core.content.model import ContentItem, LessonDoc, MediaRef
from lms_core.content.text import lesson_minutes
from lms_core.errors import UserError
from lms_core.workspace import Workspace
from tests.films import sound


@pytest.fixture
def lesson(workspace: Workspace) -> str:
    courses = workspace.courses
    return courses.add_lesson(courses.add_module(courses.create_course("Tides"), "Shore"), "Waves", kind="video")


def given(workspace: Workspace, data: bytes) -> MediaRef:
    return MediaRef(workspace.media.put(data), "a.wav", "audio/wav", len(data))


def test_the_length_of_a_video_is_taken_from_its_file(workspace: Workspace, lesson: str) -> None:
    contents = workspace.contents
    contents.add_item(lesson, "video", file=given(workspace, sound(61.2)))
    contents.add_item(lesson, "video", file=given(workspace, sound(3)), duration=7)
    contents.add_item(lesson, "video", file=given(workspace, b"damaged \x00"))
    contents.add_item(lesson, "pdf", file=given(workspace, sound(4)))
    contents.add_item(lesson, "video", url="https://youtu.be/dQw4w9WgXcQ")
    assert [item.duration for item in contents.items(lesson)] == [62, 7, None, None, None]


def test_the_minutes_of_a_resource_that_lasts(workspace: Workspace, lesson: str) -> None:
    contents = workspace.contents
    contents.add_resource(lesson, "The waves", file=given(workspace, sound(61.2)), kind="audio")
    contents.add_resource(lesson, "A page", url="https://example.org")
    assert [each.minutes for each in contents.resources(lesson)] == [2, None]


def test_a_lesson_takes_as_long_as_its_primary_video_unless_somebody_said_otherwise() -> None:
    def video(seconds: int | None, *, first: bool = False) -> ContentItem:
        return ContentItem(id="v", kind="video", duration=seconds, is_primary=first)

    def minutes(*items: ContentItem, by_hand: int | None = None) -> int:
        return lesson_minutes(LessonDoc("x", "X", body="word " * 1000, minutes=by_hand, items=items))

    assert minutes(video(252)) == 5
    assert minutes(video(60)) == 1
    assert minutes(video(600), video(61, first=True)) == 2
    assert minutes(video(252), by_hand=9) == 9
    assert minutes(video(None)) == minutes() == 5


def test_the_address_of_a_video_leads_to_one(workspace: Workspace, lesson: str) -> None:
    contents = workspace.contents
    for url in ("https://vimeo.com/76979871", "https://school.example/a.mp4", "media:" + "0a" * 32):
        contents.add_item(lesson, "video", url=url)
    for url in ("https://example.org/page", "javascript:alert(1)"):
        with pytest.raises(UserError) as caught:
            contents.add_item(lesson, "video", url=url)
        assert caught.value.code == "video_url_invalid"
    contents.add_item(lesson, "interactive", url="https://example.org/page")
