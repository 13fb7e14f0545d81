"""One progress bar for everything that takes a while."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Receives the number done, and the number of all or, below one or broken, how far off a search is.
Show = Callable[[int, float], None]


@contextmanager
def progress_bar(title: str, *, silent: bool) -> Iterator[Show | None]:
    """A bar on standard error that disappears when done; none where ``silent`` or without a terminal."""
    if silent:
        yield None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    with Progress(
        *columns,
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task(title, total=None)

        def show(done: int, rest: float) -> None:
            if rest >= 1 and rest == int(rest):
                bar.update(task, completed=done, total=rest)
            else:
                bar.update(task, completed=done, description=f"{title}: distance {rest:.1e}")

        yield show
