"""What one simulated router is like: its model, its console, its logins and its faults."""

from __future__ import annotations

import copy
import dataclasses
from typing import Any

from .values import SAMPLE_VALUES


@dataclasses.dataclass(frozen=True)
class Model:
    revision: str
    date: str
    lans: int
    has_temperature: bool
    # Older firmware prints some fifteen copyright lines at the login, newer firmware points to a command.
    has_long_banner: bool
    memory: str


MODELS = {
    "RTX810": Model("Rev.11.01.34", "Tue Nov 26 18:39:12 2019", 2, False, True, "Memory 128Mbytes, 2LAN"),
    "RTX830": Model("Rev.15.02.31", "Fri Jun 21 10:12:45 2024", 2, False, False, "Memory 256Mbytes, 2LAN"),
    "RTX1200": Model("Rev.10.01.53", "Mon Sep  9 15:23:58 2013", 3, True, True, "Memory 128Mbytes, 3LAN, 1BRI"),
    "RTX1210": Model("Rev.14.01.42", "Fri Jul  5 13:29:10 2024", 3, True, False, "Memory 256Mbytes, 3LAN, 1BRI"),
    "RTX1220": Model("Rev.15.04.07", "Thu Jun 20 18:02:41 2024", 3, True, False, "Memory 256Mbytes, 3LAN, 1BRI"),
    "RTX1300": Model("Rev.23.00.12", "Wed Jun 26 11:46:30 2024", 3, True, False, "Memory 1024Mbytes, 3LAN"),
}

# Names of `console character`; ASCII also makes the router speak English.
CHARSETS = {"sjis": "cp932", "euc": "euc_jp", "utf8": "utf-8", "ascii": "ascii"}

ECHOES = {
    "plain": "",
    "blank": " ",
    # What an RTX1200 sends after the command: a blank that it takes back.
    "erase": " \b \b",
    "none": "",
}

# What follows the pager's marker when it is answered: 12 blanks, in the same line or after a carriage return.
OVERWRITES = {"blanks": " " * 12, "cr": "\r" + " " * 12 + "\r"}


@dataclasses.dataclass(frozen=True)
class Fault:
    """What goes wrong, `after_bytes` bytes into the answer to `command`, or into the connection without one."""

    kind: str  # die: the connection is cut; hang: nothing more is sent; flood: a line without end
    after_bytes: int = 0
    command: str | None = None


@dataclasses.dataclass(frozen=True)
class Options:
    model: str = "RTX1200"
    language: str = "ja"
    charset: str = "sjis"
    pager: bool = True
    lines: int = 24
    overwrite: str = "blanks"
    columns: int = 80  # 0: no wrap
    echo: str = "erase"
    telnet: bool = True  # option negotiation
    password: str = ""
    username: str | None = None  # a named user; the login without a name is then refused
    admin_password: str = ""
    prompt: str = ""  # `console prompt`
    line_feed_is_enter: bool = True  # CR LF is Enter twice, so that the prompt comes twice
    max_sessions: int = 8
    login_timer: float = 300.0  # seconds without a key
    byte_delay: float = 0.0
    line_delay: float = 0.0
    needs_administrator: bool = False  # `show` commands are refused at the user's level
    fault: Fault | None = None
    values: dict[str, Any] = dataclasses.field(default_factory=lambda: copy.deepcopy(SAMPLE_VALUES))

    def __post_init__(self) -> None:
        choices = {
            "model": MODELS, "language": ("ja", "en"), "charset": CHARSETS, "echo": ECHOES, "overwrite": OVERWRITES,
        }
        for name, allowed in choices.items():
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name} is one of {', '.join(allowed)}, not {getattr(self, name)!r}")
        if self.fault and self.fault.kind not in ("die", "hang", "flood"):
            raise ValueError(f"unknown fault {self.fault.kind!r}")


FIELDS = {field.name: field for field in dataclasses.fields(Options)}


def merged(options: Options, changes: dict[str, Any]) -> Options:
    """The options with the changes; `values` are merged by key, and a value of null takes its key away."""
    unknown = set(changes) - set(FIELDS)
    if unknown:
        raise ValueError(f"unknown options: {', '.join(sorted(unknown))}")
    changes = dict(changes)
    if isinstance(changes.get("fault"), dict):
        changes["fault"] = Fault(**changes["fault"])
    if "values" in changes:
        changes["values"] = _merge(options.values, changes["values"])
    return dataclasses.replace(options, **changes)


def _merge(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    result = dict(old)
    for key, value in new.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = _merge(result[key], value)
        else:
            result[key] = value
    return result
