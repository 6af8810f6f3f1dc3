"""Dress cleaned HTML for a QTextDocument, which knows a part of HTML 4: code, callouts and formulas in its terms.

It also gathers what stands beside the text: headings, formulas, pictures, links and the number of words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from html import escape, unescape

from lms_core.content.embeds import MOST, Embed, EmbedKind, embed_key, kind_of
from lms_core.content.large import GAP, is_large_code, is_large_table

FIRST, PIECE = 4000, 2000
DEEPEST = 48
BOXED = 4
"""Boxes and tables in each other, and elements at all: what lies deeper is shown as its words. Laying out a table costs
twice as much with each one around it."""
_BOXES = frozenset({"table", "pre", "div", "details"})
_LARGE: dict[str, EmbedKind] = {"table": "table", "pre": "code"}
_VOID = frozenset({"br", "hr", "img", "input"})
_LINK = re.compile(r"(?:https?:|mailto:|lesson:|media:|#)", re.IGNORECASE)
_MEDIA = re.compile(r"media:[0-9a-f]{64}")
_TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [^\s"=<>]+="[^"]*")*)>|[^<]+|<')
_ATTRIBUTE = re.compile(r' ([^\s"=<>]+)="([^"]*)"')
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_CALLOUTS = {
    "note": "info", "info": "info", "abstract": "info", "important": "info", "question": "info", "example": "info",
    "quote": "info", "tip": "success", "hint": "success", "success": "success", "warning": "warning",
    "caution": "warning", "attention": "warning", "danger": "danger", "failure": "danger", "bug": "danger",
    "error": "danger",
}  # fmt: skip
_CODE = {
    "k": "codeKeyword", "o": "codeKeyword", "s": "codeString", "m": "codeNumber", "c": "codeComment",
    "nf": "codeName", "nc": "codeName", "nb": "codeName", "nd": "codeName", "nt": "codeName", "fm": "codeName",
    "gd": "danger", "gi": "success", "gh": "codeName", "gu": "codeName",
}  # fmt: skip
_PLAIN = {"del": "s", "kbd": "code", "ins": "u", "q": "i", "abbr": "span"}


@dataclass(frozen=True)
class RenderTheme:
    """Colours by token name (tokens.json), and the words of the language shown for what the text leaves unsaid."""

    colors: Mapping[str, object]
    words: Mapping[str, str] = field(default_factory=dict)

    def hex(self, token: str) -> str:
        """A colour as #rrggbb."""
        return str(self.colors[token])[:7]

    def word(self, english: str) -> str:
        """A word in the language shown."""
        return self.words.get(english, english)


@dataclass(frozen=True)
class Heading:
    """A heading; `id` is its anchor in the text."""

    id: str
    level: int
    text: str


@dataclass(frozen=True)
class Formula:
    """A formula in TeX; its picture has the source `math:<key>`."""

    key: str
    tex: str
    display: bool


@dataclass(frozen=True)
class Rendered:
    """A text for QTextBrowser. `images` are SHA-256 names, `links` all targets; both in order and without repeats."""

    html: str
    headings: tuple[Heading, ...]
    formulas: tuple[Formula, ...]
    images: tuple[str, ...]
    links: tuple[str, ...]
    words: int
    embeds: tuple[Embed, ...] = ()
    """What stands at `<img src="embed:<key>">`, in order."""
    cuts: tuple[int, ...] = ()
    """Where `html` may be cut into pieces of FIRST, then PIECE characters; each but the first begins a paragraph."""


def embed_html(key: str, name: str = "") -> str:
    """Where an embed stands, as a paragraph of its own."""
    return f"<p>{_placeholder(key, name)}</p>"


def _placeholder(key: str, name: str) -> str:
    return f'<img src="embed:{key}" alt="{escape(name)}" width="200" height="96">'


def formula_key(tex: str, *, display: bool) -> str:
    """The same formula always has the same key."""
    return blake2b(f"{display:d}{tex}".encode(), digest_size=12).hexdigest()


class Dresser:
    """Rewrites HTML that nh3 has cleaned, in one pass. What it writes carries style; what it reads must not.

    nh3 writes each tag in one way only: small letters, quoted values, nothing left open. Whatever else came would be
    shown as text.
    """

    def __init__(
        self, theme: RenderTheme, embeds: Mapping[str, Embed] | None = None, files: Mapping[str, str] | None = None
    ) -> None:
        self._theme, self._files, self._lifts, self._large = theme, files or {}, files is not None, -1
        self._known = dict(embeds or {})
        self._embeds: dict[str, Embed] = {}
        self._after_embed = False
        self._out: list[str] = []
        self._ends: list[tuple[str, str]] = []
        self._text: list[str] = []
        self._headings: list[Heading] = []
        self._heading: tuple[int, str, int] | None = None
        self._formulas: dict[str, Formula] = {}
        self._formula: list[str] | None = None
        self._titled = False
        self._images: dict[str, None] = {}
        self._links: dict[str, None] = {}
        self._cuts: list[int] = []
        self._measured = (0, 0)
        self._aimed = False

    def dress(self, clean: str) -> Rendered:
        """Rewrite a whole text; once for each dresser."""
        for token in _TOKEN.finditer(clean):
            end, tag, attributes = token.groups()
            if tag is None:
                self._data(unescape(token[0]))
            elif end:
                self._end(tag)
            else:
                self._start(tag, {name: unescape(value) for name, value in _ATTRIBUTE.findall(attributes)})
        return self._rendered()

    # --- tokens
    def _start(self, tag: str, found: dict[str, str]) -> None:
        """Open an element as Qt draws it."""
        if self._formula is not None:
            return
        if tag == "a" and "name" in found:
            found.setdefault("id", found["name"])
        if not found.get("id", "").isprintable():
            del found["id"]
        self._aimed |= "id" in found
        classes = found.get("class", "").split()
        if "arithmatex" in classes and tag in ("span", "div"):
            self._formula = []
            self._ends.append((tag, "formula"))
        elif tag in _VOID:
            self._void(tag, found)
        else:
            if not self._ends and (tag == "p" or tag in _HEADINGS):
                self._cut()
            if tag in _LARGE and self._is_outermost():
                self._large = len(self._out)
            deep = len(self._ends) >= DEEPEST or (tag in _BOXES and self._boxes() >= BOXED)
            start, end = ("", "") if deep else self._pair(tag, found, classes)
            self._out.append(start)
            self._ends.append((tag, end))

    def _is_outermost(self) -> bool:
        return self._lifts and all(end == "</div>" for _, end in self._ends)

    def _lift(self, kind: EmbedKind) -> None:
        """Embed the table or the code that just ended, where it is too large for the text."""
        html = "".join(self._out[self._large :])
        large = is_large_table(html) if kind == "table" else is_large_code(html)
        if large and len(self._embeds) < MOST:
            embed = Embed(embed_key(html, self._embeds), kind, source=html)
            self._embeds[embed.key] = embed
            self._out[self._large :] = [embed_html(embed.key)]

    def _boxes(self) -> int:
        return sum("</table>" in end for _, end in self._ends)

    def _cut(self) -> None:
        """Note that a piece may end here, once it is long enough; an anchor stays with the words behind it."""
        if self._aimed:
            return
        tokens, size = self._measured
        size += sum(map(len, self._out[tokens:]))
        self._measured = (len(self._out), size)
        if size - (self._cuts[-1] if self._cuts else 0) >= (PIECE if self._cuts else FIRST):
            self._cuts.append(size)

    def _end(self, tag: str) -> None:
        """Close what the start opened."""
        if tag in _VOID or (self._formula is not None and self._ends and self._ends[-1][0] != tag):
            return
        self._after_embed = False
        while self._ends:
            opened, end = self._ends.pop()
            if end == "formula":
                self._close_formula(display=opened == "div")
            else:
                if opened == "pre":
                    self._trim()
                self._out.append(end)
            if opened in _LARGE and self._is_outermost():
                self._lift(_LARGE[opened])
            if tag in _HEADINGS and opened == tag:
                self._close_heading()
            if opened == tag:
                return

    def _trim(self) -> None:
        """Take the newline off that ends every block of code."""
        for n in range(len(self._out) - 1, -1, -1):
            if self._out[n] and not self._out[n].startswith("<"):
                self._out[n] = self._out[n].rstrip("\n")
                return

    def _data(self, data: str) -> None:
        """Take text over, or into the formula that is open."""
        if self._formula is not None:
            self._formula.append(data)
            return
        if self._titled:
            data, self._titled = self._theme.word(data), False
        if self._after_embed and data.strip():
            self._out.append("<br>")
            self._after_embed = False
        self._aimed &= not data.strip()
        self._text.append(data)
        self._out.append(escape(data, quote=False))

    # --- elements
    def _void(self, tag: str, found: dict[str, str]) -> None:
        if tag == "img":
            self._image(found)
        elif tag == "input":
            self._task("☑ " if "checked" in found else "☐ ")
        else:
            self._out.append(f"<{tag}>")

    def _task(self, box: str) -> None:
        """A box to tick; a list that begins with one has no bullets beside its boxes."""
        for n in range(len(self._out) - 1, -1, -1):
            if self._out[n] == "<ul>":
                self._out[n] = '<ul style="list-style-type:none">'
            if self._out[n].strip() not in ("", "<li>", "<p>"):
                break
        self._out.append(box)

    def _image(self, found: dict[str, str]) -> None:
        source, alt = found.get("src", ""), found.get("alt", "")
        if source.startswith("embed:"):
            if source[6:] in self._known:
                self._embed(self._known[source[6:]])
        elif _MEDIA.fullmatch(source) and not self._files.get(source[6:], "image/").startswith("image/"):
            kind = kind_of(self._files[source[6:]])
            if len(self._embeds) < MOST:
                self._embed(Embed(embed_key(source, self._embeds), kind, alt, source[6:]))
        elif _MEDIA.fullmatch(source):
            self._images[source[6:]] = None
            self._out.append(f'<img src="{source}" alt="{escape(alt)}">')
        elif source.startswith(("http://", "https://")):
            self._links[source] = None
            label = escape(f"{self._theme.word('Picture on the web')}: {alt or source}")
            linked = any(opened == "a" for opened, _ in self._ends)
            self._out.append(label if linked else f'<a href="{escape(source)}">{label}</a>')
        elif alt:
            self._out.append(f"<i>{escape(alt)}</i>")

    def _embed(self, embed: Embed) -> None:
        """The place of an embed, on a line of its own."""
        self._embeds[embed.key] = embed
        if self._out and not self._out[-1].startswith("<") and self._out[-1].strip():
            self._out.append("<br>")
        self._out.append(_placeholder(embed.key, embed.title))
        self._text.append(f" {embed.title} {embed.source} ")
        self._after_embed = True

    def _pair(self, tag: str, found: dict[str, str], classes: list[str]) -> tuple[str, str]:
        if tag == "a":
            return self._link(found)
        if tag == "pre":
            return self._block("sunken", "code", '<pre style="white-space:pre-wrap; margin:0">', "</pre>")
        if tag in ("div", "details") and (tag == "details" or "admonition" in classes):
            return self._callout(classes)
        if tag in _HEADINGS:
            self._heading = (int(tag[1]), found.get("id", ""), len(self._text))
            return self._named(tag, found), f"</{tag}>"
        if tag == "table":
            return '<table border="0" cellspacing="0" cellpadding="8" width="100%">', f"</table>{GAP}"
        if tag == "code" and not any(opened == "pre" for opened, _ in self._ends):
            return f'<code style="background-color:{self._theme.hex("sunken")}">', "</code>"
        if tag == "mark":
            return f'<span style="background-color:{self._theme.hex("hlAmber")}">', "</span>"
        if tag == "span":
            return self._span(found, classes)
        if "admonition-title" in classes or tag == "summary":
            return self._callout_title()
        if tag in ("td", "th", "ol"):
            return self._celled(tag, found), f"</{tag}>"
        name = _PLAIN.get(tag, tag)
        return self._named(name, found), f"</{name}>"

    def _link(self, found: dict[str, str]) -> tuple[str, str]:
        target = found.get("href", "")
        if not _LINK.match(target):
            return self._named("span", found), "</span>"
        if not target.startswith("#"):
            self._links[target] = None
        anchor = f' id="{escape(found["id"])}"' if "id" in found else ""
        return f'<a href="{escape(target)}"{anchor}>', "</a>"

    def _span(self, found: dict[str, str], classes: list[str]) -> tuple[str, str]:
        """A token of code in its colour (Pygments' short class names), or an anchor."""
        name = classes[0] if classes else ""
        token = _CODE.get(name) or _CODE.get(name[:1], "")
        if not token or not any(opened == "pre" for opened, _ in self._ends):
            return (self._named("span", found), "</span>") if found.get("id") else ("", "")
        return f'<span style="color:{self._theme.hex(token)}">', "</span>"

    def _callout(self, classes: list[str]) -> tuple[str, str]:
        kind = next((name for name in classes if name in _CALLOUTS), "note")
        return self._block(_CALLOUTS[kind] + "Soft", kind, "", "")

    def _callout_title(self) -> tuple[str, str]:
        self._titled = True
        kind = next((end for _, end in reversed(self._ends) if end.endswith("-->")), "")
        role = next((role for name, role in _CALLOUTS.items() if kind.endswith(f"<!--{name}-->")), "info")
        return f'<p style="color:{self._theme.hex(role)}; font-weight:600; margin-bottom:4px">', "</p>"

    def _block(self, token: str, kind: str, start: str, end: str) -> tuple[str, str]:
        """A one-cell table: the only box with a background that QTextDocument draws well."""
        fill = self._theme.hex(token)
        return (
            f'<table border="0" cellspacing="0" cellpadding="12" width="100%"><tr><td bgcolor="{fill}">{start}',
            f"{end}</td></tr></table>{GAP}<!--{kind}-->",
        )

    def _named(self, tag: str, found: dict[str, str]) -> str:
        extra = "".join(f' {name}="{escape(found[name])}"' for name in ("id", "dir") if found.get(name))
        return f"<{tag}{extra}>"

    def _celled(self, tag: str, found: dict[str, str]) -> str:
        extra = ""
        for name in ("align", "colspan", "rowspan", "start"):
            if re.fullmatch(r"left|right|center|\d{1,3}", found.get(name, "")):
                extra += f' {name}="{found[name]}"'
        return f"<{tag}{extra}>"

    # --- what stands beside the text
    def _close_heading(self) -> None:
        if self._heading is None:
            return
        level, anchor, since = self._heading
        self._heading = None
        self._headings.append(Heading(anchor, level, " ".join("".join(self._text[since:]).split())))

    def _close_formula(self, *, display: bool) -> None:
        written = "".join(self._formula or ()).strip()
        self._formula = None
        tex = written[2:-2].strip() if written.startswith(("\\(", "\\[")) else written
        if not tex:
            return
        key = formula_key(tex, display=display)
        self._formulas[key] = Formula(key, tex, display)
        self._text.append(f" {tex} ")
        picture = f'<img src="math:{key}" alt="{escape(tex)}" style="vertical-align:middle">'
        self._out.append(f'<p align="center">{picture}</p>' if display else picture)

    def _rendered(self) -> Rendered:
        """What came of the text."""
        words = len("".join(self._text).split())
        return Rendered(
            "".join(self._out),
            tuple(self._headings),
            tuple(self._formulas.values()),
            tuple(self._images),
            tuple(self._links),
            words,
            tuple(self._embeds.values()),
            tuple(self._cuts),
        )
