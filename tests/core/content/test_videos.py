"""Addresses of videos in the forms that people paste (LES-04, LES-06)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_core.content.videos import Video, read_video
from lms_core.errors import UserError

TUBE, V = "dQw4w9WgXcQ", "76979871"
WATCH, VIMEO = f"https://www.youtube.com/watch?v={TUBE}", f"https://vimeo.com/{V}"
HASH = "0a" * 32

FORMS = [
    (f"https://www.youtube.com/watch?v={TUBE}", Video("youtube", TUBE, WATCH)),
    (f"http://youtube.com/watch?app=desktop&v={TUBE}&list=PL1", Video("youtube", TUBE, WATCH)),
    (f"https://m.youtube.com/watch?v={TUBE}", Video("youtube", TUBE, WATCH)),
    (f"https://music.youtube.com/watch?v={TUBE}", Video("youtube", TUBE, WATCH)),
    (f"https://youtu.be/{TUBE}?si=abc", Video("youtube", TUBE, WATCH)),
    (f"https://youtu.be/{TUBE}?t=83", Video("youtube", TUBE, WATCH + "&t=83s", 83)),
    (f"https://www.youtube.com/watch?v={TUBE}&t=1h1m23s", Video("youtube", TUBE, WATCH + "&t=3683s", 3683)),
    (f"https://www.youtube.com/embed/{TUBE}?start=9", Video("youtube", TUBE, WATCH + "&t=9s", 9)),
    (f"https://www.youtube-nocookie.com/embed/{TUBE}", Video("youtube", TUBE, WATCH)),
    (f"https://www.youtube.com/v/{TUBE}", Video("youtube", TUBE, WATCH)),
    (f"https://www.youtube.com/shorts/{TUBE}", Video("youtube", TUBE, WATCH)),
    (f"https://www.youtube.com/live/{TUBE}", Video("youtube", TUBE, WATCH)),
    (f"youtube.com/watch?v={TUBE}", Video("youtube", TUBE, WATCH)),
    (f"youtu.be/{TUBE}", Video("youtube", TUBE, WATCH)),
    (f"//www.youtube.com/embed/{TUBE}", Video("youtube", TUBE, WATCH)),
    (f"HTTPS://WWW.YOUTUBE.COM/watch?v={TUBE}#t=5", Video("youtube", TUBE, WATCH + "&t=5s", 5)),
    (f"https://vimeo.com/{V}", Video("vimeo", V, VIMEO)),
    (f"https://www.vimeo.com/{V}#t=1m3s", Video("vimeo", V, VIMEO + "#t=63s", 63)),
    (f"https://vimeo.com/{V}/8272103f6e", Video("vimeo", V, VIMEO + "/8272103f6e")),
    (f"https://player.vimeo.com/video/{V}?h=8272103f6e", Video("vimeo", V, VIMEO + "/8272103f6e")),
    (f"https://player.vimeo.com/video/{V}", Video("vimeo", V, VIMEO)),
    (f"https://vimeo.com/channels/staffpicks/{V}", Video("vimeo", V, VIMEO)),
    (f"https://vimeo.com/groups/shores/videos/{V}", Video("vimeo", V, VIMEO)),
    (f"vimeo.com/{V}", Video("vimeo", V, VIMEO)),
    ("https://files.school.example/shore.mp4", Video("direct", url="https://files.school.example/shore.mp4")),
    ("http://10.0.0.2:8080/a/b.WEBM?x=1", Video("direct", url="http://10.0.0.2:8080/a/b.WEBM?x=1")),
    (f" media:{HASH} ", Video("local", HASH)),
]

NONE = (
    "", "media:", f"media:{HASH[:-1]}", f"media:{HASH.upper()}", "https://", "limpets", "shore.mp4",
    f"https://youtube.com.evil.example/watch?v={TUBE}", f"https://evil.example/watch?v={TUBE}",
    f"ftp://x.example/{V}.mp4",
    "javascript:alert(1)//x.mp4", "file:///etc/shore.mp4", f"https://youtu.be@evil.example/{TUBE}.mp4",
    "https://www.youtube.com/watch?v=short", f"https://www.youtube.com/watch?v={TUBE}x", "https://www.youtube.com/@someone",
    "https://www.youtube.com/playlist?list=PL1", "https://vimeo.com/staffpicks", f"https://vimeo.com/{V}/not-a-key",
    f"https://vimeo.com/{V}/8272103f6e/more", "https://x.example/page.html", "https://[::1/a.mp4",
    "https://x.example:port/a.mp4",
    f"https://youtu.be:8443/{TUBE}", "https://x.example/a b.mp4", "https://x.example/\u202e4pm.mp4",
    "https://x.example/" + "a" * 2000 + ".mp4",
)  # fmt: skip


@pytest.mark.parametrize(("address", "expected"), FORMS)
def test_every_usual_form_of_an_address(address: str, expected: Video) -> None:
    assert read_video(address) == expected
    assert expected.online_only == (expected.provider != "local")


@pytest.mark.parametrize("address", NONE)
def test_everything_else_is_refused(address: str) -> None:
    with pytest.raises(UserError) as caught:
        read_video(address)
    assert caught.value.code == "video_url_invalid"


@pytest.mark.parametrize("address", [found.url for _, found in FORMS if found.url])
def test_what_is_to_be_opened_leads_to_the_same_video(address: str) -> None:
    assert read_video(address).url == address


@given(st.text(max_size=60).map(lambda tail: "https://youtu.be/" + tail) | st.text(max_size=80))
def test_any_text_is_a_video_or_refused(address: str) -> None:
    try:
        found = read_video(address)
    except UserError:
        return
    assert found.provider == "local" or found.url.startswith(("http://", "https://"))
