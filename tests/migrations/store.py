"""Make the stored databases of a release: a laptop and a hub after a short, whole way, with real programs.

`python -m tests.migrations.store` writes stored/<version>.tar.xz; it is made once for a release and never again.
"""

from __future__ import annotations

import sys
import tarfile
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from tests.e2e.programs import Machine, Server

STORED = Path(__file__).parent / "stored"
COURSE = "Between the tides"
NOTE = "Ask about *neap tides*."
LESSON = "---\ntitle: {title}\nminutes: 5\n---\n\nWind makes waves, the moon makes tides.\n\n![A rock pool](pool.png)\n"
QUIZ = """title: What makes waves?
mode: graded
questions:
  - text: What makes waves?
    options: [{text: Fish}, {text: Wind, correct: true}]
"""


def write_course(folder: Path) -> Path:
    """Two lessons with a picture, and a quiz."""
    module = folder / "01-the-shore"
    module.mkdir(parents=True)
    (folder / "course.yaml").write_text(f"title: {COURSE}\n", encoding="utf-8")
    for number, title in enumerate(("Waves", "Tides"), 1):
        (module / f"0{number}-{title.lower()}.md").write_text(LESSON.format(title=title), encoding="utf-8")
    (module / "03-check.quiz.yaml").write_text(QUIZ, encoding="utf-8")
    Image.new("RGB", (32, 24), "#2a6f97").save(module / "pool.png")
    return folder


def live(folder: Path) -> None:
    """Let a teacher publish and a student learn."""
    server = Server(folder / "hub")
    server.command("create-admin", "--email", "ada@school.example", "--first-name", "Ada", "--last-name", "Keeper")
    server.start()
    teacher, student = Machine(folder / "teacher"), Machine(folder / "laptop")
    for machine, name in ((teacher, "tess"), (student, "sam")):
        machine.run("register", "--server", server.url, "--email", f"{name}@school.example", "--first-name",
                    name.title(), "--last-name", "Moyo")  # fmt: skip
    server.command("set-role", "--email", "tess@school.example", "--role", "instructor")
    teacher.run("sync")
    course = teacher.run("import", str(write_course(folder / "course")))["course"]
    teacher.run("sync")
    teacher.run("publish", course)
    teacher.run("sync")
    while not student.run("courses")["catalog"]:
        student.run("sync")
    student.run("enroll", COURSE)
    student.run("install", COURSE)
    student.run("complete", "Waves")
    student.run("quiz", "What makes waves?", "2")
    student.run("sync")
    while not student.run("quiz", "What makes waves?")["attempts"][0]["grade"]:
        student.run("sync")
    student.run("note", NOTE, "--lesson", "Waves")  # stays in the outbox
    server.stop()


def main() -> int:
    """Write the file of the version that is installed."""
    target = STORED / f"{version('desktop-lms')}.tar.xz"
    STORED.mkdir(exist_ok=True)
    with TemporaryDirectory() as name:
        live(Path(name))
        with tarfile.open(target, "w:xz") as tar:
            for part in ("hub", "laptop"):
                tar.add(Path(name) / part, part, filter=_plain)
    print(f"{target}: {target.stat().st_size >> 10} KB")
    return 0


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Without owners of this machine, locks, logs and copies."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return None if entry.name.endswith(("lock", ".log", "/backups")) else entry


if __name__ == "__main__":
    sys.exit(main())
