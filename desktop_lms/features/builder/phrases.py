"""The codes of checks, quality and steps in words."""

from __future__ import annotations

from desktop_lms.words import resource_words, tr
from lms_core.courses.model import Finding


def finding_words(finding: Finding) -> str:
    """What is to be mended."""
    number, least = finding.values.get("number", ""), finding.values.get("least", "")
    said = {
        "description_short": tr("Describe the course in at least {least} characters", least=least),
        "no_objectives": tr("Say what learners will be able to do"),
        "no_lessons": tr("Add a lesson"),
        "module_empty": tr("The module has no lessons"),
        "lesson_empty": tr("The lesson has no text"),
        "image_without_words": tr("A picture has no description"),
        "heading_skipped": tr("A heading skips a level"),
        "link_without_words": tr("A link does not say where it leads"),
        "guest_text_missing": tr("Everybody may open it, but there is no text for guests"),
        "tier_text_unused": tr("It is a free preview, so nobody reads its other texts"),
        "title_short": tr("Give it a title of at least {least} characters", least=least),
        "text_short": tr("Write at least {least} characters", least=least),
        "premium_unsaid": tr("Say what others read instead"),
        "quiz_empty": tr("The quiz has no questions"),
        "question_empty": tr("Question {number} has no text", number=number),
        "question_options": tr("Question {number} needs two options with words", number=number),
        "question_no_key": tr("Question {number} has no right answer", number=number),
        "question_one_key": tr("Question {number} must have one right answer", number=number),
    }
    return said.get(finding.code, finding.code)


def wish_words(code: str) -> str:
    """What would raise the quality figure."""
    said = {
        "few_modules": tr("a second module"),
        "few_lessons": tr("at least four lessons"),
        "module_empty": tr("lessons in every module"),
        "lesson_empty": tr("text in every lesson"),
        "lesson_short": tr("longer lessons"),
        "no_quiz": tr("a quiz"),
        "few_questions": tr("five questions or more"),
        "few_pictures": tr("more pictures"),
        "image_without_words": tr("words for every picture"),
        "description_short": tr("a fuller description"),
        "no_objectives": tr("learning goals"),
        "no_subtitle": tr("a subtitle"),
    }
    return said.get(code, code)


def kind_words(kind: str) -> str:
    """The kind of a lesson."""
    return {
        "reading": tr("Text lesson"), "video": tr("Video lesson"), "interactive": tr("Interactive lesson"),
        "quiz": tr("Quiz"), "lab_exercise": tr("Lab exercise"), "assignment": tr("Assignment"),
        "discussion": tr("Discussion"),
    }.get(kind, kind)  # fmt: skip


def piece_words(kind: str) -> str:
    """What a piece of a lesson is."""
    return {
        "pdf": tr("PDF"), "slides": tr("Slides"), "interactive": tr("Interactive"), "text": tr("Text"),
    }.get(kind) or resource_words(kind)  # fmt: skip
