"""Small pages behind the links of mails. Opening one does nothing, for programs that check mails open links, too."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from html import escape
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, Router, get, post
from litestar.params import FromQuery, URLEncodedBody
from msgspec import Struct

from lms_core.accounts.model import Registration
from lms_core.errors import LmsError
from lms_core.invitations.model import Key, Offer
from lms_core.mail.letters import RIGHT_TO_LEFT, spoken, words
from sync_server.context import Context
from sync_server.guards import anyone
from sync_server.problems import status_of
from sync_server.routes.invitations import Name
from sync_server.routes.recovery import Password, Token, take_try

STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:30em;margin:15vh auto;padding:0 1em;color:#1c1c1a;background:#fbfaf7}"
    "input,button{font:inherit;padding:.5em .75em;margin:.5em 0;display:block;min-width:14em}"
    "@media(prefers-color-scheme:dark){body{color:#eee;background:#1b1b19}}"
)
POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


class VerifyForm(Struct, frozen=True):
    """What the button of the page sends."""

    token: Token


class ResetForm(Struct, frozen=True):
    """What the form of the page sends."""

    token: Token
    new_password: Password


class AcceptForm(ResetForm, frozen=True):
    """What the form of an invitation sends; empty where nothing was asked."""

    token: Token
    new_password: Password = ""
    first_name: Name = ""
    last_name: Name = ""


@get("/email/verify", guards=[anyone], media_type="text/html")
async def verify_page(request: Request[Any, Any, Any], token: FromQuery[Token] = "") -> Response[str]:
    """A page with a button that confirms the e-mail address."""
    said = _words(request)
    form = _form("verify/page", token, f"<button>{escape(said['verify_button'])}</button>")
    return _page(request, "verify_title", f"<p>{escape(said['verify_text'])}</p>{form}")


@post("/email/verify/page", guards=[anyone], media_type="text/html", status_code=200)
async def verify_done(request: Request[Any, Any, Any], data: URLEncodedBody[VerifyForm]) -> Response[str]:
    """Confirm the address and say so."""
    take_try(request, "")
    context = Context.of(request)
    try:
        await context.lanes.run(context.served.recovery.verify_email, token=data.token or "-")
    except LmsError as error:
        return _failed(request, error)
    context.served.wrote()
    return _page(request, "verify_title", f"<p>{escape(_words(request)['verify_done'])}</p>")


@get("/password/reset/confirm", guards=[anyone], media_type="text/html")
async def reset_page(request: Request[Any, Any, Any], token: FromQuery[Token] = "") -> Response[str]:
    """A page with a form that sets a new password."""
    return _page(request, "reset_title", _reset_form(request, token, "confirm/page"))


@post("/password/reset/confirm/page", guards=[anyone], media_type="text/html", status_code=200)
async def reset_done(request: Request[Any, Any, Any], data: URLEncodedBody[ResetForm]) -> Response[str]:
    """Set the password and say so; one that is too weak is asked for again."""
    take_try(request, "")
    context = Context.of(request)
    try:
        await context.lanes.slow(context.served.recovery.reset_password, data.new_password, token=data.token or "-")
    except LmsError as error:
        again = _reset_form(request, data.token, "page") if error.code == "invalid_fields" else ""
        return _failed(request, error, again)
    context.served.mailed()
    return _page(request, "reset_title", f"<p>{escape(_words(request)['reset_done'])}</p>")


@get("/invitations/accept", guards=[anyone], media_type="text/html")
async def accept_page(request: Request[Any, Any, Any], token: FromQuery[Token] = "") -> Response[str]:
    """A page with a button that accepts an invitation, and fields for what a new account needs."""
    take_try(request, "")
    return await _offered(request, token, "accept/page")


@post("/invitations/accept/page", guards=[anyone], media_type="text/html", status_code=200)
async def accept_done(request: Request[Any, Any, Any], data: URLEncodedBody[AcceptForm]) -> Response[str]:
    """Accept it and say so; what does not fit is asked for again."""
    take_try(request, "")
    context, said = Context.of(request), _words(request)
    answer = Registration(
        email="", password=data.new_password, password_confirm=data.new_password,
        first_name=data.first_name, last_name=data.last_name,
    )  # fmt: skip
    accept, key = context.served.invitations.accept, Key(token=data.token or "-")
    try:
        user = await context.lanes.slow(accept, key, answer, origin=context.origin(request))
    except LmsError as error:
        if error.code != "invalid_fields":
            return _failed(request, error)
        return await _offered(request, data.token, "page", error)
    context.served.wrote()
    context.served.mailed()
    return _page(request, "accept_title", f"<p>{escape(said['accept_done'])}</p><p><b>{escape(user.email)}</b></p>")


async def _offered(
    request: Request[Any, Any, Any], token: str, action: str, error: LmsError | None = None
) -> Response[str]:
    """The form of an invitation, below what was wrong with the last answer."""
    context, said = Context.of(request), _words(request)
    try:
        offer = await context.lanes.run(context.served.invitations.offer, token or "-")
    except LmsError as wrong:
        return _failed(request, wrong)
    text = said["accept_class"].replace("{class}", offer.class_name) if offer.class_name else said["accept_text"]
    fields = _new_account(said, offer) if offer.asks else ""
    form = _form(action, token, f"{fields}<button>{escape(said['accept_button'])}</button>")
    inside = f"<p>{escape(text)}</p><p><b>{escape(offer.email)}</b></p>{form}"
    return _failed(request, error, inside) if error else _page(request, "accept_title", inside)


def _new_account(said: Mapping[str, str], offer: Offer) -> str:
    names = "".join(
        f'<label>{escape(said[name])}<input name="{name}" maxlength="150" value="{escape(value)}" required></label>'
        for name, value in (("first_name", offer.first_name), ("last_name", offer.last_name))
    )
    return names + _password_field(said)


@get("/unsubscribe", guards=[anyone], media_type="text/html")
async def unsubscribe_page(request: Request[Any, Any, Any], token: FromQuery[Token] = "") -> Response[str]:
    """A page with a button that ends the mails about notifications."""
    said = _words(request)
    form = _form(f"?{urlencode({'token': token})}", token, f"<button>{escape(said['unsubscribe_button'])}</button>")
    return _page(request, "unsubscribe_title", f"<p>{escape(said['unsubscribe_text'])}</p>{form}")


@post("/unsubscribe", guards=[anyone], media_type="text/html", status_code=200)
async def unsubscribe(request: Request[Any, Any, Any], token: FromQuery[Token] = "") -> Response[str]:
    """End the mails: what the page's button does, and a mail program by itself (RFC 8058)."""
    take_try(request, "")
    context = Context.of(request)
    try:
        await context.lanes.run(context.served.unsubscribing.unsubscribe, token)
    except LmsError as error:
        return _failed(request, error)
    return _page(request, "unsubscribe_title", f"<p>{escape(_words(request)['unsubscribe_done'])}</p>")


@get("/instructor/verify", guards=[anyone], media_type="text/html")
async def application_page(request: Request[Any, Any, Any], token: FromQuery[Token] = "") -> Response[str]:
    """A page with a button that confirms an application to teach."""
    said = _words(request)
    form = _form("verify/page", token, f"<button>{escape(said['verify_button'])}</button>")
    return _page(request, "application_title", f"<p>{escape(said['application_text'])}</p>{form}")


@post("/instructor/verify/page", guards=[anyone], media_type="text/html", status_code=200)
async def application_done(request: Request[Any, Any, Any], data: URLEncodedBody[VerifyForm]) -> Response[str]:
    """Confirm the application and say so."""
    take_try(request, "")
    context = Context.of(request)
    try:
        await context.lanes.run(context.served.instructors.confirm, token=data.token or "-")
    except LmsError as error:
        return _failed(request, error)
    context.served.wrote()
    return _page(request, "application_title", f"<p>{escape(_words(request)['application_done'])}</p>")


def _words(request: Request[Any, Any, Any]) -> dict[str, str]:
    return words(_language(request))["page"]


def _language(request: Request[Any, Any, Any]) -> str:
    return spoken(request.headers.get("accept-language", "")) or Context.of(request).settings.language


def _reset_form(request: Request[Any, Any, Any], token: str, action: str) -> str:
    said = _words(request)
    field = f"{_password_field(said)}<button>{escape(said['reset_button'])}</button>"
    return f"<p>{escape(said['reset_text'])}</p>" + _form(action, token, field)


def _password_field(said: Mapping[str, str]) -> str:
    return (
        f'<label>{escape(said["reset_field"])}<input type="password" name="new_password" minlength="8" maxlength="128" '
        'autocomplete="new-password" required></label>'
    )


def _form(action: str, token: str, inside: str) -> str:
    """A form that sends the token; `action` begins beside the page's own address, whatever a proxy puts before it."""
    held = f'<input type="hidden" name="token" value="{escape(token)}">'
    return f'<form method="post" action="{action}">{held}{inside}</form>'


def _failed(request: Request[Any, Any, Any], error: LmsError, again: str = "") -> Response[str]:
    fields = error.values.get("fields", {})
    said = " ".join(LmsError(code).message for codes in fields.values() for code in codes) or error.message
    return _page(request, "failed_title", f"<p>{escape(said)}</p>{again}", status=status_of(error))


def _page(request: Request[Any, Any, Any], title: str, inside: str, *, status: int = 200) -> Response[str]:
    language, name = _language(request), escape(_words(request)[title])
    direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    html = (
        f'<!DOCTYPE html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{name}</title><style>{STYLE}</style></head>'
        f"<body><h1>{name}</h1>{inside}</body></html>"
    )
    return Response(html, status_code=status, media_type="text/html", headers={"content-security-policy": POLICY})


router = Router(
    "/",
    route_handlers=[
        Router(
            "/auth", route_handlers=[verify_page, verify_done, reset_page, reset_done, unsubscribe_page, unsubscribe]
        ),
        accept_page,
        accept_done,
        application_page,
        application_done,
    ],
    tags=["pages"],
)
