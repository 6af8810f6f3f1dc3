"""The sections of the administration: what each is called, who sees it, and how its page is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from desktop_lms.words import tr
from lms_core.permissions import Who, is_admin, is_moderator_or_up

if TYPE_CHECKING:
    from desktop_lms.shell.pages import Context


@dataclass(frozen=True)
class Section:
    """A section; `may` says who sees it."""

    name: str
    title: str
    icon: str
    group: str
    may: Callable[[Who], bool]
    make: Callable[..., tuple[QWidget, object]]
    """Makes page and viewmodel from the context and what follows the section's name in the route."""


def sections() -> list[Section]:
    """All of them, in the order of the list."""
    people, courses, platform, server = tr("People"), tr("Courses"), tr("Platform"), tr("Server")
    return [
        Section("overview", tr("Overview"), "chart-no-axes-column", platform, is_moderator_or_up, _overview),
        Section("reports", tr("Reports"), "table", platform, is_moderator_or_up, _reports),
        Section("accounts", tr("Accounts"), "user", people, is_moderator_or_up, _accounts),
        Section("invitations", tr("Invitations"), "send", people, is_moderator_or_up, _invitations),
        Section("classes", tr("Classes"), "users", people, is_moderator_or_up, classes),
        Section("instructors", tr("Instructors"), "graduation-cap", people, is_admin, _instructors),
        Section("announcements", tr("Announcements"), "megaphone", people, is_admin, _announcements),
        Section("categories", tr("Categories"), "list-tree", courses, is_admin, _categories),
        Section("certificates", tr("Certificates"), "award", courses, is_admin, _certificates),
        Section("devices", tr("Devices and sync"), "laptop", server, is_admin, _devices),
        Section("backups", tr("Backups"), "hard-drive", server, is_admin, _backups),
        Section("mail", tr("Mail"), "send", server, is_admin, _mails),
        Section("audit", tr("Audit log"), "clipboard-list", server, is_admin, _log),
        Section("background", tr("Background work"), "history", server, is_admin, _background),
        Section("server", tr("Server settings"), "settings", server, is_admin, _server),
    ]


def administration(c: Context, who: Who, here: str = "", *rest: str) -> QWidget:
    """The page of a section; of the first one when none is named."""
    from desktop_lms.features.admin.view import AdminPage, Entry

    mine = [section for section in sections() if section.may(who)]
    one = next((section for section in mine if section.name == here), mine[0])
    page, model = one.make(c, *rest)
    entries = [Entry(each.name, each.title, each.icon, each.group) for each in mine]
    made = AdminPage(entries, one.name, page, go=c.go)
    model.setParent(page)  # type: ignore[attr-defined]
    return made


def _accounts(c: Context, part: str = "") -> tuple[QWidget, object]:
    """Everybody's accounts, or those that a table makes."""
    if part == "table":
        from desktop_lms.features.admin.accounts.table.view import TablePage
        from desktop_lms.features.admin.accounts.table.viewmodel import TableModel

        table = TableModel(c.store)
        return TablePage(table, go=c.go, say=c.say), table
    from desktop_lms.features.admin.accounts.view import AccountsPage
    from desktop_lms.features.admin.accounts.viewmodel import AccountsModel

    model = AccountsModel(c.store)
    return AccountsPage(model, go=c.go, say=c.say), model


def classes(c: Context, name: str = "", *, route: str = "admin/classes") -> tuple[QWidget, object]:
    """The list of classes, or one of them; `route` is where they are."""

    def open_class(wanted: str) -> None:
        c.go(f"{route}/{wanted}" if wanted else route)

    if not name:
        from desktop_lms.features.admin.classes.view import ClassesPage
        from desktop_lms.features.admin.classes.viewmodel import ClassesModel

        listed = ClassesModel(c.store)
        return ClassesPage(listed, open_class=open_class, say=c.say), listed
    from desktop_lms.features.admin.classes.room.view import RoomPage
    from desktop_lms.features.admin.classes.room.viewmodel import RoomModel

    model = RoomModel(c.store, name)
    return RoomPage(model, open_class=open_class, say=c.say), model


def _invitations(c: Context) -> tuple[QWidget, object]:
    from desktop_lms.features.admin.invitations.view import InvitationsPage
    from desktop_lms.features.admin.invitations.viewmodel import InvitationsModel

    model = InvitationsModel(c.store)
    return InvitationsPage(model, say=c.say), model


def _instructors(c: Context) -> tuple[QWidget, object]:
    from desktop_lms.features.admin.instructors.view import InstructorsPage
    from desktop_lms.features.admin.instructors.viewmodel import InstructorsModel

    model = InstructorsModel(c.store)
    return InstructorsPage(model, say=c.say), model


def _announcements(c: Context) -> tuple[QWidget, object]:
    from desktop_lms.features.admin.announcements.view import AnnouncementsPage
    from desktop_lms.features.admin.announcements.viewmodel import AnnouncementsModel

    model = AnnouncementsModel(c.store)
    return AnnouncementsPage(model, say=c.say), model


def _categories(c: Context) -> tuple[QWidget, object]:
    from desktop_lms.features.admin.categories.view import CategoriesPage
    from desktop_lms.features.admin.categories.viewmodel import CategoriesModel

    model = CategoriesModel(c.store)
    return CategoriesPage(model, say=c.say), model


def _certificates(c: Context) -> tuple[QWidget, object]:
    from desktop_lms.features.admin.certificates.view import IssuedPage
    from desktop_lms.features.admin.certificates.viewmodel import IssuedModel

    model = IssuedModel(c.store)
    return IssuedPage(model, say=c.say), model


def _overview(c: Context) -> tuple[QWidget, object]:
    from desktop_lms.features.admin.overview.view import OverviewPage
    from desktop_lms.features.admin.overview.viewmodel import OverviewModel

    model = OverviewModel(c.store)
    return OverviewPage(model), model


def _reports(c: Context) -> tuple[QWidget, object]:
    from desktop_lms.features.admin.reports.view import ReportsPage
    from desktop_lms.features.admin.reports.viewmodel import ReportsModel

    model = ReportsModel(c.store)
    return ReportsPage(model, say=c.say), model


def _devices(c: Context) -> tuple[QWidget, object]:
    from desktop_lms.features.admin.devices.view import AllDevicesPage
    from desktop_lms.features.admin.devices.viewmodel import AllDevicesModel

    model = AllDevicesModel(c.store)
    return AllDevicesPage(model, say=c.say), model


def _mails(c: Context) -> tuple[QWidget, object]:
    from desktop_lms.features.admin.mails.view import MailsPage
    from desktop_lms.features.admin.mails.viewmodel import MailsModel

    model = MailsModel(c.store)
    return MailsPage(model, say=c.say), model


def _log(c: Context) -> tuple[QWidget, object]:
    from desktop_lms.features.admin.log.view import LogPage
    from desktop_lms.features.admin.log.viewmodel import LogModel

    model = LogModel(c.store)
    return LogPage(model, say=c.say), model


def _backups(c: Context) -> tuple[QWidget, object]:
    from desktop_lms.features.admin.backups.view import BackupsPage
    from desktop_lms.features.admin.backups.viewmodel import BackupsModel

    model = BackupsModel(c.store)
    return BackupsPage(model, say=c.say), model


def _background(c: Context) -> tuple[QWidget, object]:
    from desktop_lms.features.admin.background.view import BackgroundPage
    from desktop_lms.features.admin.background.viewmodel import BackgroundModel

    model = BackgroundModel(c.store)
    return BackgroundPage(model, say=c.say), model


def _server(c: Context) -> tuple[QWidget, object]:
    from desktop_lms.features.admin.server.view import ServerPage
    from desktop_lms.features.admin.server.viewmodel import ServerModel

    model = ServerModel(c.store)
    return ServerPage(model, say=c.say), model
