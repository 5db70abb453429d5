"""Logging: structured lines for machines, readable ones on a terminal. Secrets never get here by construction:
they live in the vault and have no repr."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from pathlib import Path
from typing import TextIO, cast

import structlog


class _Lines:
    """Where log lines go. That they can't be written (the disk with the log is full) stops nothing: a line is lost."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            self._stream.write(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()


def setup(level: str = "info") -> None:
    """Send log lines to stderr: coloured on a terminal, JSON elsewhere."""
    number = logging.getLevelNamesMapping()[level.upper()]
    terminal = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *(() if terminal else (structlog.processors.format_exc_info,)),
            structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _Lines(sys.stderr))),
    )
    logging.basicConfig(level=max(number, logging.WARNING), stream=sys.stderr, format="%(name)s: %(message)s")


def get(name: str) -> structlog.typing.FilteringBoundLogger:
    """The logger of one part."""
    return cast("structlog.typing.FilteringBoundLogger", structlog.get_logger(part=name))


def fault(error: BaseException) -> str:
    """Of what kind an unexpected error is, and where it came up. Not its words: they may hold what people said."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = "" if trace is None else f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
    return type(error).__name__ + where
