"""What mails and the pages behind their links say, in the shipped languages: one file of resources/mail for each."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape

from lms_core.folders import shipped

LANGUAGES = ("en", "de", "es", "ar")
RIGHT_TO_LEFT = frozenset({"ar"})
GAP = re.compile(r"\{(\w+)\}")
_ADDRESS = re.compile(r"//|@|\w\.\w{2,}")


@dataclass(frozen=True)
class Letter:
    """A mail as its reader sees it: the same words as plain text and as simple HTML."""

    subject: str
    text: str
    html: str


@cache
def words(language: str) -> dict[str, dict[str, str]]:
    """Everything that is said in a language, English where it is not shipped."""
    name = language if language in LANGUAGES else "en"
    found: dict[str, dict[str, str]] = tomllib.loads(
        (shipped("resources") / "mail" / f"{name}.toml").read_text("utf-8")
    )
    return found


def spoken(accept_language: str) -> str:
    """The first shipped language that an Accept-Language header asks for, "" when it asks for none (RFC 9110)."""
    wanted = []
    for at, part in enumerate(accept_language[:200].split(",")):
        name, _, weight = part.strip().partition(";")
        try:
            q = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            q = 0.0
        wanted.append((-q, at, name.strip().lower().partition("-")[0]))
    return next((name for q, _, name in sorted(wanted) if name in LANGUAGES and q < 0), "")


def compose(template: str, language: str, values: Mapping[str, str]) -> Letter:
    """Fill a template in a language (BCP 47); a paragraph that needs something which is not there is left out."""
    language = spoken(language) or "en"
    said = words(language)[template]
    kept = [p for p in said["body"].strip().split("\n\n") if all(values.get(gap) for gap in GAP.findall(p))]
    subject = " ".join(_filled(said["subject"], values).split())
    text = "\n\n".join(_filled(p, values) for p in kept) + "\n"
    direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    html = (
        f'<!DOCTYPE html>\n<html lang="{language}" dir="{direction}"><head><meta charset="utf-8">'
        f"<title>{escape(subject)}</title></head>"
        '<body style="font-family: sans-serif; font-size: 16px; line-height: 1.5; max-width: 36em">\n'
        + "\n".join(_paragraph(p, values) for p in kept)
        + "\n</body></html>\n"
    )
    return Letter(subject, text, html)


def call_name(name: str) -> str:
    """A name as it may stand in a mail to anybody: none where it could pass for an address to click on."""
    return "" if _ADDRESS.search(name) else " ".join(name.split())


def _filled(text: str, values: Mapping[str, str]) -> str:
    return GAP.sub(lambda gap: values.get(gap[1], ""), text)


def _paragraph(text: str, values: Mapping[str, str]) -> str:
    safe = {name: escape(value) for name, value in values.items()}
    if text == "{link}":
        return f'<p><a href="{safe["link"]}">{safe["link"]}</a></p>'
    if text == "{code}":
        return f'<p style="font-size: 28px; letter-spacing: 4px"><b dir="ltr">{safe["code"]}</b></p>'
    if "unsubscribe" in safe:
        safe["unsubscribe"] = f'<a href="{safe["unsubscribe"]}">{safe["unsubscribe"]}</a>'
    return f"<p>{_filled(escape(text, quote=False), safe)}</p>".replace("\n", "<br>\n")
