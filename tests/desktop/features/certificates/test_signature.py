"""The signature of an instructor, which stands on certificates: chosen from a file, kept here, removed."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desktop_lms.features.instructor.view import InstructorPage
from desktop_lms.features.instructor.viewmodel import InstructorModel
from desktop_lms.store import InlineStore
from tests.desktop.test_mailed_codes import press


def signatures(page: InstructorPage) -> list[QLabel]:
    QApplication.processEvents()
    found = page.findChildren(QLabel)
    return [each for each in found if each.accessibleName() == "Your signature" and each.isVisibleTo(page)]


def test_a_signature_is_chosen_shown_and_removed(qtbot: QtBot, store: InlineStore, tmp_path: Path) -> None:  # CER-05
    model = InstructorModel(store, lambda: None)
    page = InstructorPage(model, go=lambda route: None, say=lambda text: None)
    model.setParent(page)
    qtbot.addWidget(page)
    page.show()
    model.write("display_name", "Ada Byron")
    assert signatures(page) == []
    Image.new("RGBA", (900, 300), (20, 20, 80, 90)).save(tmp_path / "signature.png")
    model.sign(tmp_path / "signature.png")
    (shown,) = signatures(page)
    assert shown.pixmap().height() == 72
    (tmp_path / "signature.png").write_bytes(b"nothing")
    model.sign(tmp_path / "signature.png")
    assert model.error is not None
    assert model.error.code == "not_an_image"
    model.sign(tmp_path / "none.png")
    assert model.error.code == "disk_error"
    press(page, "Remove the signature")
    assert signatures(page) == []
