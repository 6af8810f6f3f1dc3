"""Scenes of the sheets: what asks, warns or reports over a page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from desktop_lms.app import App
from desktop_lms.crashes import Crash
from desktop_lms.features.admin.accounts.table.view import TablePage
from desktop_lms.features.admin.accounts.view import AccountsPage
from desktop_lms.features.admin.announcements.view import AnnouncementsPage
from desktop_lms.features.admin.categories.view import CategoriesPage
from desktop_lms.features.admin.certificates.view import IssuedPage
from desktop_lms.features.admin.classes.room.view import RoomPage
from desktop_lms.features.admin.classes.view import ClassesPage
from desktop_lms.features.admin.devices.view import AllDevicesPage
from desktop_lms.features.admin.instructors.view import InstructorsPage
from desktop_lms.features.admin.invitations.view import InvitationsPage
from desktop_lms.features.admin.mails.view import MailsPage
from desktop_lms.features.admin.overview.view import OverviewPage
from desktop_lms.features.admin.reports.view import ReportsPage
from desktop_lms.features.builder.details.view import show_details
from desktop_lms.features.builder.view import BuilderPage
from desktop_lms.features.certificates.view import CertificatesPage
from desktop_lms.features.courses.view import CoursesPage
from desktop_lms.features.deleting.view import DeletingPage
from desktop_lms.features.instructor.view import InstructorPage
from desktop_lms.features.lesson.handout.view import Ways
from desktop_lms.features.lesson.package.view import PackageCard
from desktop_lms.features.lesson.view import LessonPage
from desktop_lms.features.progress.view import ProgressPage
from desktop_lms.features.quiz.view import QuizPage
from desktop_lms.features.review.browse.view import BrowsePage
from desktop_lms.features.security.view import SecurityPage
from desktop_lms.features.settings.devices.view import DeviceList
from desktop_lms.features.settings.email.view import EmailLine
from desktop_lms.features.settings.view import SettingsPage
from desktop_lms.features.syncing.files.view import Foot
from desktop_lms.features.syncing.view import SyncPage
from desktop_lms.features.teach.view import TeachPage
from desktop_lms.features.welcome.view import WelcomePage
from desktop_lms.logs import Fault
from desktop_lms.shell.recovery import ask_recovery
from desktop_lms.shell.window import Window
from lms_core.content.model import MediaRef
from lms_core.errors import DiskFull, StorageError
from lms_core.rest.account import Course, Setup
from lms_core.rest.figures import Chart, ChartData, Dataset, Health, Platform, Totals
from lms_core.rest.instructors import Application
from lms_core.rest.reports import Report
from tests.scenes import Data, Scene, at, button, page_of, settle, there

OPENED_BY = {
    "_ask_discard": "discard", "publish_sheet": "publish", "show_error": "error", "AccountsPage.ask_new": "add-person",
    "CategoriesPage.ask_new": "new-category", "ask": "new-class", "CertificatesPage.show_paper": "certificate",
    "IssuedPage._ask": "revoke-certificate", "AnnouncementsPage.ask_to_send": "announce", "ask_to_join": "join-class",
    "SecurityPage._ask": "second-step", "SecurityPage.show_codes": "recovery-codes", "DeviceList.ask_revoke": "remove",
    "InvitationsPage.ask_new": "invite", "EmailLine.ask_code": "confirm-email",
    "InstructorPage.ask_code": "confirm-application", "InstructorsPage.ask_reason": "reject-application",
    "Ways.ask": "open-file", "PackageCard.ask": "open-package",
    "Foot._tell": "by-file", "ask_before_leaving": "leading-out", "show_picture": "picture",
    "QuizPage.ask_to_submit": "quiz-submit", "ask_card": "card", "SettingsPage.ask_file_password": "save-as-file",
    "SettingsPage.ask_link": "link", "SettingsPage.ask_password": "password", "SettingsPage.ask_sign_out": "sign-out",
    "AllDevicesPage.ask_revoke": "sign-out-device", "SectionPage.ask": "drop-mail",
    "SyncPage.ask_sign_in": "sign-in-again", "TeachPage.ask_title": "new-course",
    "WelcomePage.ask_file_password": "file-password", "StoragePage.ask_remove": "remove-course",
    "ask_recovery": "recovery", "ask_to_keep": "keep", "show_update": "update",
    "ProgressPage.ask_goals": "goals", "show_details": "file-details",
    "NotesPage.ask_export": "notes-export", "NotesPage.watch": "notes-writing",
}  # fmt: skip
"""Which scene shows the sheet that each of these functions opens."""


def over(route: str, kind: type[QWidget], ask: Callable[[Any], object]) -> Scene:
    """What a page, or a part of it, lays over the window."""

    def go(app: App) -> QWidget:
        window = there(route)(app)
        settle()
        page = page_of(app)
        ask(page if isinstance(page, kind) else page.findChild(kind))
        return window

    return go


def _edit(page: BrowsePage) -> None:
    while page._model.content is None:
        settle(50)
    page._ask_edit(page._model.content.cards[0])


def _submit(page: QuizPage) -> None:
    page._model.start()
    settle()
    page.ask_to_submit()


def _details(page: BuilderPage) -> None:
    file = MediaRef(
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "Low water.mp4", "video/mp4", 48_210
    )
    show_details(page.window(), page.contents, file)


def _picture(page: LessonPage) -> None:
    page._zoom(next(iter(page._model.drawing.pictures)))
    settle()


def _out(page: LessonPage) -> None:
    page._follow_link(
        "https://statistics.example.org/for-everyday-questions/how-to-weigh-a-limpet-twice?seen=from-here"
    )


def _error(app: App) -> QWidget:
    window = there("notes")(app)
    assert isinstance(window, Window)
    window.show_error(StorageError("disk_error", path="profile.db"))
    return window


def _recovery(app: App) -> QWidget:
    window = there("notes")(app)
    fault = Fault("ValueError in viewmodel._on_loaded", 3, 1_763_800_000_000, 1_763_800_060_000, "ValueError: 7")
    ask_recovery(window, Crash(1_763_800_000_000, "", (fault,)), (fault,))
    return window


def _full_disk(app: App) -> QWidget:
    window = there("notes")(app)
    assert isinstance(window, Window)
    window.show_error(DiskFull())
    return window


def _paper(page: CertificatesPage) -> None:
    held = page._model.held
    assert held is not None
    page._model.open(held.certificates[0].id)


def _revoke(page: IssuedPage) -> None:
    rows = page._model.rows
    assert rows
    page.ask_revoke(rows[0])


def sheets(data: Data) -> dict[str, Scene]:
    """Those of somebody on this device alone."""
    lesson = f"lesson/{data.lesson}"
    return {
        "quiz-submit": over(f"quiz/{data.practice}", QuizPage, _submit),
        "card": over("review/cards", BrowsePage, _edit),
        "password": over("settings", SettingsPage, SettingsPage.ask_password),
        "link": over("settings", SettingsPage, SettingsPage.ask_link),
        "save-as-file": over("settings", SettingsPage, lambda page: page.ask_file_password(Path("amara.lms"))),
        "sign-out": over("settings", SettingsPage, SettingsPage.ask_sign_out),
        "certificate": over("certificates", CertificatesPage, _paper),
        "new-course": over("teach", TeachPage, TeachPage.ask_title),
        "leading-out": over(lesson, LessonPage, _out), "picture": over(lesson, LessonPage, _picture),
        "goals": over("progress", ProgressPage, ProgressPage.ask_goals), "error": _error, "full-disk": _full_disk,
        "recovery": _recovery, "file-details": over(f"builder/{data.course}", BuilderPage, _details),
    }  # fmt: skip


def _remove(devices: DeviceList) -> None:
    known = devices._model.devices
    assert known is not None
    devices.ask_revoke(next(each for each in known.all if not each.here))


def _leading(page: DeletingPage) -> None:
    """Courses that have to be handed over first."""
    while page._model.led is None:
        settle(50)
    page._model.led = tuple(Course(id=name, title=name) for name in ("Between the tides", "Statistics for everybody"))
    page._model.changed.emit()
    settle(50)
    page.verticalScrollBar().setValue(300)


def _second_step(page: SecurityPage) -> None:
    page._model.setup = Setup(secret="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", uri=URI)
    page.ask_first_code()


def _codes(page: SecurityPage) -> None:
    page._model.codes = [f"k7pm{n}-2xwd{n}" for n in range(10)]
    page.show_codes()


def _rejected(page: InstructorPage) -> None:
    reason = "Tell us where you have taught before, and with whom we may speak about it."
    page._model._answer = Application(
        status="rejected", is_verified=True, applied_at="2026-11-20T08:00:00.000Z", suspension_reason=reason
    )
    page._show_again()


def _reject(page: InstructorsPage) -> None:
    person = page._model.current
    assert person is not None
    page.ask_reason(person, "reject")


URI = "otpauth://totp/Fieldnote:amara%40school.example?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Fieldnote"
LINKED = {
    "settings": at("settings"), "security": at("security"), "delete-account": at("delete-account"),
    "delete-leading": over("delete-account", DeletingPage, _leading),
    "second-step": over("security", SecurityPage, _second_step),
    "recovery-codes": over("security", SecurityPage, _codes),
    "instructor": at("instructor"), "instructor-rejected": over("instructor", InstructorPage, _rejected),
    "confirm-application": over("instructor", InstructorPage, InstructorPage.ask_code),
    "confirm-email": over("settings", EmailLine, EmailLine.ask_code),
    "remove": over("settings", DeviceList, _remove),
    "sign-in-again": over("syncing", SyncPage, SyncPage.ask_sign_in),
    "join-class": over("courses", CoursesPage, lambda page: button(page, "Join a class…").click()),
    "by-file": over("syncing", Foot, lambda foot: foot._on_sent(12, "amara-2026-11-22.lms-sync")),
}  # fmt: skip
"""Those of somebody with a server and two devices."""


def in_class(ask: Callable[[RoomPage], object]) -> Scene:
    """The first class of the list, and what is laid over it."""

    def go(app: App) -> QWidget:
        at("admin/classes")(app)
        settle()
        rows = page_of(app).findChild(ClassesPage)._model.rows  # type: ignore[union-attr]
        return over(f"admin/classes/{rows[0].id}", RoomPage, ask)(app)

    return go


TABLE = """email;first_name;last_name;role;shoe size
zola@school.example;Zola;Banda;student;38
mika@school.example;Mika;Korhonen;teacher;41
amara@school.example;Amara;Okafor;student;37
broken;No;Address;student;40
;;Nobody;king;39
"""


def _checked(app: App) -> QWidget:
    """What would come of a table."""
    window, file = at("admin/accounts/table")(app), app.sessions.data_dir / "people.csv"
    file.write_text(TABLE, "utf-8")
    page = page_of(app).findChild(TablePage)
    assert page is not None
    page._model.take(file)
    while page._model.busy:
        settle(50)
    return window


def _announce(page: AnnouncementsPage) -> None:
    page.title.setText("The server rests on Saturday")
    page.message.setPlainText("From six to seven. Go on without a network.")
    page.ask_to_send()


def _figures(page: OverviewPage) -> None:
    """A school of some hundred people after a year."""
    days = [date(2026, 10, 24) + timedelta(days=n) for n in range(30)]
    names = [day.isoformat() for day in days]
    busy = [0 if day.weekday() > 4 else 40 + 11 * (day.day % 7) for day in days]

    def chart(labels: list[str], **rows: list[float]) -> Chart:
        return Chart("bar", ChartData(labels, [Dataset(values, name) for name, values in rows.items()]))

    page._model.platform = Platform(
        totals=Totals(
            total_accounts=412, total_students=371, total_instructors=36, total_courses=58, total_enrolments=1284,
            total_completions=306, total_lessons_completed=9713, total_certificates_issued=0, learners=287,
            seconds=4_812_000, last_updated="2026-11-22T07:58:00.000Z",
        ),
        charts={
            "user_growth": chart(names, accounts=[float(380 + n + n % 4) for n in range(30)]),
            "system_usage": chart(names, learners=[float(n) for n in busy], hours=[n * 0.7 for n in busy]),
            "courses_per_category": chart(["Biology", "Statistics", "Languages", ""], courses=[21.0, 17.0, 12.0, 8.0]),
            "activity": chart(["login", "lesson_open", "lesson_complete", "attempt", "search"],
                              count=[2210.0, 6842.0, 3120.0, 874.0, 412.0]),
            "search_figures": chart(["searches", "opened", "empty", "p50_ms", "p95_ms"],
                                    value=[412.0, 63.1, 8.5, 4.0, 11.0]),
            "searches": chart(["standard error", "limpets", "photosynthesis"], count=[61.0, 40.0, 22.0]),
            "empty_searches": chart(["regression", "fungi"], count=[9.0, 5.0]),
        },
        health=Health(set_aside=0, failed_jobs=["backup"]),
    )  # fmt: skip
    page._show()


def _reports(page: ReportsPage) -> None:
    """Reports in every state."""
    told = (("progress", "running", 60, ""), ("users", "queued", 0, ""), ("activity", "done", 100, ""),
            ("storage", "failed", 80, "interrupted"), ("users", "cancelled", 20, ""))  # fmt: skip
    page._model.classes = {"8b": "8b · Spring 2027", "9a": "9a · Spring 2027"}
    page._model.reports = tuple(
        Report(
            id=str(n), requested_by="", kind=kind, parameters={"cohort": "8b"} if n == 1 else {}, status=status,
            progress=progress, reason=reason,
            rows=12, asked_at="2026-11-22T07:58:00.000Z", finished_at=None,
        )
        for n, (kind, status, progress, reason) in enumerate(told)
    )  # fmt: skip
    page._show()


OFFICE = ("accounts", "devices", "backups", "mail", "audit", "background", "server")
DESK = {
    **{f"admin-{name}": at(f"admin/{name}") for name in OFFICE},
    "sign-out-device": over("admin/devices", AllDevicesPage, lambda page: page.ask_revoke(page._model.rows[0])),
    "drop-mail": over("admin/mail", MailsPage, lambda page: page.ask_drop(page._model.rows[0])),
    "add-person": over("admin/accounts", AccountsPage, AccountsPage.ask_new),
    "admin-table": at("admin/accounts/table"),
    "admin-table-checked": _checked,
    "admin-invitations": at("admin/invitations"),
    "invite": over("admin/invitations", InvitationsPage, InvitationsPage.ask_new),
    "admin-instructors": at("admin/instructors"),
    "reject-application": over("admin/instructors", InstructorsPage, _reject),
    "admin-announcements": at("admin/announcements"),
    "announce": over("admin/announcements", AnnouncementsPage, _announce),
    "admin-categories": at("admin/categories"),
    "admin-classes": at("admin/classes"),
    "classes": at("classes"),
    "class": in_class(lambda page: None),
    "class-people": in_class(RoomPage.ask_people),
    "new-class": over("admin/classes", ClassesPage, ClassesPage.ask_new),
    "class-next-term": in_class(RoomPage.ask_roll_over),
    "admin-certificates": at("admin/certificates"),
    "revoke-certificate": over("admin/certificates", IssuedPage, _revoke),
    "issue-certificates": over("admin/certificates", IssuedPage, IssuedPage.ask_issue),
    "new-category": over("admin/categories", CategoriesPage, CategoriesPage.ask_new),
    "admin-overview": over("admin/overview", OverviewPage, _figures),
    "admin-reports": over("admin/reports", ReportsPage, _reports),
}
"""Those of an administrator."""


def discarding(syncing: Scene) -> Scene:
    """What asks before a change that was sent back is dropped."""

    def go(app: App) -> QWidget:
        window = syncing(app)
        settle()
        button(page_of(app), "Discard…").click()
        return window

    return go


def file_password(door: Scene) -> Scene:
    """What asks for the password of a file, before the app."""

    def go(app: App) -> QWidget:
        window = door(app)
        page = window.findChild(WelcomePage)
        assert page is not None
        page.ask_file_password(Path("amara.lms"))
        return window

    return go


def asked_of(kind: type[QObject]) -> Callable[[Scene], Scene]:
    """What the first part of a kind asks, over another scene."""

    def over_it(before: Scene) -> Scene:
        def go(app: App) -> QWidget:
            window = before(app)
            page_of(app).findChildren(kind)[0].ask()  # type: ignore[attr-defined]
            return window

        return go

    return over_it


ELSEWHERE = {
    "discard": discarding, "file-password": file_password, "open-file": asked_of(Ways),
    "open-package": asked_of(PackageCard),
}  # fmt: skip
"""Those that lie over another scene, made of it."""
