"""What somebody of the pictures was told, graded and asked in the last weeks."""

from __future__ import annotations

from lms_core import ops
from lms_core.notifications.events import EVENTS, SAID
from lms_core.notifications.words import say
from lms_core.review.entities import CARD_REVIEW
from lms_core.workspace import Workspace
from tests.told import tell


def grades(workspace: Workspace, course: str, lesson: str) -> None:
    """What came of quizzes in the last weeks."""
    now, me = workspace.clock.ms(), workspace.account
    for n, percent in enumerate((55, 62, 58, 74, 81, 78, 90)):
        keys = {"user_id": me, "course_id": course, "lesson_id": lesson, "assessment_id": f"earlier-{n}"}
        at = now - (30 - 4 * n) * 86_400_000
        tell(workspace, "attempt", f"a{n}", **keys, pack="earlier", started_at=at, submitted_at=at + 600_000)
        tell(workspace, "grade", f"g{n}", **keys, attempt_id=f"a{n}", percent=percent, passed=percent >= 60,
             graded_at=at)  # fmt: skip


CARDS = (
    ("What is a *sample*?", "The part of a whole that one looks at: twelve limpets stand for all on the slipway."),
    (
        "The mean of $x_1, \\dots, x_n$ is …",
        "$$\\bar{x} = \\frac{1}{n} \\sum_{i=1}^{n} x_i$$\n\nOne odd value moves it.",
    ),
    ("What does this print?\n\n```python\nprint(sorted([3, 1, 2])[1])\n```", "`2`, the **median** of three."),
    ("Why weigh more than once?", "Scales differ a little each time; the mean of several is nearer to the truth."),
    ("What makes small samples surprising?", "- They differ more from each other\n- Extreme means are common"),
    ("Spread in one word?", "Variance, or its root: the standard deviation."),
    ("When is a sample biased?", "When some had a better chance to get in than others."),
    ("Mean of 4, 6 and 11?", "7"),
    ("Median of 4, 6 and 11?", "6"),
    ("Range of 4, 6 and 11?", "7, from 4 to 11"),
    ("Mode of 2, 3, 3 and 9?", "3"),
    ("Half of all values lie …", "below the *median*"),
    ("A quarter of all values lie …", "below the first *quartile*"),
    ("Error of a mean?", "It shrinks with √n."),
)


def deck(workspace: Workspace, course: str, lesson: str) -> None:
    """Cards in all states: some known for weeks, some new, one at rest, one often forgotten."""
    review, day, now = workspace.review, 86_400_000, workspace.clock.ms()
    cards = [
        review.add(front, back, course=course, lesson=lesson, tags=["means"] if n % 3 == 1 else [])
        for n, (front, back) in enumerate(CARDS)
    ]
    for n, card in enumerate(cards[6:]):
        log(workspace, card, 3 if n % 3 == 1 else 4, now - n * day)
    for n, card in enumerate(cards[3:5]):
        for ago in (25, 22 - n, 15):
            log(workspace, card, 3, now - ago * day)
    for ago in range(30, 0, -2):
        log(workspace, cards[5], 1 if ago % 4 else 3, now - ago * day)
    review.change(cards[6], suspended=True)


def log(workspace: Workspace, card: str, rating: int, at: int) -> None:
    """A review of an earlier day."""
    values = {"user_id": workspace.account, "card_id": card, "rating": rating, "reviewed_at": at, "duration_ms": 9000}
    with workspace.work() as unit:
        unit.emit(ops.create(CARD_REVIEW, unit.new_id(), values))


def news(workspace: Workspace, course: str) -> None:
    """An inbox of three days."""
    hour, title = 3_600_000, "Sampling and small numbers"
    told = (
        (0.2, "course_updated", "course_update", f"course/{course}", {"course": title, "note": "Lesson 4 has a worked "
         "example, and the table of weights is larger."}, None),
        (1, "announcement", "announcement", "", {}, None),
        (26, "graded", "grade", f"course/{course}", {"quiz": "Weighing limpets", "percent": 83}, 20),
        (27, "class_joined", "enrollment", "courses", {"class": "8b"}, 20),
        (75, "role_changed", "system", "", {"role": "instructor"}, None),
    )  # fmt: skip
    for ago, event, kind, url, values, read in told:
        said = {"title": "The server rests on Saturday", "message": "From six to seven. Go on without a network."}
        words = said if event in SAID else say(event, "en", values)._asdict()
        now = workspace.clock.ms()
        tell(workspace, "notification", event, user_id=workspace.account, event=event, subject="1", kind=kind,
             priority=EVENTS[event].priority, title=words["title"], message=words["message"], action_url=url,
             metadata=values, created_at=int(now - ago * hour), expires_at=None,
             read_at=now - read * hour if read else None, dismissed_at=None)  # fmt: skip
