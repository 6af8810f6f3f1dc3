"""Packages of our own making: web pages, SCORM 1.2 and hostile ones."""

from __future__ import annotations

import io
from collections.abc import Mapping
from zipfile import ZIP_DEFLATED, ZipFile

from PIL import Image

MANIFEST = """<?xml version="1.0" encoding="utf-8"?>
<manifest identifier="tides" version="1.0" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
 <metadata><schema>ADL SCORM</schema><schemaversion>{version}</schemaversion></metadata>
 <organizations default="one">
  <organization identifier="one"><title>Reading a tide table</title>
   <item identifier="item" identifierref="page" parameters="?part=1"><title>The table</title>
    <adlcp:masteryscore>60</adlcp:masteryscore><adlcp:datafromlms>spring=yes</adlcp:datafromlms></item>
  </organization>
 </organizations>
 <resources>
  <resource identifier="page" type="webcontent" adlcp:scormtype="sco" href="table/start.html">
   <file href="table/start.html"/></resource>
 </resources>
</manifest>
"""
PAGE = """<!doctype html><meta charset="utf-8"><title>Tide table</title>
<body><h1>Reading a tide table</h1><p id="said"></p><script src="table.js"></script></body>
"""
SCRIPT = """
var api = window.parent.API, said = [];
function get(name) { var value = api.LMSGetValue(name); said.push(name + "=" + value); return value; }
said.push("begin=" + api.LMSInitialize(""));
get("cmi.core.student_name"); get("cmi.core.entry"); get("cmi.core.lesson_status");
get("cmi.suspend_data"); get("cmi.core.lesson_location"); get("cmi.launch_data");
get("cmi.student_data.mastery_score"); get("cmi.core.total_time"); get("cmi.core._children");
said.push("long=" + api.LMSSetValue("cmi.suspend_data", Array(4098).join("x")) + api.LMSGetLastError());
said.push("most=" + api.LMSSetValue("cmi.suspend_data", Array(4097).join("y")));
said.push("score=" + api.LMSSetValue("cmi.core.score.raw", "101") + api.LMSGetLastError());
said.push("only=" + api.LMSSetValue("cmi.core.student_name", "Eve") + api.LMSGetLastError());
said.push("word=" + api.LMSSetValue("cmi.core.lesson_status", "great") + api.LMSGetLastError());
said.push("none=" + api.LMSSetValue("cmi.core.mood", "good") + api.LMSGetLastError());
api.LMSGetValue("cmi.core.exit"); said.push("write=" + api.LMSGetLastError());
api.LMSSetValue("cmi.core.lesson_location", "row 3");
api.LMSSetValue("cmi.core.lesson_status", "incomplete");
api.LMSSetValue("cmi.interactions.0.id", "q1");
api.LMSSetValue("cmi.interactions.0.result", "correct");
said.push("count=" + api.LMSGetValue("cmi.interactions._count"));
said.push("commit=" + api.LMSCommit(""));
api.LMSSetValue("cmi.core.score.raw", "80");
api.LMSSetValue("cmi.core.lesson_status", "completed");
api.LMSSetValue("cmi.core.session_time", "00:02:30");
api.LMSSetValue("cmi.core.exit", "suspend");
said.push("finish=" + api.LMSFinish("") + api.LMSGetLastError());
said.push("after=" + api.LMSGetValue("cmi.core.entry") + api.LMSGetLastError());
parent.document.title = said.join("\\n");
"""
PLAIN = """<!doctype html><meta charset="utf-8"><title>Sort the shells</title>
<h1>Sort the shells</h1><img src="shell.svg" alt="A shell">
<script>parent.postMessage({lesson: "done"}, location.origin); parent.document.title = "told";</script>
"""


def packed(files: Mapping[str, str | bytes], *, above: str = "") -> bytes:
    """A ZIP file with these files, in the folder `above`."""
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(above + name, data)
    return out.getvalue()


def scorm(version: str = "1.2", *, above: str = "") -> bytes:
    """A SCORM package with one lesson, which says in its title what it was told."""
    files = {
        "imsmanifest.xml": MANIFEST.format(version=version), "table/start.html": PAGE, "table/table.js": SCRIPT,
        "table/tone.mp3": b"ID3" + bytes(range(256)) * 4,
    }  # fmt: skip
    return packed(files, above=above)


def plain(*, above: str = "") -> bytes:
    """A package of plain web pages, which is done at once."""
    shell = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>'
    return packed({"index.html": PLAIN, "shell.svg": shell}, above=above)


def pictures(*names: str) -> bytes:
    """A deck of slides: pictures of these names, the later the higher, beside what is no slide."""
    files: dict[str, str | bytes] = {"notes.txt": "x", "__MACOSX/a.png": b"x"}
    for at, name in enumerate(names):
        out = io.BytesIO()
        Image.new("RGB", (160, 90 + at)).save(out, "PNG")
        files[name] = out.getvalue()
    return packed(files)
