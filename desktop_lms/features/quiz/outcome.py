"""What came of a quiz, in words: grades, receipts, and each answer beside the right one."""

from __future__ import annotations

from desktop_lms.features.quiz.items import clock_time
from desktop_lms.features.quiz.viewmodel import Opening, ReviewRow
from desktop_lms.widgets.layout import Item, boxed, column, row
from desktop_lms.widgets.surfaces import Card, Chip, IconMark
from desktop_lms.widgets.text import Label, Marked
from desktop_lms.widgets.theme import current
from desktop_lms.widgets.times import when_words
from desktop_lms.words import counted, dotted, formats, tr
from lms_core.assessment.model import Attempt, Receipt
from lms_core.content.model import OptionDoc, QuestionDoc

WIDTH = 720


def facts(lines: list[tuple[str, str]], color: str = "text") -> list[Item]:
    """Icon lines that state facts."""
    return [boxed(row(IconMark(icon), (Label(text, "body", color, wrap=True), 1), gap=12)) for icon, text in lines]


def opening_facts(opening: Opening) -> list[Item]:
    """What one should know before the start."""
    quiz, limit = opening.quiz, opening.quiz.time_limit_minutes
    practice = tr("Practice: right answers are shown at the end")
    graded = tr("Graded: the result counts once the server confirms it")
    offline = tr("Works without a network: every answer is saved here at once")
    exam = tr("The questions come from the server at the start; from then on it works without a network")
    timed = tr("{minutes} minutes; the clock keeps running if the app restarts", minutes=limit)
    left = counted("1 attempt left", "{count} attempts left", opening.left or 0)
    lines = facts([
        ("list-checks", counted("1 question", "{count} questions", quiz.count)),
        ("clock", timed if limit else tr("No time limit")),
        ("award", tr("Passed from {percent} %", percent=quiz.pass_percent)),
        ("refresh-cw", tr("As often as you like") if opening.left is None else left),
        ("hard-drive", exam if quiz.mode == "exam" else offline),
    ])  # fmt: skip
    return [Label(practice if quiz.mode == "practice" else graded, "strong", wrap=True), 4, *lines]


def question_facts(question: QuestionDoc) -> str:
    """What a question is worth and how many answers it takes."""
    kind = tr("several answers") if question.kind == "multiple" else tr("one answer")
    points = (
        tr("1 point")
        if question.points == 1
        else tr("{points} points", points=formats().toString(float(question.points)))
    )
    return dotted(points, kind)


def promise(opening: Opening | None) -> Card:
    """What happens to a quiz that is handed in without a network."""
    shown = tr("Submit here and you see the right answers at once.")
    later = tr("Submit here and you get a receipt with the time. It is provisional until the server confirms it.")
    words = shown if opening is not None and opening.quiz.mode == "practice" else later
    lines = (Label(tr("No network needed"), "smallStrong"), Label(words, "small", "text2", wrap=True))
    return Card(column(*lines, gap=4, margin=16), fill="sunken")


def submit_facts(opened: tuple[int, ...], left_ms: int | None) -> list[Item]:
    """What one should know before handing in."""
    lines: list[tuple[str, str]] = []
    if opened:
        numbers = ", ".join(map(str, opened))
        lines.append(("square", tr("Without an answer: {numbers}. They count as 0 points.", numbers=numbers)))
    lines.append(("hard-drive", tr("Your answers are sealed on this device. You get a receipt with the time.")))
    if left_ms is not None:
        lines.append(("clock", tr("You still have {time}.", time=clock_time(left_ms))))
    return facts(lines, "text2")


def receipt_facts(receipt: Receipt, *, local: bool) -> list[Item]:
    """What a receipt says."""
    answered = tr("{answered} of {count} questions answered", answered=receipt.answered, count=receipt.questions)
    sealed = tr("Sealed on this device; it is sent by itself when there is a network")
    return facts([
        ("clock", tr("Handed in: {time}", time=when_words(receipt.submitted_at))),
        ("square-check", answered),
        ("shield", tr("Receipt {code}", code=receipt.digest)),
        ("hard-drive", tr("Kept on this device") if local else sealed),
    ])  # fmt: skip


def review_card(number: int, each: ReviewRow) -> Card:
    """A question with the answer given, and the right one where the rule shows it."""
    title = Marked(f"{number}. {each.question.text}", "strong", wrap=True)
    lines: list[Item] = [boxed(row((title, 1), _verdict(each), gap=12))]
    lines += [_answer(each, option) for option in each.question.options]
    if each.explanation:
        lines.append(Marked(each.explanation, "small", "text2", wrap=True))
    card = Card(column(*lines, gap=8, margin=20))
    card.setMaximumWidth(current().px(WIDTH))
    return card


def _verdict(each: ReviewRow) -> Chip | None:
    if each.correct is None:
        return None
    if each.correct:
        return Chip(tr("Right"), "success", "circle-check")
    if each.points > 0:
        return Chip(tr("Partly right"), "warning", "circle-dot")
    if each.chosen:
        return Chip(tr("Wrong"), "danger", "circle-x")
    return Chip(tr("No answer"), "neutral", "circle")


def _answer(each: ReviewRow, option: OptionDoc) -> Item:
    mine, right = option.id in each.chosen, option.id in each.right
    icon, color = ("circle-dot", "accentText") if mine else ("circle", "text3")
    if right:
        icon, color = "circle-check", "success"
    elif mine and each.right:
        icon, color = "circle-x", "danger"
    note = dotted(tr("your answer") if mine else "", tr("right answer") if right else "")
    said = Marked(option.text, "body", wrap=True)
    return boxed(row(IconMark(icon, 16, color), (said, 1), Label(note, "caption", "text2") if note else None, gap=10))


def grade_chip(attempt: Attempt) -> Chip:
    """What an attempt came to, in words."""
    grade = attempt.grade
    if grade is None:
        return Chip(tr("Handed in, not marked yet"), "info", "cloud-upload")
    figure = f"{formats().toString(float(grade.percent))} %"
    said = tr("{figure} · passed", figure=figure) if grade.passed else tr("{figure} · not passed", figure=figure)
    if not grade.final:
        said = tr("{said}, provisional", said=said)
    return Chip(said, "success" if grade.passed else "warning", "circle-check" if grade.passed else "circle-alert")
