"""Bodies with which content items, resources and prerequisites are written; unknown fields are refused."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from lms_core.schema import MINUTES, QUALITY
from sync_server.details import ClientId
from sync_server.routes.course_bodies import Minutes, Text

Media = Annotated[str, Meta(max_length=64, description="SHA-256 of a file that was uploaded; empty: none")]
Address = Annotated[str, Meta(max_length=2000, description="address on the web; empty: none")]
Name = Annotated[str, Meta(max_length=255, examples=["How tides work"])]
Quality = Annotated[str, Meta(max_length=QUALITY)]
Seconds = Annotated[int, Meta(ge=0, le=MINUTES[1] * 60)]
Pages = Annotated[int, Meta(ge=0, le=100_000)]
ItemKind = Literal["video", "pdf", "text", "slides", "interactive"]
ResourceKind = Literal[
    "document", "video", "audio", "image", "link", "code_sample", "tool_software", "dataset", "template"
]


class CaptionBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words of a video in one language: WebVTT or SRT."""

    language: Annotated[str, Meta(max_length=35, examples=["de"])]
    media: Media


Captions = Annotated[list[CaptionBody], Meta(max_length=50)]


class VideoBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The video above a lesson's text: a file or an address."""

    title: Name | UnsetType = UNSET
    media: Media | UnsetType = UNSET
    url: Address | UnsetType = UNSET
    duration_seconds: Seconds | UnsetType | None = UNSET
    captions: Captions | UnsetType = UNSET
    thumbnail: Media | UnsetType = UNSET
    quality: Quality | UnsetType = UNSET


class PdfBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The PDF above a lesson's text: a file or an address."""

    title: Name | UnsetType = UNSET
    media: Media | UnsetType = UNSET
    url: Address | UnsetType = UNSET
    page_count: Pages | UnsetType | None = UNSET
    downloadable: bool | UnsetType = UNSET


class WholeItem(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every field of a content item but its kind and place."""

    title: Name = ""
    is_primary: bool | UnsetType = UNSET
    media: Media = ""
    url: Address = ""
    duration_seconds: Seconds | None = None
    captions: Captions = []
    thumbnail: Media = ""
    quality: Quality = ""
    page_count: Pages | None = None
    downloadable: bool = True
    body: Text = ""


class NewItem(WholeItem, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new content item, at the end of its lesson."""

    kind: ItemKind
    id: ClientId | UnsetType = UNSET


class WholeResource(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every field of a file or link but its place; size and type are the system's."""

    title: Annotated[str, Meta(min_length=2, max_length=255, examples=["Tide table"])]
    type: ResourceKind | UnsetType = UNSET
    description: Text = ""
    media: Media = ""
    url: Address = ""
    premium: bool = False
    duration_minutes: Minutes | None = None


class NewResource(WholeResource, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new file or link, at the end of its lesson."""

    id: ClientId | UnsetType = UNSET


class PrerequisiteBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether the other course must have been completed, or is advice."""

    mandatory: bool = True
