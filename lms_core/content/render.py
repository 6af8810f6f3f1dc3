"""Markdown to safe rich text for a QTextBrowser: allow-listed tags, code in colour, callouts, formulas as pictures."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b

import markdown as md
import nh3
from pygments import lex
from pygments.lexers import get_lexer_by_name
from pygments.token import Token, _TokenType
from pygments.util import ClassNotFound

EXTENSIONS = [
    "tables", "footnotes", "def_list", "sane_lists", "admonition", "md_in_html",
    "pymdownx.highlight", "pymdownx.superfences", "pymdownx.tasklist", "pymdownx.mark", "pymdownx.tilde", "pymdownx.caret",
    "pymdownx.arithmatex", "pymdownx.betterem", "pymdownx.magiclink",
]  # fmt: skip
CONFIG = {
    "pymdownx.arithmatex": {"generic": True},
    "pymdownx.highlight": {"use_pygments": False},
    "pymdownx.superfences": {"css_class": "code", "disable_indented_code_blocks": False},
    "pymdownx.tilde": {"subscript": False},
    "pymdownx.caret": {"superscript": True},
}
TAGS = set(
    "p br hr h1 h2 h3 h4 h5 h6 ul ol li dl dt dd b strong i em u s del ins mark sub sup code pre blockquote "
    "table thead tbody tr th td a img div span details summary kbd".split()
)
ATTRIBUTES = {
    "a": {"href", "title"}, "img": {"src", "alt", "title", "width", "height"}, "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan"}, "div": {"class"}, "span": {"class"}, "p": {"class"}, "pre": {"class"},
    "code": {"class"}, "ol": {"start"}, "h1": {"id"}, "h2": {"id"}, "h3": {"id"}, "h4": {"id"}, "li": {"id"}, "sup": {"id"},
}  # fmt: skip
SCHEMES = {"http", "https", "mailto", "lesson", "media", "math"}
_CALLOUT = re.compile(r"^((?:>[ \t]?)\[!(\w+)\][ \t]*(.*)\n)((?:>.*\n?)*)", re.MULTILINE)
_MATH = re.compile(r'<(span|div) class="arithmatex">\s*\\([(\[])(.*?)\\[)\]]\s*</\1>', re.DOTALL)
_CODE = re.compile(
    r'(?:<div class="code">)?<pre[^>]*>(?:<span></span>)?<code(?: class="([^"]*)")?>(.*?)</code></pre>(?:</div>)?',
    re.DOTALL,
)
_HEAD = re.compile(r"<h([1-6])([^>]*)>(.*?)</h\1>", re.DOTALL)
_IMAGE = re.compile(r"<img\b([^>]*)>")
_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')
_LINK = re.compile(r'<a\b[^>]*href="([^"]*)"')
_TABLE = re.compile(r"<table>(.*?)</table>", re.DOTALL)
_ADMONITION = re.compile(r'<div class="admonition ([\w -]+)">\s*(?:<p class="admonition-title">(.*?)</p>)?', re.DOTALL)
_TASK = re.compile(r'<li[^>]*class="task-list-item"[^>]*>(.*?)(<input[^>]*>)', re.DOTALL)
_STRIP = re.compile(r"<[^>]+>")
TONES = {
    "note": "accentSoft", "tip": "accentSoft", "hint": "accentSoft", "info": "infoSoft", "abstract": "sunken",
    "question": "infoSoft", "success": "successSoft", "example": "sunken", "quote": "sunken", "warning": "warningSoft",
    "caution": "warningSoft", "attention": "warningSoft", "important": "warningSoft", "danger": "dangerSoft",
    "error": "dangerSoft",
}  # fmt: skip


@dataclass(frozen=True)
class RenderTheme:
    """Colours by token name (`text`, `sunken`, `codeKeyword` ...) and the size of code in px."""

    colors: dict[str, str]
    code_px: int = 13

    def __getitem__(self, name: str) -> str:
        return self.colors.get(name, "#808080")[:7]


PLAIN = RenderTheme({"text": "#211E1A", "sunken": "#F4F1EB", "accentSoft": "#E0EEEE", "text2": "#524C44"})


@dataclass(frozen=True)
class Heading:
    """A heading for the outline beside a text."""

    id: str
    level: int
    text: str


@dataclass(frozen=True)
class Formula:
    """A formula shown as the picture `math:KEY`."""

    key: str
    tex: str
    display: bool


@dataclass(frozen=True)
class Rendered:
    """A text ready to show, and what is in it."""

    html: str
    headings: tuple[Heading, ...] = ()
    formulas: tuple[Formula, ...] = ()
    images: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


@dataclass
class _Parts:
    """What is taken out before cleaning and put back as trusted HTML afterwards."""

    theme: RenderTheme
    held: dict[str, str] = field(default_factory=dict)
    formulas: dict[str, Formula] = field(default_factory=dict)

    def hold(self, trusted: str) -> str:
        key = f"\ue000{len(self.held)}\ue001"
        self.held[key] = trusted
        return key

    def release(self, text: str) -> str:
        for key, trusted in reversed(self.held.items()):
            text = text.replace(f"<p>{key}</p>", trusted).replace(key, trusted)
        return text


def render(markdown: str, *, theme: RenderTheme = PLAIN) -> Rendered:
    """Render Markdown. Nothing in the result runs, and nothing loads but `media:` and `math:` pictures."""
    parts = _Parts(theme)
    source = _CALLOUT.sub(_callout, markdown.replace("\ue000", "").replace("\ue001", ""))
    raw = md.markdown(source, extensions=EXTENSIONS, extension_configs=CONFIG, output_format="html")
    raw = _MATH.sub(lambda m: _formula(parts, m[3], display=m[2] == "["), raw)
    raw = _CODE.sub(lambda m: parts.hold(_code(parts.theme, html.unescape(_STRIP.sub("", m[2])), m[1] or "")), raw)
    raw = _TASK.sub(lambda m: f"<li>{m[1]}{'☑' if 'checked' in m[2] else '☐'} ", raw)
    clean = nh3.clean(
        raw,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel=None,
        clean_content_tags={"script", "style"},
    )
    headings: list[Heading] = []
    clean = _HEAD.sub(lambda m: _heading(headings, int(m[1]), m[3]), clean)
    images: list[str] = []
    clean = _IMAGE.sub(lambda m: _picture(images, dict(_ATTRIBUTE.findall(m[1]))), clean)
    clean = _TABLE.sub(
        lambda m: f'<table border="0" cellspacing="0" cellpadding="6" width="100%">{m[1]}</table>', clean
    )
    clean = _callouts(clean, theme)
    links = tuple(dict.fromkeys(html.unescape(x) for x in _LINK.findall(clean)))
    return Rendered(
        parts.release(clean), tuple(headings), tuple(parts.formulas.values()), tuple(dict.fromkeys(images)), links
    )


def _callout(found: re.Match[str]) -> str:
    """`> [!NOTE]` as the callouts of the rest of the text."""
    body = "\n".join("    " + re.sub(r"^>[ \t]?", "", line) for line in found[4].rstrip("\n").split("\n"))
    title = found[3].strip() or found[2].capitalize()
    return f'\n!!! {found[2].lower()} "{title}"\n{body}\n\n'


def _formula(parts: _Parts, tex: str, *, display: bool) -> str:
    tex = html.unescape(tex).strip()
    key = blake2b(f"{display}{tex}".encode(), digest_size=10).hexdigest()
    parts.formulas[key] = Formula(key, tex, display)
    image = f'<img src="math:{key}" alt="{html.escape(tex, quote=True)}" style="vertical-align:middle">'
    return parts.hold(f'<p align="center">{image}</p>' if display else image)


def _heading(headings: list[Heading], level: int, inner: str) -> str:
    text = html.unescape(_STRIP.sub("", inner)).strip()
    slug = re.sub(r"[^\w]+", "-", text.casefold()).strip("-") or "section"
    taken = sum(h.id == slug or h.id.startswith(f"{slug}--") for h in headings)
    row = f"{slug}--{taken + 1}" if taken else slug
    headings.append(Heading(row, level, text))
    return f'<h{level}><a name="{html.escape(row)}"></a>{inner}</h{level}>'


def _picture(images: list[str], values: dict[str, str]) -> str:
    source, alt = html.unescape(values.get("src", "")), values.get("alt", "")
    if source.startswith(("media:", "math:")):
        if source.startswith("media:"):
            images.append(source[6:])
        return f'<img src="{html.escape(source)}" alt="{alt}">'
    if source.startswith(("http://", "https://")):
        return f'<a href="{html.escape(source)}">{alt or html.escape(source)}</a>'
    return f"<i>{alt}</i>"


def _callouts(text: str, theme: RenderTheme) -> str:
    """Callouts as one-cell tables, for that is what a QTextDocument draws right."""
    out, depth, at = [], [], 0
    for token in re.finditer(r"<div\b[^>]*>|</div>", text):
        out.append(text[at : token.start()])
        at = token.end()
        found = _ADMONITION.match(text, token.start())
        if found:
            kind = found[1].split()[0]
            color = theme[TONES.get(kind, "accentSoft")]
            title = f"<p><b>{found[2]}</b></p>" if found[2] else ""
            out.append(f'<table width="100%" cellpadding="12" cellspacing="0" bgcolor="{color}"><tr><td>{title}')
            at = max(at, found.end())
            depth.append("</td></tr></table><p></p>")
        elif token[0] == "</div>":
            out.append(depth.pop() if depth else "")
        else:
            depth.append("")
    out.append(text[at:])
    return "".join(out)


def _code(theme: RenderTheme, code: str, language: str) -> str:
    """Code in one cell, each token in its colour."""
    name = language.replace("language-", "").split()[0] if language.split() else "text"
    body = "".join(_tokens(theme, code.rstrip("\n"), name))
    style = f"font-family:'JetBrains Mono'; font-size:{theme.code_px}px; white-space:pre-wrap; margin:0"
    return (
        f'<table width="100%" cellpadding="12" cellspacing="0" bgcolor="{theme["sunken"]}"><tr><td>'
        f'<pre style="{style}">{body}</pre></td></tr></table><p></p>'
    )


_COLORS = (
    (Token.Comment, "codeComment"), (Token.Keyword, "codeKeyword"), (Token.Literal.String, "codeString"),
    (Token.Literal.Number, "codeNumber"), (Token.Name.Function, "codeName"), (Token.Name.Class, "codeName"),
    (Token.Name.Builtin, "codeName"), (Token.Operator.Word, "codeKeyword"),
)  # fmt: skip


def _tokens(theme: RenderTheme, code: str, language: str) -> Iterator[str]:
    try:
        lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        yield html.escape(code)
        return
    for kind, text in lex(code, lexer):
        color = next((c for parent, c in _COLORS if _within(kind, parent)), None)
        shown = html.escape(text)
        yield f'<span style="color:{theme[color]}">{shown}</span>' if color else shown


def _within(kind: _TokenType, parent: _TokenType) -> bool:
    return kind in parent
