"""`lms-server check`: each thing that is wrong has a sentence, and nothing is changed."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from lms_core.db.engine import open_sqlite, write
from sync_server import checking
from sync_server.checking import check
from sync_server.config import Settings
from sync_server.database import FileDatabase, database_of
from sync_server.opening import prepare
from tests.server.certificates import DAY, Authority
from tests.server.test_process import run


def found(data: Path, settings: Settings | None = None, *, set_aside: int = 0) -> dict[str, str]:
    """State and sentence of each finding by its name."""
    settings = settings or Settings()
    checked = check(data, settings, database_of(data, settings.database_url), lambda: set_aside)
    assert checked.ok == all(each.state != "fault" for each in checked.findings)
    return {each.name: f"{each.state}: {each.said}" for each in checked.findings}


def test_a_server_that_is_in_order(data: Path) -> None:  # OPS-05
    said = found(data, Settings(backup_folder="/backup"))
    assert said.keys() == {"settings", "secrets", "disk", "database", "files", "backups"}
    assert all(each.startswith("ok: ") for each in said.values()), said
    assert found(data)["backups"].startswith("warning: No backups")
    assert found(data, set_aside=2)["set_aside"].startswith("warning: 2 rows")


def test_who_lets_the_invited_alone_in_can_send_mails(data: Path) -> None:
    closed = {"registration": "closed", "smtp_host": "", "public_url": ""}
    assert found(data, Settings(**closed))["registration"].startswith("warning: Nobody makes an account")
    assert "only with public_url" in found(data, Settings(**closed | {"smtp_host": "127.0.0.1"}))["registration"]
    mailed = closed | {"registration": "code", "smtp_host": "127.0.0.1", "public_url": "https://learn.example.org"}
    assert found(data, Settings(**mailed))["registration"].startswith("ok: ")


def test_every_wrong_setting_is_named_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "hub"
    prepare(data)
    (data / "hub.toml").write_text('prot = 1\nthreads = 0\ndatabase_url = "postgresql://lms:hidden@db/lms"\n')
    (data / "hub.toml").chmod(0o644)
    monkeypatch.setenv("LMS_HUB_LOG_LEVEL", "LOUD")
    answer = run("check", "--data", data, "--json")
    told: dict[str, Any] = json.loads(answer.stdout)
    assert (answer.returncode, told["ok"], len(told["faults"])) == (1, False, 4)
    for part in ("no setting prot", "threads", "log_level has a wrong value: LOUD", "holds a secret"):
        assert any(part in each for each in told["faults"]), part
    assert "hidden" not in answer.stdout + answer.stderr
    refused = run("serve", "--data", data, "--port", "0")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "lms-server: " in refused.stderr
    assert "Traceback" not in refused.stderr


def test_keys_that_are_gone_or_open_to_others(data: Path) -> None:  # SEC-02
    (data / "keys" / "accounts.key").chmod(0o644)
    assert found(data)["secrets"].startswith("fault: Others on this computer can read")
    (data / "keys" / "accounts.key").unlink()
    assert "accounts.key is missing" in found(data)["secrets"]
    refused = run("serve", "--data", data, "--port", "0", "--json")
    assert (refused.returncode, json.loads(refused.stdout)["code"]) == (1, "hub_key_missing")
    assert not (data / "keys" / "accounts.key").exists()


def test_the_certificate(data: Path, tmp_path: Path) -> None:
    school = Authority(tmp_path)

    def state(lives: int) -> str:
        certificate, key = school.issue(lives=lives * DAY)
        return found(data, Settings(tls_certificate=str(certificate), tls_key=str(key)))["tls"].split(":")[0]

    assert [state(90), state(5), state(-1)] == ["ok", "warning", "fault"]
    missing = found(data, Settings(tls_certificate=str(tmp_path / "none.pem")))["tls"]
    assert missing.startswith("fault: The certificate")


def test_the_logo_of_certificates(data: Path, tmp_path: Path) -> None:  # CER-05
    logo = tmp_path / "logo.png"
    Image.new("RGBA", (900, 300), "navy").save(logo)
    assert found(data, Settings(certificate_logo=str(logo)))["logo"].startswith("ok: ")
    logo.write_bytes(b"nothing")
    assert "certificate_logo has a wrong value" in found(data, Settings(certificate_logo=str(logo)))["logo"]
    assert found(data, Settings(certificate_logo=str(tmp_path / "none")))["logo"].startswith("fault: ")


def test_a_disk_that_runs_full(data: Path) -> None:
    free = checking.shutil.disk_usage(data).free >> 20
    assert found(data, Settings(keep_free_mb=free * 2))["disk"].startswith("fault: ")
    assert found(data, Settings(keep_free_mb=free * 3 // 4))["disk"].startswith("warning: ")


def test_the_database(data: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "no server's data" in found(tmp_path / "empty")["database"]
    engine = open_sqlite(data / "hub.db")
    with write(engine) as conn:
        conn.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    engine.dispose()
    assert found(data)["database"].startswith("warning: The database has layout 0001")
    for side in ("-wal", "-shm"):
        (data / f"hub.db{side}").unlink(missing_ok=True)
    (data / "hub.db").write_bytes(b"no database" * 1000)
    assert found(data)["database"].startswith("fault: ")
    assert FileDatabase(data).exists()
    away = found(data, Settings(database_url=f"postgresql://nobody@/none?host={tmp_path}&connect_timeout=2"))
    assert away["database"] == "fault: The database does not answer. Is it running, and is its address right?"


def test_the_mail_server(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        chosen = Settings(
            smtp_host="127.0.0.1",
            smtp_port=port,
            mail_from="lms@school.example",
            public_url="https://lms.school.example",
        )
        assert found(data, chosen)["mail"].startswith("ok: ")
    assert found(data, chosen)["mail"].startswith(f"fault: The mail server 127.0.0.1:{port} cannot be reached: ")
