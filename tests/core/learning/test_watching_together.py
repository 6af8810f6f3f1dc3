"""What several devices saw of one film counts as one (PRG-02, PRG-08, PRG-09)."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lms_core.learning.watching import SEEN, packed, seconds_of, seen_of
from lms_core.workspace import Workspace
from tests.core.school import School

TOTAL, FILMS = 300, 12
moments = st.integers(0, TOTAL // 10).map(lambda n: n * 10)
played = st.lists(st.tuples(st.integers(0, 1), moments, moments, st.booleans()), min_size=1, max_size=6)
"""By which of two devices, from where to where, and whether it syncs then."""


def film_of(school: School) -> tuple[str, list[str]]:
    """A published course of films."""
    tess = school.laptop(school.person("tess", "instructor"))
    course = tess.courses.create_course("Between the tides")
    module = tess.courses.add_module(course, "The shore")
    lessons = [tess.courses.add_lesson(module, f"Film {n}", kind="video", body="Look.") for n in range(FILMS)]
    school.sync(tess)
    tess.courses.publish(course)
    school.sync(tess)
    return course, lessons


def learners(school: School, course: str) -> list[Workspace]:
    """Two devices of one person who learns it."""
    account = school.person("sam")
    both = [school.laptop(account) for _ in range(2)]
    both[0].learning.enroll(course)
    school.sync(*both, *both)
    for each in both:
        each.installed.install(course)
    return both


def play(device: Workspace, lesson: str, start: int, end: int) -> None:
    """See a stretch, as the player keeps it."""
    known = seen_of(device.learning.lesson_state(lesson).position, "film")
    seen = [*known, (start, end)]
    device.learning.record_position(lesson, percent=0, place={"film" + SEEN: packed(seen)})
    device.learning.record_watched(lesson, watched=round(seconds_of(seen)), total=TOTAL, position=end, film="film")


def test_two_devices_lose_nothing_of_each_other(school: School) -> None:
    """Whatever is played where and synced when, both see the union of it in the end."""
    course, lessons = film_of(school)
    both, left = learners(school, course), iter(lessons)

    @settings(max_examples=FILMS, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(played)
    def run(steps: list[tuple[int, int, int, bool]]) -> None:
        lesson, seen = next(left), list[tuple[int, int]]()
        for which, start, end, syncs in steps:
            play(both[which], lesson, start, end)
            seen.append((start, end))
            if syncs:
                school.sync(both[which])
        school.sync(*both, *both)
        states, expected = [each.learning.lesson_state(lesson) for each in both], round(seconds_of(seen))
        for state in states:
            assert seconds_of(seen_of(state.position, "film")) == state.watched == expected, steps
            assert (state.status == "done") == (10 * expected >= 9 * TOTAL), steps

    run()


def test_halves_on_two_devices_are_a_whole(school: School) -> None:
    course, (lesson, other, *_) = film_of(school)
    one, two = both = learners(school, course)
    play(one, lesson, 0, 150)
    play(two, lesson, 140, 280)
    school.sync(*both, *both)
    for each in both:
        state = each.learning.lesson_state(lesson)
        assert (state.watched, state.status) == (280, "done")
    one.learning.record_watched(other, watched=100, total=TOTAL)
    school.sync(*both, *both)
    assert two.learning.lesson_state(other).watched == 100, "a number without stretches stays what it is"
