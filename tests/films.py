"""Small films and sounds, made when they are needed."""

from __future__ import annotations

import io
import math
import struct
import wave
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

WIDTH, HEIGHT, RATE = 160, 90, 10


@cache
def sound(seconds: float = 1.0) -> bytes:
    """A quiet tone as WAV."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        tone = (round(900 * math.sin(n / 4)) for n in range(int(8000 * seconds)))
        file.writeframes(b"".join(struct.pack("<h", each) for each in tone))
    return out.getvalue()


@cache
def film(seconds: int = 3) -> bytes:
    """A film as MP4, its colour another in each picture; needs an application, skips where nothing can be recorded."""
    multimedia = pytest.importorskip("PySide6.QtMultimedia", exc_type=ImportError)
    from PySide6.QtCore import QEventLoop, QTimer, QUrl

    with TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        session, recorder = multimedia.QMediaCaptureSession(), multimedia.QMediaRecorder()
        given, sent = _input(multimedia), 0
        session.setVideoFrameInput(given)
        session.setRecorder(recorder)
        recorder.setMediaFormat(multimedia.QMediaFormat(multimedia.QMediaFormat.FileFormat.MPEG4))
        recorder.setOutputLocation(QUrl.fromLocalFile(str(path)))
        recorder.setAutoStop(True)
        loop = QEventLoop()

        def send() -> None:
            nonlocal sent
            while sent < seconds * RATE and given.sendVideoFrame(_frame(multimedia, sent)):
                sent += 1
            if sent == seconds * RATE:
                given.sendVideoFrame(multimedia.QVideoFrame())

        given.readyToSendVideoFrame.connect(send)
        recorder.errorOccurred.connect(loop.quit)
        recorder.recorderStateChanged.connect(loop.quit)
        QTimer.singleShot(0, recorder.record)
        guard = QTimer()
        guard.setSingleShot(True)
        guard.timeout.connect(loop.quit)
        guard.start(10_000)
        loop.exec()  # it has begun
        loop.exec()  # it has ended
        guard.stop()
        data = path.read_bytes() if path.exists() else b""
    if not data:
        pytest.skip("this machine cannot record a film")
    return data


def _input(multimedia: Any) -> Any:
    from PySide6.QtCore import QSize

    form = multimedia.QVideoFrameFormat(QSize(WIDTH, HEIGHT), multimedia.QVideoFrameFormat.PixelFormat.Format_BGRA8888)
    form.setStreamFrameRate(RATE)
    return multimedia.QVideoFrameInput(form)


def _frame(multimedia: Any, n: int) -> Any:
    from PySide6.QtGui import QColor, QImage

    picture = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    picture.fill(QColor.fromHsv(n * 11 % 360, 150, 200))
    frame = multimedia.QVideoFrame(picture)
    frame.setStartTime(n * 1_000_000 // RATE)
    frame.setEndTime((n + 1) * 1_000_000 // RATE)
    return frame
