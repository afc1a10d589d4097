"""The logs of every epoch sent to a web server."""

from __future__ import annotations

import json
import urllib.parse
import warnings
from typing import Any

import numpy as np

from addax.callbacks.base import Callback, Logs

_TIMEOUT_SECONDS = 10


class RemoteMonitor(Callback):
    """Posts the logs of every epoch to `root + path`.

    A server that cannot be reached causes a warning; training goes on.

    Args:
        root: address of the server, `http://...` or `https://...`.
        path: where on it to post to.
        field: name of the form field that holds the JSON text.
        headers: further HTTP headers.
        send_as_json: whether to send JSON itself instead of a form.

    Raises:
        ValueError: if `root` is not a web address.

    Example:
        >>> RemoteMonitor(root="http://localhost:9000").url
        'http://localhost:9000/publish/epoch/end/'
    """

    def __init__(
        self,
        root: str = "http://localhost:9000",
        path: str = "/publish/epoch/end/",
        field: str = "data",
        headers: dict[str, str] | None = None,
        send_as_json: bool = False,
    ) -> None:
        super().__init__()
        # `urlopen` would read local files, too.
        if not root.startswith(("http://", "https://")):
            raise ValueError(
                "`root` of `RemoteMonitor` must start with http:// or https://. "
                f"Received: root={root!r}"
            )
        self.root = root
        self.path = path
        self.field = field
        self.headers = headers
        self.send_as_json = send_as_json

    @property
    def url(self) -> str:
        """The address that is posted to."""
        return self.root + self.path

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Post the epoch's index and logs."""
        import http.client  # slow to import, and seldom used
        import urllib.request

        event = {"epoch": epoch} | {name: _jsonable(value) for name, value in (logs or {}).items()}
        try:
            with urllib.request.urlopen(self._request(event), timeout=_TIMEOUT_SECONDS):
                pass
        except (OSError, http.client.HTTPException) as error:
            warnings.warn(
                f"RemoteMonitor could not send the logs of epoch {epoch} to {self.url}: {error}",
                stacklevel=2,
            )

    def _request(self, event: dict[str, Any]) -> Any:
        from urllib.request import Request

        text = json.dumps(event)
        if self.send_as_json:
            body, kind = text, "application/json"
        else:
            body = urllib.parse.urlencode({self.field: text})
            kind = "application/x-www-form-urlencoded"
        headers = {"Content-Type": kind} | (self.headers or {})
        return Request(self.url, body.encode(), headers, method="POST")


def _jsonable(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value
