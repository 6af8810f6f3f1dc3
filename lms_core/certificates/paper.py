"""The PDF of a certificate, the same on a laptop and at the server, made from the signed credential (CER-05, CER-10).

A page of A4 across. The credential itself lies in the key words of the file, by which it proves itself offline.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, Literal

import segno
from reportlab.lib.colors import Color, HexColor, white
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from lms_core.certificates.model import Credential, marked, verification_url
from lms_core.certificates.wording import day_of, wording, work_of
from lms_core.content.faces import pieces_of, register, width_of
from lms_core.mail.letters import RIGHT_TO_LEFT

WIDTH, HEIGHT = landscape(A4)
MIDDLE = WIDTH / 2
EDGE = 64.0
Align = Literal["left", "middle", "right"]


def draw(
    credential: Credential,
    layout: Mapping[str, str],
    *,
    server: str,
    logo: bytes | None = None,
    signature: bytes | None = None,
) -> bytes:
    """Make the PDF; the same credential makes the same bytes.

    `layout` is a template's: `style` classic or modern, `accent` and `ink` as #RRGGBB. `server` is the address under
    which the certificate is verified, `logo` and `signature` are pictures as PNG or JPEG.
    """
    register()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), invariant=1, lang=credential.facts.language)
    facts = credential.facts
    canvas.setTitle(f"{wording(facts.language)['title']} – {facts.course_title}")
    canvas.setAuthor(facts.issuer or facts.instructor)
    canvas.setSubject(credential.certificate_number)
    canvas.setKeywords(marked(credential))
    _Sheet(canvas, credential, layout, server=server, logo=logo, signature=signature).draw()
    canvas.showPage()
    canvas.save()
    return out.getvalue()


class _Sheet:
    """One page; positions are points from the lower left corner, mirrored in languages that run from right to left."""

    def __init__(
        self, canvas: Canvas, credential: Credential, layout: Mapping[str, str], *, server: str, logo: bytes | None,
        signature: bytes | None,
    ) -> None:  # fmt: skip
        self.canvas, self.credential, self.facts = canvas, credential, credential.facts
        self.said = wording(self.facts.language)
        self.mirrored = self.facts.language in RIGHT_TO_LEFT
        self.accent, self.ink = HexColor(layout["accent"]), HexColor(layout["ink"])
        self.quiet = Color(self.ink.red, self.ink.green, self.ink.blue, alpha=0.62)
        self.style, self.logo, self.signature = layout["style"], logo, signature
        self.url = verification_url(server, credential.certificate_number)

    def draw(self) -> None:
        """Draw everything."""
        modern = self.style == "modern"
        (self._bands if modern else self._frame)()
        self._head()
        self._person()
        self._course()
        self._figures()
        self._signed()
        self._seal(MIDDLE, 108)
        self._code()
        self._foot()

    # --- what frames it
    def _frame(self) -> None:
        """Two fine lines, with a square in each corner."""
        c = self.canvas
        c.setStrokeColor(self.accent)
        for inset, width in ((26, 1.6), (32, 0.5)):
            c.setLineWidth(width)
            c.rect(inset, inset, WIDTH - 2 * inset, HEIGHT - 2 * inset)
        c.setFillColor(white)
        c.setLineWidth(0.5)
        for x in (29.0, WIDTH - 29):
            for y in (29.0, HEIGHT - 29):
                c.saveState()
                c.translate(x, y)
                c.rotate(45)
                c.rect(-7, -7, 14, 14, fill=1)
                c.rect(-3.4, -3.4, 6.8, 6.8)
                c.restoreState()

    def _bands(self) -> None:
        """A band of colour on the side where lines begin."""
        c, x = self.canvas, WIDTH - 26 if self.mirrored else 0.0
        c.setFillColor(self.accent)
        c.rect(x, 0, 26, HEIGHT, stroke=0, fill=1)
        c.setFillAlpha(0.35)
        c.rect(x - 8 if self.mirrored else 26, 0, 8, HEIGHT, stroke=0, fill=1)
        c.setFillAlpha(1)

    # --- what it says
    def _head(self) -> None:
        if self.logo:
            self._picture(self.logo, MIDDLE, HEIGHT - 96, width=200, height=44)
        elif self.facts.issuer:
            self._text(self.facts.issuer, MIDDLE, HEIGHT - 84, "label", 13, self.ink)
        self._text(self.said["title"], MIDDLE, HEIGHT - 138, "bold", 30, self.accent)
        c = self.canvas
        c.setStrokeColor(self.accent)
        c.setLineWidth(0.8)
        c.line(MIDDLE - 34, HEIGHT - 156, MIDDLE + 34, HEIGHT - 156)

    def _person(self) -> None:
        self._text(self.said["certifies"], MIDDLE, HEIGHT - 190, "italic", 14, self.quiet)
        self._text(self.facts.student_name, MIDDLE, HEIGHT - 236, "bold", 40, self.ink)

    def _course(self) -> None:
        self._text(self.said["completed"], MIDDLE, HEIGHT - 270, "italic", 14, self.quiet)
        lines = self._wrapped(self.facts.course_title, "bold", 23, most=WIDTH - 4 * EDGE)
        size, step = (23, 29) if len(lines) == 1 else (19, 25)
        y = HEIGHT - 306 + (6 if len(lines) > 1 else 0)
        for line in lines:
            self._text(line, MIDDLE, y, "bold", size, self.ink)
            y -= step

    def _figures(self) -> None:
        """Date, work and level side by side, each under its name."""
        facts, language = self.facts, self.facts.language
        pairs = [(self.said["date"], day_of(facts.completed_at, language))]
        pairs += [(self.said["work"], work_of(facts.minutes, language))] if facts.minutes else []
        pairs += [(self.said["level"], self.said["levels"].get(facts.level, facts.level))] if facts.level else []
        wide, y = 172.0, 218.0
        left = MIDDLE - wide * (len(pairs) - 1) / 2
        for at, (name, value) in enumerate(pairs[::-1] if self.mirrored else pairs):
            x = left + wide * at
            self._text(name, x, y + 17, "label", 8, self.accent, most=wide - 12)
            self._text(value, x, y, "serif", 13, self.ink, most=wide - 12)
            if at:
                self.canvas.setStrokeColor(self.quiet)
                self.canvas.setLineWidth(0.4)
                self.canvas.line(x - wide / 2, y - 4, x - wide / 2, y + 26)

    def _signed(self) -> None:
        """Who teaches the course, with their signature where there is one."""
        name, x = self.facts.instructor or self.facts.issuer, self._at(EDGE + 108)
        if not name:
            return
        if self.signature:
            self._picture(self.signature, x, 104, width=180, height=46)
        else:
            self._text(name, x, 112, "italic", 20, self.ink, most=200)
        c = self.canvas
        c.setStrokeColor(self.ink)
        c.setLineWidth(0.6)
        c.line(x - 104, 98, x + 104, 98)
        self._text(name, x, 82, "label", 9, self.ink, most=208)
        self._text(self.said["instructor"], x, 69, "sans", 8.5, self.quiet)

    def _seal(self, x: float, y: float) -> None:
        """A round seal with a star."""
        from math import cos, pi, sin

        c = self.canvas
        c.setStrokeColor(self.accent)
        c.setFillColor(self.accent)
        edge = c.beginPath()
        for at in range(73):
            radius = 33 if at % 2 else 30.4
            turn = at * pi / 36
            (edge.lineTo if at else edge.moveTo)(x + radius * cos(turn), y + radius * sin(turn))
        c.drawPath(edge, stroke=0, fill=1)
        c.setStrokeColor(white)
        c.setLineWidth(0.8)
        c.circle(x, y, 25.5)
        c.setFillColor(white)
        star = c.beginPath()
        for at in range(10):
            radius = 6.4 if at % 2 else 16
            turn = pi / 2 + at * pi / 5
            (star.lineTo if at else star.moveTo)(x + radius * cos(turn), y + radius * sin(turn))
        star.close()
        c.drawPath(star, stroke=0, fill=1)

    def _code(self) -> None:
        """The address of verification as a QR code, which is a link too."""
        rows = [bytes(row) for row in segno.make(self.url, error="m", micro=False).matrix]
        size = 74.0
        left, foot = self._at(WIDTH - EDGE - 92) - size / 2, 80.0
        step = size / len(rows)
        c = self.canvas
        c.setFillColor(self.ink)
        path = c.beginPath()
        for down, row in enumerate(rows):
            for right, dark in enumerate(row):
                if dark:
                    path.rect(left + right * step, foot + size - (down + 1) * step, step, step)
        c.drawPath(path, stroke=0, fill=1)
        c.linkURL(self.url, (left, foot, left + size, foot + size))
        self._text(self.said["verify"], left + size / 2, 67, "sans", 8.5, self.quiet)

    def _foot(self) -> None:
        """The small print: number, learner and where it is verified."""
        number, learner = self.credential.certificate_number, self.facts.student_id
        said = f"{self.said['number']} {number}   ·   {self.said['learner']} {learner}"
        self._text(said, MIDDLE, 51, "sans", 7, self.quiet)
        self._text(self.url, MIDDLE, 41, "sans", 6.5, self.quiet, most=WIDTH - 2 * EDGE)

    # --- how it is drawn
    def _at(self, x: float) -> float:
        return WIDTH - x if self.mirrored else x

    def _text(
        self, text: str, x: float, y: float, face: str, size: float, colour: Any, *, most: float = WIDTH - 3 * EDGE
    ) -> None:
        """A line around its middle, made smaller where it would be wider than `most`."""
        pieces = pieces_of(text, face)
        wide = width_of(pieces, size)
        size *= min(1.0, most / wide) if wide else 1.0
        at = x - width_of(pieces, size) / 2
        self.canvas.setFillColor(colour)
        for piece, font in pieces:
            self.canvas.setFont(font, size)
            self.canvas.drawString(at, y, piece)
            at += pdfmetrics.stringWidth(piece, font, size)

    def _wrapped(self, text: str, face: str, size: float, *, most: float) -> list[str]:
        """The text in one line, or in two of about the same width where it is too wide."""
        words = text.split()
        if width_of(pieces_of(text, face), size) <= most or len(words) < 2:
            return [text]
        cuts = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
        return list(min(cuts, key=lambda cut: max(width_of(pieces_of(each, face), size) for each in cut)))

    def _picture(self, data: bytes, x: float, y: float, *, width: float, height: float) -> None:
        """A picture on a line, around its middle, as large as fits."""
        self.canvas.drawImage(
            ImageReader(io.BytesIO(data)), x - width / 2, y, width, height, mask="auto", preserveAspectRatio=True,
            anchor="s",
        )  # fmt: skip
