"""Certificates: one's own, their PDF, whether one is valid, and what administrators do with them (CER)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Meta, Struct

from lms_core.accounts.model import Caller
from lms_core.certificates.model import Shown, Verdict, verification_url
from lms_core.certificates.service import Wanted
from lms_core.errors import NotFound, UserError
from sync_server.context import Context
from sync_server.details import UUID, uuid_of
from sync_server.guards import admin, anyone, signed_in
from sync_server.listing import Listing, PageOf, page_of, paged
from sync_server.routes.bodies import moment, readable, when
from sync_server.routes.certificate_page import verification_page

Ask = Request[Caller, Any, Any]
PDF = "application/pdf"
Number = Annotated[str, Meta(max_length=50, examples=["CERT-3f0a2b6c1d03-3f0a2b6c1d02-20260225061320"])]
Reason = Annotated[str, Meta(max_length=1000, examples=["Issued by mistake"])]
Row = Annotated[str, Meta(pattern=f"^{UUID.pattern}$")]


class CertificateBody(Struct, frozen=True, kw_only=True):
    """A certificate for its owner and administrators; times in ISO 8601."""

    id: str
    certificate_number: str
    enrollment_id: str
    user_id: str
    course_id: str
    student_name: str
    course_title: str
    instructor: str
    duration_minutes: int
    level: str
    completion_date: str
    issued_at: str
    is_valid: bool
    is_released: bool
    revocation_date: str | None
    revocation_reason: str
    template_version: str
    verification_hash: str
    signature: str
    verification_url: str


class VerdictBody(Struct, frozen=True, kw_only=True):
    """What anybody is told of a certificate, and no more (CER-06)."""

    certificate_number: str
    is_valid: bool
    student_name: str
    course_title: str
    completion_date: str
    revocation_date: str | None


class RevokeBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a certificate counts no more."""

    reason: Reason


class ReissueBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why another comes in its place."""

    reason: Reason = ""


class BulkBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`issue` what is earned in a course and lacking, or `revoke` up to 500 certificates by id with one reason."""

    action: Literal["issue", "revoke"]
    course_id: Row | None = None
    certificates: Annotated[list[Row], Meta(max_length=500)] = []
    reason: Reason = ""


class CountBody(Struct, frozen=True):
    """How many certificates were issued or revoked."""

    count: int


def server_of(request: Request[Any, Any, Any]) -> str:
    """The address under which people reach this server."""
    return Context.of(request).settings.public_url or str(request.base_url).rstrip("/")


def body_of(request: Request[Any, Any, Any], each: Shown) -> CertificateBody:
    """A certificate as the interface tells it."""
    credential, facts = each.credential, each.credential.facts
    told = {name: getattr(credential, name) for name in (
        "certificate_number", "enrollment_id", "user_id", "course_id", "template_version", "verification_hash",
        "signature",
    )}  # fmt: skip
    return CertificateBody(
        id=each.id, student_name=facts.student_name, course_title=facts.course_title, instructor=facts.instructor,
        duration_minutes=facts.minutes, level=facts.level, completion_date=moment(facts.completed_at),
        issued_at=moment(credential.issued_at), is_valid=each.is_valid, is_released=each.is_released,
        revocation_date=when(each.revoked_at), revocation_reason=each.revocation_reason,
        verification_url=verification_url(server_of(request), credential.certificate_number), **told,
    )  # fmt: skip


def verdict_body(said: Verdict) -> VerdictBody:
    """What anybody is told."""
    return VerdictBody(
        certificate_number=said.certificate_number, is_valid=said.state == "valid", student_name=said.student_name,
        course_title=said.course_title, completion_date=moment(said.completed_at),
        revocation_date=when(said.revoked_at),
    )  # fmt: skip


@get("/", guards=[signed_in], operation_class=Listing)
async def certificates(
    request: Ask, everyone: FromQuery[bool] = False, course: FromQuery[str] = "", search: FromQuery[str] = ""
) -> PageOf[CertificateBody]:
    """The caller's certificates, the last issued first (CER-09); `course` and `search` narrow them.

    Administrators get everybody's with `everyone=true`; `search` is a part of a number, a name or an e-mail address.
    """
    context, page = Context.of(request), page_of(request)
    wanted = Wanted(user=None if everyone else request.user.account, course=course[:50], search=search[:100])
    count, found = await context.lanes.run(
        context.served.certificates.certificates, request.user, wanted, offset=page.offset, most=page.size
    )
    return PageOf(**paged(request, page, count, [body_of(request, each) for each in found]))


@get("/{certificate_id:str}/file", guards=[signed_in], media_type=PDF)
async def file(request: Ask, certificate_id: FromPath[str]) -> Response[bytes]:
    """The PDF of a certificate that counts, for its owner and administrators."""
    context = Context.of(request)
    number, data = await context.lanes.run(
        context.served.certificates.file, request.user, uuid_of(certificate_id), server=server_of(request)
    )
    headers = {"Content-Disposition": f'attachment; filename="{number}.pdf"', "Cache-Control": "private, no-cache"}
    return Response(data, media_type=PDF, headers=headers)


@get("/verify", guards=[anyone])
async def verify(
    request: Request[Any, Any, Any], certificate_number: FromQuery[Number] = ""
) -> Response[VerdictBody | str]:
    """Whether a certificate is valid, for anybody: a page for browsers (`Accept: text/html`), else JSON (CER-06)."""
    context = Context.of(request)
    context.limits.verifications.take(context.address(request))
    said: Verdict | None = None
    try:
        if certificate_number:
            said = await context.lanes.run(context.served.certificates.verify, certificate_number.strip())
    except NotFound:
        if not _is_browser(request):
            raise
    if _is_browser(request):
        return verification_page(request, certificate_number, said)
    if said is None:
        raise UserError("invalid_fields", fields={"certificate_number": ["field_required"]}, names="certificate_number")
    return Response(verdict_body(said), headers={"Cache-Control": "no-store", "Vary": "Accept"})


def _is_browser(request: Request[Any, Any, Any]) -> bool:
    """Whether the caller would rather read a page than JSON."""
    return "text/html" in request.headers.get("accept", "")


@post("/{certificate_id:str}/revoke", guards=[admin], status_code=200)
async def revoke(request: Ask, certificate_id: FromPath[str], data: JSONBody[RevokeBody]) -> CertificateBody:
    """Say that a certificate counts no more, and why."""
    return await _done(request, "revoke", uuid_of(certificate_id), data.reason)


@post("/{certificate_id:str}/reissue", guards=[admin], status_code=201)
async def reissue(request: Ask, certificate_id: FromPath[str], data: JSONBody[ReissueBody]) -> CertificateBody:
    """Issue another in its place, with the names as they are now; the old one counts no more."""
    return await _done(request, "reissue", uuid_of(certificate_id), reason=data.reason)


async def _done(request: Ask, verb: str, *args: Any, **more: Any) -> CertificateBody:
    context = Context.of(request)
    act = getattr(context.served.certificates, verb)
    shown: Shown = await context.lanes.run(act, request.user, *args, **more, origin=context.origin(request))
    context.served.wrote()
    return body_of(request, shown)


@post("/bulk", guards=[admin], status_code=200)
async def bulk(request: Ask, data: JSONBody[BulkBody]) -> CountBody:
    """Issue what is lacking in a course, or revoke several at once."""
    context, service = Context.of(request), Context.of(request).served.certificates
    origin = context.origin(request)
    if data.action == "issue":
        if data.course_id is None:
            raise UserError("invalid_fields", fields={"course_id": ["field_required"]}, names="course_id")
        count = await context.lanes.run(service.issue_all, request.user, data.course_id, origin=origin)
    else:
        count = await context.lanes.run(service.revoke_all, request.user, data.certificates, data.reason, origin=origin)
    context.served.wrote()
    return CountBody(count)


router = Router(
    "/certificates",
    route_handlers=[certificates, verify, file, revoke, reissue, bulk],
    before_request=readable,
    tags=["certificates"],
)
