"""What the routes need of a hub; `opening.py` makes it from the core, tests may hand in another."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from lms_core.accounts.audit import AuditService
from lms_core.accounts.devices import DevicesService
from lms_core.accounts.identities import IdentitiesService
from lms_core.accounts.importing import ImportService
from lms_core.accounts.model import Caller
from lms_core.accounts.people import PeopleService
from lms_core.accounts.personal_service import PersonalService
from lms_core.accounts.recovery import RecoveryService
from lms_core.accounts.second_factor import SecondFactorService
from lms_core.accounts.service import AccountsService
from lms_core.analytics.learner import LearnerService
from lms_core.analytics.platform import PlatformService
from lms_core.analytics.reports import ReportsService
from lms_core.assessment.attempts import AttemptsDesk
from lms_core.assessment.exams import ExamsService
from lms_core.catalogue.contents import ContentsDesk
from lms_core.catalogue.desk import CoursesDesk
from lms_core.catalogue.reading import CatalogueService
from lms_core.certificates.service import CertificatesService
from lms_core.classes.service import ClassesService
from lms_core.courses.categories import CategoriesService
from lms_core.erasing import ErasureService
from lms_core.exporting import ExportService
from lms_core.instructors.directory import InstructorDirectory
from lms_core.instructors.service import InstructorsService
from lms_core.invitations.service import InvitationsService
from lms_core.learning.desk import LearningDesk
from lms_core.learning.notes_desk import NotesDesk
from lms_core.learning.students import StudentsDesk
from lms_core.notifications.announcing import AnnouncementsService
from lms_core.notifications.digests import Unsubscribing
from lms_core.notifications.service import InboxService
from lms_core.operation.desk import JobsDesk
from lms_core.operation.mails import MailDesk
from lms_core.operation.runs import Runs
from lms_core.ports import FileStore
from lms_core.sync.hub.desk import SyncDesk
from lms_core.sync.hub.hints import Hints
from sync_server.backups import Backups
from sync_server.effective import Effective
from sync_server.facts import Stats, Status
from sync_server.filing import Filing
from sync_server.mail import Sender
from sync_server.metrics import Metrics
from sync_server.providers import Providers


@dataclass(frozen=True)
class Health:
    """State of the database: the hub's timeline as (epoch, commit), and how much was set aside for the operator."""

    epoch: int
    commit: int
    set_aside: int = 0


@dataclass(frozen=True)
class Live:
    """What live connections are told from: hints, heads of an account's scopes, which of some sessions are open."""

    hints: Hints
    heads: Callable[[str], dict[str, int]]
    open_sessions: Callable[[Collection[str]], set[str]]


@dataclass(frozen=True, kw_only=True)
class Served:
    """The hub as the routes see it. `exchange(account, request)` answers one request of SYNC.md section 5."""

    accounts: AccountsService
    recovery: RecoveryService
    devices: DevicesService
    sync: SyncDesk
    second_factor: SecondFactorService
    identities: IdentitiesService
    providers: Providers
    people: PeopleService
    personal: Callable[[Caller], PersonalService]
    inbox: Callable[[Caller], InboxService]
    announcements: AnnouncementsService
    unsubscribing: Unsubscribing
    audit: AuditService
    erasure: ErasureService
    exports: ExportService
    imports: ImportService
    invitations: InvitationsService
    exchange: Callable[[str, bytes], bytes]
    blobs: FileStore
    packs: FileStore
    health: Callable[[], Health]
    now_ms: Callable[[], int]
    may_read_pack: Callable[[Caller, str], bool]
    may_read_blob: Callable[[Caller, str], bool]
    exams: ExamsService
    classes: ClassesService
    categories: CategoriesService
    catalogue: CatalogueService
    desk: CoursesDesk
    contents: ContentsDesk
    learning: LearningDesk
    instructors: InstructorsService
    directory: InstructorDirectory
    students: StudentsDesk
    notes: NotesDesk
    attempts: AttemptsDesk
    platform: PlatformService
    learner: LearnerService
    reports: ReportsService
    certificates: CertificatesService
    filing: Filing
    live: Live
    metrics: Metrics
    runs: Runs
    jobs: JobsDesk
    backups: Backups | None
    effective: Callable[[], list[Effective]]
    mails: MailDesk
    sender: Sender
    status: Callable[[], Status]
    stats: Callable[[], Stats]
    wrote: Callable[[], None] = lambda: None
    mailed: Callable[[], None] = lambda: None
    reported: Callable[[], None] = lambda: None
