"""Settings from file, environment and command line, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lms_core.errors import UserError
from sync_server.config import Settings, described, load_settings


def test_the_later_source_wins(tmp_path: Path) -> None:  # OPS-05
    (tmp_path / "hub.toml").write_text(
        'port = 1111\nthreads = 3\nregistration = "closed"\ntrusted_proxies = ["10.0.0.1"]\n'
    )
    environment = {"LMS_HUB_PORT": "2222", "LMS_HUB_HOST": "0.0.0.0", "LMS_PASSWORD": "x", "PATH": "y"}
    settings = load_settings(tmp_path, environment, port=3333, host=None)
    assert (settings.port, settings.threads, settings.host) == (3333, 3, "0.0.0.0")
    assert (settings.registration, settings.trusted_proxies) == ("closed", ("10.0.0.1",))
    assert load_settings(tmp_path / "none", {}) == Settings()


def test_values_of_the_environment(tmp_path: Path) -> None:
    environment = {"LMS_HUB_REGISTRATION": "code", "LMS_HUB_TRUSTED_PROXIES": "10.0.0.1, ::1,", "LMS_HUB_THREADS": "4"}
    settings = load_settings(tmp_path, environment)
    assert (settings.registration, settings.trusted_proxies, settings.threads) == ("code", ("10.0.0.1", "::1"), 4)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"prot": 1}, "setting_unknown"),
        ({"port": "x"}, "setting_invalid"),
        ({"port": 70000}, "setting_invalid"),
        ({"port": 1.5}, "setting_invalid"),
        ({"port": True}, "setting_invalid"),
        ({"threads": 0}, "setting_invalid"),
        ({"registration": "maybe"}, "setting_invalid"),
        ({"trusted_proxies": 5}, "setting_invalid"),
        ({"log_level": "LOUD"}, "setting_invalid"),
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, values: dict[str, Any], code: str) -> None:
    with pytest.raises(UserError) as raised:
        load_settings(tmp_path, {}, **values)
    assert raised.value.code == code
    assert next(iter(values)) in raised.value.message


@pytest.mark.parametrize("text", [b"port = ", b"\xff\xfe"])
def test_a_file_that_is_no_toml(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "hub.toml").write_bytes(text)
    with pytest.raises(UserError, match=r"hub\.toml"):
        load_settings(tmp_path, {})


def test_every_setting_is_described() -> None:
    assert described().count("LMS_HUB_") == len(Settings.__dataclass_fields__)
