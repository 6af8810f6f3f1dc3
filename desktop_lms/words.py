"""Words in the person's language: English in the source, one JSON file for each other language."""

from __future__ import annotations

import json
from functools import cache
from unicodedata import bidirectional

from PySide6.QtCore import QLocale

from lms_core.errors import MESSAGES, LmsError
from lms_core.folders import shipped

RESOURCES = shipped("resources")
PRODUCT = "Fieldnote"

LANGUAGES = {"en": "English", "de": "Deutsch", "es": "Español", "ar": "العربية"}
RIGHT_TO_LEFT = frozenset({"ar"})
FORMATS = {"ar": "ar_001"}
"""The region to format by where a language alone would not write digits from 0 to 9, as all other texts here do."""
PSEUDO = "pseudo"
DOT = " · "
SYMBOLS = {
    "EUR": "€", "GBP": "£", "ILS": "₪", "INR": "₹", "JPY": "¥", "KRW": "₩", "NGN": "₦", "UAH": "₴", "USD": "$",
    "VND": "₫",
}  # fmt: skip
"""Signs of currencies that no other uses where it is read; all others are named by their ISO 4217 code."""
WHOLE = {
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF",
    "XOF", "XPF",
}  # fmt: skip
THOUSANDTHS = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}
"""Currencies (ISO 4217) without a smaller unit, and with one of a thousandth."""
_ACCENTS = str.maketrans("aceinosuyACEINOSUY", "áçéíñóšüýÁÇÉÍÑÓŠÜÝ")


class _Words:
    language = "en"


@cache
def _catalog(language: str) -> dict[str, str]:
    path = RESOURCES / "translations" / f"{language}.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def speak(language: str) -> None:
    """Choose the language of everything that is said from now on."""
    _Words.language = language if language in LANGUAGES or language == PSEUDO else "en"


def language() -> str:
    """The language in use."""
    return _Words.language


def formats() -> QLocale:
    """The form of numbers, days and sizes in the person's language, in digits from 0 to 9 for all of them."""
    return QLocale(FORMATS.get(language(), language()))


def tr(text: str, **values: object) -> str:
    """A sentence in the person's language, its values filled in."""
    if _Words.language == PSEUDO:
        said = "[" + text.translate(_ACCENTS) + "·" * (len(text) // 3) + "]"
        for name in values:
            said = said.replace("{" + name.translate(_ACCENTS), "{" + name)
    else:
        said = _catalog(_Words.language).get(text, text) if _Words.language != "en" else text
    if DOT in said and _Words.language in RIGHT_TO_LEFT:
        said = dotted(*said.split(DOT))
    try:
        return said.format(**values) if values else said
    except (KeyError, IndexError, ValueError):
        return text.format(**values)


def dotted(*parts: str | None) -> str:
    """Facts on one line, the empty ones left out; each keeps its direction and stands where the language puts it."""
    said = [part for part in parts if part]
    mirrored = _Words.language in RIGHT_TO_LEFT
    if len(said) < 2 or not (mirrored or any(bidirectional(each) in ("R", "AL") for each in "".join(said))):
        return DOT.join(said)
    mark = "\u200f" if mirrored else ""  # which way the line runs, and a part without any letter
    return mark + DOT.join(f"\u2068{part}{mark}\u2069" for part in said)


def counted(one: str, many: str, count: int, **values: object) -> str:
    """A sentence for one, or for as many as there are; both are in English and looked up."""
    return tr(one, **values) if count == 1 else tr(many, count=count, **values)


def sentence(error: LmsError) -> str:
    """What happened, in the person's language; of fields at fault, what is wrong with each."""
    if error.code == "bug":
        return tr("Something went wrong in the app.")
    fields = error.values.get("fields")
    if error.code == "invalid_fields" and isinstance(fields, dict):
        codes = dict.fromkeys(code for found in fields.values() for code in found)
        return " ".join(tr(MESSAGES[code]) for code in codes if code in MESSAGES) or tr(MESSAGES["invalid"])
    template = MESSAGES.get(error.code)
    return tr(template, **error.values) if template else error.message


def resource_words(kind: str) -> str:
    """A type of resource (RES-02) as people say it."""
    return {
        "document": tr("Document"), "video": tr("Video"), "audio": tr("Sound"), "image": tr("Picture"),
        "link": tr("Link"), "code_sample": tr("Code"), "tool_software": tr("Program"), "dataset": tr("Data"),
        "template": tr("Template"),
    }.get(kind, tr("File"))  # fmt: skip


def price_words(price: float, currency: str) -> str:
    """An amount of money in the form of the person's language."""
    digits = 0 if currency in WHOLE else 3 if currency in THOUSANDTHS else 2
    sign = SYMBOLS.get(currency, currency)
    said = formats().toCurrencyString(float(price), sign, digits)
    if said.endswith(sign):
        return f"{said.removesuffix(sign).rstrip()}\u00a0{sign}"
    return said.replace(currency, f"{currency}\u00a0") if said.startswith(currency) else said


def clock_words(off_ms: int) -> str:
    """How far the clock is off."""
    minutes = max(1, round(abs(off_ms) / 60_000))
    hours, days = round(minutes / 60), round(minutes / 1440)
    span = tr("{minutes} min", minutes=minutes)
    if minutes >= 2 * 1440:
        span = tr("{days} days", days=days)
    elif minutes >= 120:
        span = tr("{hours} h", hours=hours)
    if off_ms > 0:
        return tr("The clock of this device is {span} ahead of the server's", span=span)
    return tr("The clock of this device is {span} behind the server's", span=span)
