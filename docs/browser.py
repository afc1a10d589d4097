"""A headless Chromium that opens pages and takes pictures, driven over its debugging pipe.

Nothing but Python and a Chromium are needed: messages of the DevTools protocol are JSON, each
ended by a zero byte, on two pipes that the browser finds as file descriptors 3 and 4.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
import os
import select
import shlex
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --enable-unsafe-swiftshader --disable-quic "
    "--no-first-run --no-default-browser-check --disable-background-networking "
    "--disable-component-update --disable-sync --disable-extensions --disable-dev-shm-usage "
    "--hide-scrollbars --remote-debugging-pipe"
)
# Web components keep their content in shadow trees, which ordinary queries do not enter.
_DEEP = """
(() => {
  window.deep = (selector, root = document) => {
    const found = [...root.querySelectorAll(selector)];
    for (const element of root.querySelectorAll('*'))
      if (element.shadowRoot) found.push(...window.deep(selector, element.shadowRoot));
    return found;
  };
  return true;
})()
"""


class Browser:
    """One page of a headless Chromium.

    Args:
        width: of the page, in pixels.
        height: of the page, in pixels.

    Raises:
        FileNotFoundError: if no Chromium is installed.
    """

    def __init__(self, width: int = 1280, height: int = 800) -> None:
        program = next(filter(None, map(shutil.which, NAMES)), None)
        if program is None:
            raise FileNotFoundError(
                f"No Chromium was found (looked for {', '.join(NAMES)}). On Debian: "
                "apt-get install chromium"
            )
        self._folder = tempfile.mkdtemp(prefix="chromium-")
        its_in, self._write = _pipe()
        self._read, its_out = _pipe()
        command = f"{shlex.quote(program)} {FLAGS} --user-data-dir={self._folder}"
        self._process = subprocess.Popen(
            ["bash", "-c", f"exec {command} 3<&{its_in} 4>&{its_out}"],
            pass_fds=(its_in, its_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(its_in)
        os.close(its_out)
        self._number = 0
        self._rest = b""
        self._session: str | None = None
        size = {"width": width, "height": height}
        target = self._send("Target.createTarget", url="about:blank")["targetId"]
        answer = self._send("Target.attachToTarget", targetId=target, flatten=True)
        self._session = answer["sessionId"]
        self._send("Emulation.setDeviceMetricsOverride", **size, deviceScaleFactor=1, mobile=False)

    def open(self, url: str) -> None:
        """Go to a page."""
        self._send("Page.navigate", url=url)

    def evaluate(self, script: str) -> Any:
        """Return the value of a JavaScript expression in the page.

        Raises:
            RuntimeError: if it throws.
        """
        self._send("Runtime.evaluate", expression=_DEEP)
        answer = self._send(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["exception"].get("description"))
        return answer["result"].get("value")

    def wait(self, condition: str, seconds: float = 60) -> None:
        """Wait until a JavaScript expression is true; `deep(selector)` looks into everything.

        Raises:
            TimeoutError: if that takes too long.
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with contextlib.suppress(RuntimeError):
                if self.evaluate(condition):
                    return
            time.sleep(0.25)
        raise TimeoutError(f"This did not become true in {seconds} s: {condition}")

    def click(self, place: str | tuple[int, int]) -> None:
        """Click with the mouse.

        Args:
            place: pixels from the upper left corner, or a JavaScript expression whose element
                is clicked in its middle.
        """
        if isinstance(place, str):
            place = self.evaluate(
                f"(() => {{ const box = {place}.getBoundingClientRect();"
                " return [box.x + box.width / 2, box.y + box.height / 2]; })()"
            )
        where = {"x": place[0], "y": place[1]}
        self._send("Input.dispatchMouseEvent", type="mouseMoved", **where)
        for kind in ("mousePressed", "mouseReleased"):
            self._send("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **where)

    def screenshot(self, path: Path) -> None:
        """Write the page as a PNG image, in few colors if Pillow is there."""
        data = self._send("Page.captureScreenshot", format="png")["data"]
        path.write_bytes(base64.b64decode(data))
        with contextlib.suppress(ImportError):
            from PIL import Image

            Image.open(path).convert("RGB").quantize(64).save(path, optimize=True)

    def close(self) -> None:
        """End the browser and remove its profile."""
        with contextlib.suppress(OSError):
            self._session = None
            self._send("Browser.close")
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._read)
        os.close(self._write)
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _send(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def _receive(self, seconds: float = 60) -> dict[str, Any]:
        while b"\0" not in self._rest:
            if not select.select([self._read], [], [], seconds)[0]:
                raise TimeoutError(f"Chromium said nothing for {seconds} s.")
            data = os.read(self._read, 1 << 20)
            if not data:
                raise OSError("Chromium has ended.")
            self._rest += data
        message, _, self._rest = self._rest.partition(b"\0")
        return json.loads(message)


def _pipe() -> tuple[int, int]:
    """Return a pipe whose ends are not among the descriptors that the browser will use."""
    ends = []
    for end in os.pipe():
        ends.append(fcntl.fcntl(end, fcntl.F_DUPFD, 10))
        os.close(end)
    return ends[0], ends[1]
