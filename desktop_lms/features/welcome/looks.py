"""Language, text size and theme within reach before anybody is in."""

from __future__ import annotations

from desktop_lms.features.welcome.viewmodel import WelcomeModel
from desktop_lms.preferences import SCALES
from desktop_lms.widgets.buttons import menu_button
from desktop_lms.widgets.flow import Flow
from desktop_lms.widgets.layout import Item, boxed, row
from desktop_lms.widgets.surfaces import Mark
from desktop_lms.widgets.text import Label
from desktop_lms.words import LANGUAGES, PRODUCT, tr

_ICONS = {"system": "monitor", "light": "sun", "dark": "moon", "contrast": "contrast"}


def sizes() -> list[tuple[str, str]]:
    """Text sizes to choose from."""
    return [(str(scale), f"{round(scale * 100)} %") for scale in SCALES]


def schemes() -> dict[str, str]:
    """Themes to choose from."""
    return {
        "system": tr("As the system"), "light": tr("Light"), "dark": tr("Dark"), "contrast": tr("High contrast"),
    }  # fmt: skip


def topbar(model: WelcomeModel) -> Item:
    """The product's name, and how it looks and speaks unless that is what the step asks."""
    brand: tuple[Item, ...] = (Mark(), Label(PRODUCT, "heading", size=15), "~")
    if model.step == "look" or model.profiles is None:
        return row(*brand, gap=10)
    look = model.look
    speech = menu_button(
        LANGUAGES[look.language], "languages", tr("Language"), LANGUAGES.items(), lambda it: model.set_look(language=it)
    )
    scale = menu_button(
        f"{round(look.scale * 100)} %", "type", tr("Text size"), sizes(), lambda it: model.set_look(scale=float(it))
    )
    theme = menu_button(
        schemes()[look.scheme], _ICONS[look.scheme], tr("Theme"), schemes().items(),
        lambda it: model.set_look(scheme=it),
    )  # fmt: skip
    return row(*brand[:2], (boxed(Flow(speech, scale, theme, gap=10, end=True)), 1), gap=10)
