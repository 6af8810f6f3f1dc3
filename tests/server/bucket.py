"""A service that speaks S3 on this machine alone, for tests: its objects stay when it is down for a while."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from obstore.store import S3Store

KEY = {"access_key_id": "school", "secret_access_key": "hidden away"}


class Bucket:
    """One bucket, reached by `url`."""

    def __init__(self) -> None:
        self._port = 0
        self._service: Any = None
        self.up()
        self.endpoint = f"http://127.0.0.1:{self._port}"
        import httpx

        assert httpx.post(f"{self.endpoint}/moto-api/reset").status_code == 200
        assert httpx.put(f"{self.endpoint}/media").status_code == 200
        self.url = f"s3://media/school?endpoint={self.endpoint}"
        self.env = {
            "LMS_HUB_BLOB_URL": self.url, "LMS_HUB_BLOB_KEY": KEY["access_key_id"],
            "LMS_HUB_BLOB_SECRET": KEY["secret_access_key"],
        }  # fmt: skip

    def up(self) -> None:
        """Answer."""
        from moto.server import ThreadedMotoServer

        self._service = ThreadedMotoServer("127.0.0.1", self._port, verbose=False)
        self._service.start()
        self._port = self._service.get_host_and_port()[1]

    def down(self) -> None:
        """Answer nobody any more; nothing is forgotten."""
        if self._service is not None:
            self._service.stop()
            self._service._server.server_close()
            self._service = None

    def asked(self) -> list[str]:
        """The methods of all requests from now on."""
        methods, server = list[str](), self._service._server
        answer = server.app

        def listen(environ: dict[str, Any], start: Any) -> Any:
            methods.append(environ["REQUEST_METHOD"])
            return answer(environ, start)

        server.app = listen
        return methods

    def raw(self) -> S3Store:
        """The bucket as others see it."""
        config: Any = {"endpoint": self.endpoint, "region": "us-east-1", **KEY}
        return S3Store("media", config=config, client_options={"allow_http": True})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.down()
