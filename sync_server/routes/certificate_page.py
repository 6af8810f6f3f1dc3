"""The page that says whether a certificate is valid, for whoever scanned its code with a phone (CER-06)."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from typing import Any

from litestar import Request, Response

from lms_core.certificates.model import Verdict
from lms_core.certificates.wording import day_of, wording
from lms_core.mail.letters import RIGHT_TO_LEFT, spoken
from sync_server.context import Context

STYLE = (
    ":root{color-scheme:light dark;--page:#f3f0ea;--card:#fff;--ink:#211e1a;--quiet:#696257;--line:#e6e1d8;"
    "--yes:#256b45;--yes-soft:#e3f0e6;--no:#a8322a;--no-soft:#fae6e2;--accent:#12636f;--on:#fff}"
    "@media(prefers-color-scheme:dark){:root{--page:#151412;--card:#22211e;--ink:#f1eee8;--quiet:#a29b8f;"
    "--line:#32302c;--yes:#86cfa0;--yes-soft:#1b3225;--no:#f29c90;--no-soft:#40211d;--accent:#79c6d1;--on:#06252b}}"
    "*{box-sizing:border-box}body{font:1rem/1.5 system-ui,sans-serif;margin:0;padding:8vh 1rem 2rem;"
    "color:var(--ink);background:var(--page)}"
    "main{max-width:30rem;margin:auto;padding:1.75rem;background:var(--card);border:1px solid var(--line);"
    "border-radius:14px}h1{font:600 1.4rem/1.3 Georgia,serif;margin:0 0 1.25rem}"
    "p{margin:0 0 1.25rem;padding:.75rem 1rem;border-radius:10px;font-weight:600}"
    ".valid{color:var(--yes);background:var(--yes-soft)}.not{color:var(--no);background:var(--no-soft)}"
    "dl{margin:0 0 1.5rem}dt{font-size:.85rem;color:var(--quiet)}dd{margin:0 0 .8rem;overflow-wrap:anywhere}"
    "label{display:block;font-size:.85rem;color:var(--quiet)}"
    "input,button{font:inherit;width:100%;margin-top:.4rem;padding:.65rem .8rem;border-radius:9px;"
    "border:1px solid var(--line);background:var(--card);color:var(--ink)}"
    "button{background:var(--accent);color:var(--on);border:0;font-weight:600;margin-top:.75rem}"
)
POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def verification_page(request: Request[Any, Any, Any], number: str, said: Verdict | None) -> Response[Any]:
    """The page; without a number it asks for one, 404 where nobody knows it."""
    language = spoken(request.headers.get("accept-language", "")) or Context.of(request).settings.language
    words, direction = wording(language)["page"], "rtl" if language in RIGHT_TO_LEFT else "ltr"
    title = escape(words["title"])
    html = (
        f'<!DOCTYPE html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
        f'<meta name="robots" content="noindex"><style>{STYLE}</style></head>'
        f"<body><main><h1>{title}</h1>{_verdict(language, number, said)}{_form(words, number)}</main></body></html>"
    )
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store", "Vary": "Accept, Accept-Language"}
    status = 404 if number and said is None else 200
    return Response(html, status_code=status, media_type="text/html", headers=headers)


def _verdict(language: str, number: str, said: Verdict | None) -> str:
    words = wording(language)["page"]
    if not number:
        return ""
    if said is None:
        return f'<p class="not" role="status">{escape(words["unknown"])}</p>'
    if said.state == "valid":
        told = f'<p class="valid" role="status">{escape(words["valid"])}</p>'
    else:
        day = day_of(said.revoked_at or said.completed_at, language)
        told = f'<p class="not" role="status">{escape(words["revoked"].format(date=day))}</p>'
    facts = (
        (words["student"], said.student_name), (words["course"], said.course_title),
        (words["completed"], day_of(said.completed_at, language)), (words["number"], said.certificate_number),
    )  # fmt: skip
    rows = "".join(f'<dt>{escape(name)}</dt><dd dir="auto">{escape(value)}</dd>' for name, value in facts)
    return f"{told}<dl>{rows}</dl>"


def _form(words: dict[str, str], number: str) -> str:
    """Ask for another number; the page's own address takes it."""
    return (
        f'<form><label>{escape(words["number"])}<input name="certificate_number" maxlength="50" required '
        f'value="{escape(number)}" dir="ltr" autocomplete="off"></label>'
        f"<button>{escape(words['button'])}</button></form>"
    )
