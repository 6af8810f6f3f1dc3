"""The tree of categories from the app, at a real server: made, named, dragged, hidden, deleted and taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTreeWidgetItem
from pytestqt.qtbot import QtBot

from desktop_lms.features.admin.categories.view import CategoriesPage
from desktop_lms.features.admin.categories.viewmodel import CategoriesModel, Spot
from desktop_lms.store import InlineStore
from desktop_lms.widgets.branches import BranchTree
from desktop_lms.widgets.feedback import Sheet
from desktop_lms.widgets.inputs import Choice, Field
from lms_core.workspace import Workspace
from tests.desktop.test_admin import banners
from tests.desktop.test_joining import entered
from tests.desktop.test_mailed_codes import press
from tests.e2e.programs import Server


def shown(item: Any) -> list[Any]:
    """Words of a tree, as lists in lists."""
    return [[child.text(0), *shown(child)] for n in range(item.childCount()) if (child := item.child(n))]


def find(tree: BranchTree, words: str) -> QTreeWidgetItem:
    return tree.findItems(words, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)[0]


def drop(tree: BranchTree, words: str, target: str, *, below: bool = False) -> None:
    """Drag a row onto another one, or to its lower edge."""
    tree.setCurrentItem(find(tree, words))
    area = tree.visualItemRect(find(tree, target))
    at = QPoint(area.center().x(), area.bottom() if below else area.center().y())
    where = BranchTree.DropIndicatorPosition.BelowItem if below else BranchTree.DropIndicatorPosition.OnItem
    tree.dropIndicatorPosition = lambda: where  # type: ignore[method-assign]
    data = tree.model().mimeData(tree.selectedIndexes())
    plain, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    tree.dropEvent(QDropEvent(QPointF(at), Qt.DropAction.MoveAction, data, left, plain, QEvent.Type.Drop))


def grow(page: CategoriesPage) -> None:
    """Make four categories by the sheet."""
    for name, place in (("Science", ""), ("Biology", "Under Science"), ("Zoology", "Under Biology"), ("Arts", "")):
        press(page, " New category…")
        sheet = next(s for s in page.window().findChildren(Sheet) if s.isVisible())
        sheet.findChildren(Field)[0].setText(name)
        choice = sheet.findChildren(Choice)[0]
        choice.setCurrentIndex(max(0, choice.findText(place)))
        press(sheet, "Make the category")


def test_an_administrator_keeps_the_tree(qtbot: QtBot, tmp_path: Path, server: Server) -> None:  # CAT-01 to CAT-05
    told: list[tuple[str, Callable[[], object] | None]] = []
    desk = entered(tmp_path, server, "dana", role="admin")
    page = opened(qtbot, desk, told)
    tree, model = page.tree, page._model
    grow(page)
    assert [words for words, _ in told] == [f"{n} is there now" for n in ("Science", "Biology", "Zoology", "Arts")]
    root = tree.invisibleRootItem()
    assert shown(root) == [["General"], ["Science", ["Biology", ["Zoology"]]], ["Arts"]]

    drop(tree, "Arts", "General", below=True)
    assert shown(root) == [["General"], ["Arts"], ["Science", ["Biology", ["Zoology"]]]]
    drop(tree, "Zoology", "Arts")
    assert shown(root) == [["General"], ["Arts", ["Zoology"]], ["Science", ["Biology"]]]
    told[-1][1]()
    assert shown(root) == [["General"], ["Arts"], ["Science", ["Biology", ["Zoology"]]]]
    model.choose(next(row.id for row in model.rows if row.name == "Arts"))
    QTest.keyClick(tree, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert shown(root)[0] == ["Arts"]
    drop(tree, "Science", "Zoology")
    assert model.error.code == "invalid_fields"
    assert any("That did not work" in words for words in banners(page))

    server.stop()
    model.refresh()
    assert any("The server must be reached" in words for words in banners(page))
    desk.close()


def opened(qtbot: QtBot, workspace: Workspace, told: list[Any]) -> CategoriesPage:
    workspace.synchronize()
    model = CategoriesModel(InlineStore(workspace))
    page = CategoriesPage(model, say=lambda words, undo=None: told.append((words, undo)))
    model.setParent(page)
    qtbot.addWidget(page)
    page.resize(1000, 800)
    page.show()
    return page


def test_one_is_named_hidden_and_deleted_with_a_way_back(
    qtbot: QtBot, tmp_path: Path, server: Server
) -> None:  # CAT-01, CAT-05
    told: list[tuple[str, Callable[[], object] | None]] = []
    desk = entered(tmp_path, server, "dana", role="admin")
    page = opened(qtbot, desk, told)
    grow(page)
    tree, model, editor, root = page.tree, page._model, page.editor, page.tree.invisibleRootItem()
    tree.setCurrentItem(find(tree, "Biology"))
    editor.name.setText("Life science")
    editor.name.tell()
    editor.about.setPlainText("All that lives.")
    editor.about.tell()
    editor.sign.choose("sun")
    editor.sign.chosen.emit("sun")
    editor.shown.click()
    here = model.current
    assert (here.name, here.description, here.icon, here.is_active) == ("Life science", "All that lives.", "sun", False)
    assert not editor.remove.isEnabled()
    tree.setCurrentItem(find(tree, "Zoology"))
    editor.remove.click()
    assert shown(find(tree, "Life science")) == []
    told[-1][1]()
    assert shown(find(tree, "Life science")) == [["Zoology"]]
    tree.setCurrentItem(find(tree, "General"))
    assert not editor.remove.isEnabled()
    model.delete(model.chosen)
    assert model.error.code == "category_default"
    model.move(model.chosen, Spot(None, None))
    assert shown(root)[0] == ["General"]
    desk.close()


def test_others_are_refused(qtbot: QtBot, tmp_path: Path, server: Server) -> None:  # CAT-04
    learner = entered(tmp_path, server, "amara")
    page = opened(qtbot, learner, [])
    page._model.make("Mine", None)
    assert page._model.error.code == "denied"
    assert any("That did not work" in words for words in banners(page))
    learner.close()
