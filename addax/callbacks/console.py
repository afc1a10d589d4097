"""Where callbacks print: standard output, or the `addax` logger when that is preferred."""

from __future__ import annotations

import logging
import sys

from addax import config

_interactive = True


def enable_interactive_logging() -> None:
    """Print progress and messages to standard output, the default.

    Example:
        >>> enable_interactive_logging()
        >>> is_interactive_logging_enabled()
        True
    """
    global _interactive
    _interactive = True


def disable_interactive_logging() -> None:
    """Send progress and messages to the `addax` logger, as suits a server.

    Example:
        >>> disable_interactive_logging()
        >>> is_interactive_logging_enabled()
        False
        >>> enable_interactive_logging()
    """
    global _interactive
    _interactive = False


def is_interactive_logging_enabled() -> bool:
    """Say whether progress and messages go to standard output.

    Example:
        >>> is_interactive_logging_enabled()
        True
    """
    return _interactive


config.more.update(
    disable_interactive_logging=disable_interactive_logging,
    enable_interactive_logging=enable_interactive_logging,
    is_interactive_logging_enabled=is_interactive_logging_enabled,
)


def write(text: str) -> None:
    """Write `text` as it is, without adding a line break."""
    if not _interactive:
        logging.getLogger("addax").info(text.strip("\r\n\b"))
        return
    try:
        sys.stdout.write(text)
    except UnicodeEncodeError:
        # A console that cannot show the bar's character still shows the figures.
        encoding = sys.stdout.encoding or "utf-8"
        plain = text.replace("━", "=").encode(encoding, errors="replace")
        sys.stdout.write(plain.decode(encoding))
    sys.stdout.flush()


def write_line(text: str) -> None:
    """Write `text` and a line break."""
    write(f"{text}\n")
