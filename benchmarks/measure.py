"""Run a command in a process of its own and read its wall seconds and peak memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from typing import NamedTuple


class Cost(NamedTuple):
    """Median wall seconds over the runs, and the largest peak memory."""

    seconds: float
    peak_mb: float


def measure(command: list[str], *, repeat: int = 3) -> Cost:
    """Run a command several times; one that fails stops the benchmark."""
    seconds, peaks = [], []
    for _ in range(repeat):
        start = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        complaint = process.stderr.read() if process.stderr else ""
        _, status, usage = os.wait4(process.pid, 0)
        seconds.append(time.perf_counter() - start)
        peaks.append(usage.ru_maxrss / 1024)
        if status:
            sys.exit(f"{' '.join(command)} failed:\n{complaint}")
    return Cost(statistics.median(seconds), max(peaks))


def report(title: str, costs: dict[str, Cost]) -> None:
    """Print a row for each cost, and its ratio to the first."""
    first = next(iter(costs.values()))
    print(f"\n{title:48}{'s':>9}{'MB':>8}{'s ratio':>9}{'MB ratio':>9}")
    for name, cost in costs.items():
        ratios = f"{cost.seconds / first.seconds:9.2f}{cost.peak_mb / first.peak_mb:9.2f}"
        print(f"{name:48}{cost.seconds:9.2f}{cost.peak_mb:8.0f}{ratios}")
