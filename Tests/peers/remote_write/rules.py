"""What a receiver demands of every request, and what it remembers from one to the next."""

from __future__ import annotations

import re
import struct
import time

from .messages import Message, Series, Violation

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
STALE, NORMAL_NAN = 0x7FF0000000000002, 0x7FF8000000000001
HOUR = 3_600_000


def is_nan(bits: int) -> bool:
    value = struct.unpack("<d", struct.pack("<Q", bits))[0]
    return value != value


def check_labels(labels: list[tuple[str, str]]) -> None:
    names = [name for name, _ in labels]
    if not names:
        raise Violation("a series has no labels")
    if names != sorted(names, key=str.encode):
        raise Violation(f"labels are not sorted: {names}")
    if len(set(names)) != len(names):
        raise Violation(f"a label is there twice: {names}")
    for name, value in labels:
        if not name or not value:
            raise Violation(f"a label or its value is empty: {labels}")
        if name == "__name__":
            if not NAME.fullmatch(value):
                raise Violation(f"no metric name: {value!r}")
        elif not LABEL.fullmatch(name) or name.startswith("__"):
            raise Violation(f"no label name: {name!r}")
    if "__name__" not in names:
        raise Violation(f"a series has no name: {labels}")


class Store:
    """All that was acknowledged, and what was wrong with requests."""

    def __init__(self) -> None:
        self.series: dict[tuple[tuple[str, str], ...], dict[int, int]] = {}
        self.metadata: dict[str, tuple[int, str, str]] = {}
        self.violations: list[str] = []
        self.repeated_requests = 0
        self.samples = 0

    def check(self, message: Message, sort_of_2: bool) -> None:
        """Raises `Violation` for what no receiver has to take."""
        seen = set()
        for one in message.series:
            check_labels(one.labels)
            key = tuple(one.labels)
            if key in seen:
                raise Violation(f"a series is there twice: {key}")
            seen.add(key)
            self.check_samples(one)
            if sort_of_2 and not 0 <= one.metadata[0] <= 7:
                raise Violation(f"no type: {one.metadata}")
        if not message.series and not message.metadata:
            raise Violation("the message is empty")

    def check_samples(self, one: Series) -> None:
        if not one.samples:
            raise Violation("a series has no samples")
        times = [at for at, _ in one.samples]
        if any(first >= second for first, second in zip(times, times[1:])):
            raise Violation(f"samples are not in order: {times}")
        now = time.time() * 1000
        for at, bits in one.samples:
            if not now - 24 * HOUR < at < now + HOUR:
                raise Violation(f"no time in milliseconds: {at}")
            if is_nan(bits) and bits not in (STALE, NORMAL_NAN):
                raise Violation(f"a NaN of its own: {bits:#x}")

    def add(self, message: Message) -> int:
        """Keeps a message that is going to be acknowledged; notes what was acknowledged before."""
        repeated = False
        for one in message.series:
            known = self.series.setdefault(tuple(one.labels), {})
            last = max(known, default=0)
            for at, bits in one.samples:
                if at in known:
                    repeated = True
                    if known[at] != bits:
                        self.violations.append(f"another value for the same time: {one.labels} {at}")
                elif at < last:
                    self.violations.append(f"out of order: {one.labels} {at} after {last}")
                known[at] = bits
            if one.metadata:
                self.metadata[dict(one.labels)["__name__"]] = one.metadata
        for name, *rest in message.metadata:
            self.metadata[name] = tuple(rest)
        self.repeated_requests += repeated
        count = sum(len(one.samples) for one in message.series)
        self.samples += count
        return count
