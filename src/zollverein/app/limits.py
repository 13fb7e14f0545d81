"""Limits of the server, each with a default that an environment variable replaces."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields

from zollverein.errors import DataError

#: Every variable is this and the upper-case name of the limit.
PREFIX = "ZOLLVEREIN_"


@dataclass(frozen=True)
class Limits:
    """What one request, one client and all of them together may ask for.

    Attributes:
        body_bytes: Largest body of a request.
        measures: Most measures in a scenario, those of programmes included.
        values: Most values in a scenario: numbers, words, lists and tables.
        workers: Processes that solve.
        queue: Most solves that wait; a further one is refused.
        solve_seconds: Longest time of one solve in its worker.
        export_seconds: Longest time to draw a report or another file.
        job_seconds: Longest time of a job.
        jobs: Most jobs waiting or at work, of all clients.
        jobs_per_client: The same for one client (its address).
        jobs_kept: Finished jobs whose results are kept.
        draws: Most draws of a job.
        cache: Answers kept.
    """

    body_bytes: int = 1_000_000
    measures: int = 500
    values: int = 20_000
    workers: int = 2
    queue: int = 64
    solve_seconds: int = 10
    export_seconds: int = 60
    job_seconds: int = 900
    jobs: int = 8
    jobs_per_client: int = 2
    jobs_kept: int = 32
    draws: int = 2000
    cache: int = 256

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Limits:
        """The defaults, with what ``ZOLLVEREIN_BODY_BYTES`` and so on say.

        Raises:
            DataError: If a variable is not a positive whole number.
        """
        found = {}
        for field in fields(cls):
            name = PREFIX + field.name.upper()
            text = environment.get(name)
            if text is None:
                continue
            if not (text.isascii() and text.isdigit() and int(text) > 0):
                raise DataError(f"{name} is '{text}'; it must be a positive whole number.")
            found[field.name] = int(text)
        return cls(**found)
