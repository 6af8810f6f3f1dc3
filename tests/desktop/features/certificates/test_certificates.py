"""Certificates on the screen: seen, saved and verified without a server, and said as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_lms.features.certificates.view import CertificatesPage, print_paper
from desktop_lms.features.certificates.viewmodel import CertificatesModel, Paper, picture_of
from desktop_lms.store import InlineStore
from desktop_lms.widgets.feedback import Banner, Sheet
from desktop_lms.widgets.rows import ListRow
from desktop_lms.widgets.surfaces import Chip
from lms_core.accounts.keys import AccountKeys
from lms_core.certificates.model import read_file
from lms_core.certificates.paper import draw
from lms_core.certificates.templates import SHIPPED
from lms_core.workspace import Workspace
from tests.certified import certify, credential_of, signed
from tests.desktop.test_mailed_codes import press, said

COURSE = "0197a3c2-7b1e-7c3a-9d55-3f0a2b6c1d03"


@pytest.fixture
def page(qtbot: QtBot, store: InlineStore) -> CertificatesPage:
    told: list[str] = []
    model = CertificatesModel(store)
    made = CertificatesPage(model, go=told.append, say=told.append)
    model.setParent(made)
    qtbot.addWidget(made)
    made.resize(1000, 800)
    made.show()
    made.told = told  # type: ignore[attr-defined]
    return made


def rows(page: CertificatesPage) -> list[str]:
    QApplication.processEvents()
    return [r.title.words for r in page.findChildren(ListRow) if r.isVisibleTo(page)]


def banner(page: CertificatesPage) -> str:
    QApplication.processEvents()
    return next((b.accessibleName() for b in page.findChildren(Banner) if b.isVisible()), "")


def test_own_ones_are_opened_and_saved(page: CertificatesPage, workspace: Workspace, tmp_path: Path) -> None:  # CER-10
    assert "No certificates yet" in said(page)
    own = credential_of(workspace.account, COURSE)
    certify(workspace, own)
    page._model.refresh()
    assert rows(page) == ["Between the tides"]
    papers: list[Paper] = []
    page._model.opened.connect(papers.append)
    press(page, "Open")
    assert any(s.isVisible() for s in page.findChildren(Sheet))
    assert not papers[0].picture.isNull()
    page._model.save(papers[0], tmp_path / "mine.pdf")
    assert page.told == ["Saved as mine.pdf"]  # type: ignore[attr-defined]
    assert read_file((tmp_path / "mine.pdf").read_bytes()) == own
    page._model.save(papers[0], tmp_path / "no folder" / "mine.pdf")
    assert page._model.error is not None
    assert page._model.error.code == "file_unwritable"


def test_revoked_ones_say_why(page: CertificatesPage, workspace: Workspace) -> None:  # CER-08
    certify(workspace, credential_of(workspace.account, COURSE), is_valid=False, revocation_reason="A name is wrong")
    page._model.refresh()
    assert rows(page) == ["Between the tides"]
    row = next(r for r in page.findChildren(ListRow) if r.isVisibleTo(page))
    assert "A name is wrong" in row.accessibleName()
    assert [chip.accessibleName() for chip in row.findChildren(Chip)] == ["Revoked"]


def test_verifying_says_what_is_known(page: CertificatesPage, workspace: Workspace, tmp_path: Path) -> None:  # CER-10
    own = credential_of(workspace.account, COURSE)
    certify(workspace, own)
    page.number.setText(own.certificate_number)
    press(page, "Verify")
    assert banner(page).startswith("This certificate is valid Amara Okafor · Between the tides · 25 February 2026")
    assert "only the server knows" in banner(page)
    path, forger = tmp_path / "theirs.pdf", AccountKeys(b"a forger's secret of thirty-two b")
    path.write_bytes(draw(signed(own, forger), SHIPPED["v1"]["layout"], server=""))
    page._model.verify_file(path)
    assert banner(page).startswith("This is no certificate of your server")
    path.write_bytes(b"nothing")
    page._model.verify_file(path)
    assert "no certificate in this file" in banner(page)
    page._model.verify_file(tmp_path / "missing.pdf")
    assert page._model.error is not None
    page.number.setText("")
    press(page, "Verify")
    assert "must not be empty" in banner(page)


def test_a_certificate_is_printed_across_a_page(
    page: CertificatesPage, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # CER-10
    from PySide6.QtPrintSupport import QPrintDialog, QPrinter

    out = tmp_path / "printed.pdf"

    def accept(dialog: QPrintDialog) -> int:
        dialog.printer().setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        dialog.printer().setOutputFileName(str(out))
        return 1

    monkeypatch.setattr(QPrintDialog, "exec", accept)
    own = credential_of(workspace.account, COURSE)
    _, data = workspace.certificates.file(certify(workspace, own))
    print_paper(page, Paper(own.certificate_number, data, picture_of(data)))
    printed = picture_of(out.read_bytes())
    assert printed.width() > printed.height()
    shades = {printed.pixel(x, y) for x in range(0, printed.width(), 5) for y in range(0, printed.height(), 5)}
    assert len(shades) > 10, "an empty page has one"
