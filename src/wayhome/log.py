"""Logging: structured lines for machines, readable ones on a terminal. Secrets never get here by construction:
they live in the vault and have no repr."""

from __future__ import annotations

import logging
import sys
from typing import cast

import structlog


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
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(level=max(number, logging.WARNING), stream=sys.stderr, format="%(name)s: %(message)s")


def get(name: str) -> structlog.typing.FilteringBoundLogger:
    """The logger of one part."""
    return cast("structlog.typing.FilteringBoundLogger", structlog.get_logger(part=name))
