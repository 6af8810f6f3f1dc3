"""The services that a hub serves, put together from what they need."""

from __future__ import annotations

from functools import partial
from typing import Any

from lms_core.accounts.audit import AuditService
from lms_core.accounts.devices import DevicesService
from lms_core.accounts.identities import IdentitiesService
from lms_core.accounts.importing import ImportService
from lms_core.accounts.keys import AccountKeys
from lms_core.accounts.model import Caller
from lms_core.accounts.passwords import PasswordHasher
from lms_core.accounts.people import PeopleService
from lms_core.accounts.personal_service import PersonalService
from lms_core.accounts.recovery import RecoveryService
from lms_core.accounts.second_factor import SecondFactorService
from lms_core.accounts.service import AccountsService, Lifetimes
from lms_core.analytics.learner import LearnerService
from lms_core.analytics.platform import PlatformService
from lms_core.analytics.reports import ReportsService
from lms_core.assessment.attempts import AttemptsDesk
from lms_core.assessment.exams import ExamsService
from lms_core.catalogue.contents import ContentsDesk
from lms_core.catalogue.desk import CoursesDesk
from lms_core.catalogue.reading import CatalogueService
from lms_core.certificates.issuing import Due
from lms_core.certificates.service import CertificatesService, Policy
from lms_core.classes.service import ClassesService
from lms_core.courses.categories import CategoriesService
from lms_core.courses.publishing import Documents, published_plans
from lms_core.db.engine import read
from lms_core.erasing import ErasureService
from lms_core.exporting import ExportService
from lms_core.hub import Hub
from lms_core.instructors.directory import InstructorDirectory
from lms_core.instructors.service import InstructorsService
from lms_core.invitations.service import InvitationsService
from lms_core.learning.desk import LearningDesk
from lms_core.learning.file_rights import FileRule
from lms_core.learning.notes_desk import NotesDesk
from lms_core.learning.rights import note_holder
from lms_core.learning.students import StudentsDesk
from lms_core.media.store import MediaStore
from lms_core.notifications.announcing import AnnouncementsService
from lms_core.notifications.digests import Unsubscribing, email_times
from lms_core.notifications.service import InboxService
from lms_core.schema import Actor
from lms_core.unit import Unit
from sync_server.at_hand import callers_of, catalogue_of
from sync_server.config import Settings
from sync_server.providers import Providers, providers_of


def services_of(
    hub: Hub, settings: Settings, keys: AccountKeys, packs: MediaStore, due: Due, hasher: PasswordHasher | None
) -> dict[str, Any]:
    """All services by the name under which routes find them."""
    return {
        **_accounts(hub, packs, settings, keys, hasher or PasswordHasher(at_once=settings.password_threads)),
        **_notifications(hub, keys),
        **_catalogue(hub, packs),
        **_learning(hub, packs),
        **_analytics(hub),
        "certificates": _certificates(hub, packs, settings, keys, due),
    }


def _accounts(
    hub: Hub, packs: MediaStore, settings: Settings, keys: AccountKeys, hasher: PasswordHasher
) -> dict[str, Any]:
    look = partial(read, hub.engine)
    accounts = AccountsService(
        work=hub.unit, look=look, keys=keys, hasher=hasher, clock=hub.clock, lifetimes=_lifetimes(settings),
        callers=callers_of(hub), ended=lambda unit, names: unit.tx.ended.update(names),  # type: ignore[attr-defined]
    )  # fmt: skip
    over: dict[str, Any] = {"work": hub.unit, "look": look, "keys": keys, "accounts": accounts}
    invitations = InvitationsService(**over, hasher=hasher, clock=hub.clock)
    return {
        "accounts": accounts,
        "classes": ClassesService(work=hub.unit, look=look, clock=hub.clock),
        "recovery": RecoveryService(work=hub.unit, keys=keys, hasher=hasher, accounts=accounts),
        "people": PeopleService(work=hub.unit, look=look, accounts=accounts),
        "personal": partial(_personal, hub),
        "audit": AuditService(look),
        "erasure": ErasureService(work=hub.unit, look=look, accounts=accounts),
        "exports": ExportService(work=hub.unit, look=look, blobs=hub.blobs, rule=FileRule(packs)),
        "imports": ImportService(work=hub.unit, look=look, hasher=hasher, invite=invitations.invite_made),
        "instructors": InstructorsService(**over),
        "directory": InstructorDirectory(look),
        "devices": DevicesService(**over),
        "second_factor": SecondFactorService(**over),
        "invitations": invitations,
        "identities": IdentitiesService(**over, clock=hub.clock, registration=settings.registration == "open"),
        "providers": Providers(providers_of(settings), settings.public_url),
    }


def _personal(hub: Hub, caller: Caller) -> PersonalService:
    """What somebody says of themselves, written at the hub in their name."""

    def keep(unit: Unit, data: bytes) -> str:
        name = hub.blobs.put(data)
        note_holder(unit, caller.account, name, len(data))
        return name

    work = partial(hub.unit, Actor(caller.account, caller.role))
    return PersonalService(work, look=partial(read, hub.engine), me=caller.account, keep=keep)


def _notifications(hub: Hub, keys: AccountKeys) -> dict[str, Any]:
    def inbox(caller: Caller) -> InboxService:
        work = partial(hub.unit, Actor(caller.account, caller.role))
        over: dict[str, Any] = {"look": partial(read, hub.engine), "now_ms": hub.clock.ms, "mailed": email_times}
        return InboxService(work, me=caller.account, **over)

    announcements, unsubscribing = AnnouncementsService(hub.unit), Unsubscribing(hub.unit, keys)
    return {"inbox": inbox, "announcements": announcements, "unsubscribing": unsubscribing}


def _learning(hub: Hub, packs: MediaStore) -> dict[str, Any]:
    over: dict[str, Any] = {
        "work": hub.unit, "look": partial(read, hub.engine), "plan_of": published_plans(packs)
    }  # fmt: skip
    attempts = AttemptsDesk(**over, documents=Documents(packs))
    students = StudentsDesk(work=hub.unit, look=partial(read, hub.engine))
    return {"learning": LearningDesk(**over), "notes": NotesDesk(**over), "attempts": attempts, "students": students}


def _analytics(hub: Hub) -> dict[str, Any]:
    look = partial(read, hub.engine)
    return {
        "reports": ReportsService(work=hub.unit, look=look, now_ms=hub.clock.ms),
        "platform": PlatformService(work=hub.unit, look=look, now_ms=hub.clock.ms),
        "learner": LearnerService(look, hub.clock.ms),
    }


def _certificates(hub: Hub, packs: MediaStore, settings: Settings, keys: AccountKeys, due: Due) -> CertificatesService:
    policy = Policy(issuer=settings.institution, needs_premium=settings.certificates_require_premium)
    return CertificatesService(
        work=hub.unit, look=partial(read, hub.engine), keys=keys, documents=Documents(packs), blobs=hub.blobs, due=due,
        policy=policy,
    )  # fmt: skip


def _catalogue(hub: Hub, packs: MediaStore) -> dict[str, Any]:
    look, cache = partial(read, hub.engine), catalogue_of(hub)
    catalogue = CatalogueService(look, packs, cache)
    return {
        "exams": ExamsService(hub.unit),
        "categories": CategoriesService(hub.unit, look, cache),
        "catalogue": catalogue,
        "desk": CoursesDesk(hub.unit, catalogue, hub.blobs),
        "contents": ContentsDesk(hub.unit, catalogue, hub.blobs),
    }


def _lifetimes(settings: Settings) -> Lifetimes:
    return Lifetimes(
        access_seconds=settings.access_minutes * 60,
        session_ms=settings.session_hours * 3_600_000,
        remembered_session_ms=settings.remembered_days * 86_400_000,
    )
