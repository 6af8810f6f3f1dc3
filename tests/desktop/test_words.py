"""Every sentence of the desktop is there in each language, with the same gaps to fill."""

from __future__ import annotations

import ast
import json
import re

import pytest

from desktop_lms.features.importer.viewmodel import reason
from desktop_lms.widgets.sizes import size_of
from desktop_lms.widgets.times import moment_words
from desktop_lms.words import LANGUAGES, formats, price_words, sentence, speak
from lms_core.errors import MESSAGES, StorageError, UserError
from lms_core.formats.report import REASONS, Item
from tests.samples import PROJECT

SHIPPED = ("de", "es", "ar")
GAP = re.compile(r"\{(\w+)[^}]*\}")


def said() -> set[str]:
    """All sentences that go through `tr`."""
    found: set[str] = set()
    for path in (PROJECT / "desktop_lms").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("tr", "counted"):
                words = node.args[: 2 if node.func.id == "counted" else 1]
                found |= {each.value for each in words if isinstance(each, ast.Constant)}
    return found


@pytest.mark.parametrize("language", SHIPPED)
def test_nothing_is_left_in_english(language: str) -> None:
    catalog = json.loads((PROJECT / "resources" / "translations" / f"{language}.json").read_text("utf-8"))
    assert sorted(said() - catalog.keys()) == []


@pytest.mark.parametrize("language", SHIPPED)
def test_errors_and_reports_speak_it_too(language: str) -> None:
    catalog = json.loads((PROJECT / "resources" / "translations" / f"{language}.json").read_text("utf-8"))
    assert sorted({*MESSAGES.values(), *REASONS.values()} - catalog.keys()) == []


def test_an_error_is_told_in_the_language_with_its_values() -> None:
    speak("de")
    try:
        fields = UserError("invalid_fields", names="password", fields={"password": ["password_too_short"]})
        assert sentence(fields) == "Ein Passwort braucht mindestens 8 Zeichen."
        assert sentence(StorageError("corrupt", path="a.db")) == "Die Datei a.db ist beschädigt."
        unusable = UserError("image_too_large", name="a.png")
        said = reason(Item("a.png", "left_out", "picture_unusable", {"why": unusable.message, "cause": unusable}))
        assert said == sentence(unusable) != unusable.message
        assert reason(Item("1.md", "changed", "split", {"parts": 3})).endswith("es wurden 3 Lektionen.")
    finally:
        speak("en")


@pytest.mark.parametrize("language", SHIPPED)
def test_gaps_are_the_same(language: str) -> None:
    catalog = json.loads((PROJECT / "resources" / "translations" / f"{language}.json").read_text("utf-8"))
    wrong = {en for en, words in catalog.items() if set(GAP.findall(en)) != set(GAP.findall(words))}
    assert wrong == set()


@pytest.mark.parametrize(("language", "price", "currency", "words"), [
    ("en", 1234.5, "EUR", "€1,234.50"), ("en", 9, "USD", "$9.00"), ("en", 1200, "JPY", "¥1,200"),
    ("en", 20, "CHF", "CHF\u00a020.00"), ("de", 1234.5, "EUR", "1.234,50\u00a0€"), ("de", 9.5, "CHF", "9,50\u00a0CHF"),
    ("es", 24, "USD", "24,00\u00a0$"), ("de", 1.5, "KWD", "1,500\u00a0KWD"), ("ar", 24, "EUR", "\u061c24.00\u00a0€"),
])  # fmt: skip
def test_prices_have_the_form_of_the_language(language: str, price: float, currency: str, words: str) -> None:
    speak(language)
    try:
        assert price_words(price, currency) == words
    finally:
        speak("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_days_and_sizes_have_the_same_digits_in_every_language(language: str) -> None:
    speak(language)
    try:
        said = f"{formats().toString(1234567890)} {moment_words('2026-08-25T14:05:36Z')} {size_of(9_870_000)}"
    finally:
        speak("en")
    assert set(filter(str.isdigit, said)) == set("0123456789")


def having(pattern: str) -> set[str]:
    """The files of the desktop that something stands in."""
    home = PROJECT / "desktop_lms"
    return {p.relative_to(home).as_posix() for p in home.rglob("*.py") if re.search(pattern, p.read_text("utf-8"))}


def test_there_is_one_form_of_numbers() -> None:
    made = having(r"QLocale\(")
    assert made == {"words.py", "features/course/view.py"}, "only the name of a language is asked of another locale"


def test_facts_are_joined_in_one_place() -> None:
    joined = having(r'" · "|f"[^"\n]*} · ')
    spoken = "widgets/cards.py"  # a row as it is heard and looked for by its first letters
    stored = "features/lesson/film/view.py"  # a title that is kept
    assert joined == {"words.py", spoken, stored}
