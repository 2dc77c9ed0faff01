"""The commands that only show something."""

from __future__ import annotations

import re
from collections.abc import Callable

from . import environment, interfaces, tables
from .errors import CommandError
from .options import MODELS, Options


def answer(command: str, options: Options, japanese: bool) -> list[str]:
    """The lines of the answer. Raises CommandError."""
    words = " ".join(command.split())
    for pattern, show in COMMANDS:
        if match := pattern.fullmatch(words):
            return show(options, japanese, *match.groups())
    raise CommandError("name")


def _lan(options: Options, japanese: bool, number: str) -> list[str]:
    lans = options.values["lan"]
    if number not in lans or int(number) > MODELS[options.model].lans:
        raise CommandError("range")
    return interfaces.lan(number, lans[number], japanese)


def _pp(options: Options, japanese: bool, number: str) -> list[str]:
    if number not in options.values["pp"]:
        raise CommandError("range")
    return interfaces.pp(number, options.values["pp"][number], japanese)


def _tunnel(options: Options, japanese: bool, number: str) -> list[str]:
    if number not in options.values["tunnel"]:
        raise CommandError("range")
    return interfaces.tunnel(number, options.values["tunnel"][number], japanese)


def _connections(options: Options, japanese: bool, protocol: str) -> list[str]:
    family = "v4" if protocol == "ip" else "v6"
    if family not in options.values["connections"]:
        raise CommandError("name")
    return tables.connections(options.values, family)


def _dhcp(options: Options, japanese: bool, scope: str | None) -> list[str]:
    scopes = options.values.get("dhcp")
    if not scopes or (scope is not None and scope not in scopes):
        raise CommandError("range")
    return tables.dhcp(options.values, scope, japanese)


def _nat(options: Options, japanese: bool, number: str | None) -> list[str]:
    if number not in (None, "all") and number not in options.values["nat"]:
        raise CommandError("range")
    return tables.nat_addresses(options.values, number, japanese)


def _nat_ports(options: Options, japanese: bool, number: str) -> list[str]:
    if number not in options.values["nat"]:
        raise CommandError("range")
    return tables.nat_ports(options.values, number, japanese)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.ASCII)


COMMANDS: list[tuple[re.Pattern[str], Callable[..., list[str]]]] = [
    (_pattern("show environment"), environment.environment),
    (_pattern(r"show status lan(\d+)"), _lan),
    (_pattern(r"show status pp (\d+)"), _pp),
    (_pattern(r"show status tunnel (\d+)"), _tunnel),
    (_pattern("show (ip|ipv6) connection summary"), _connections),
    (_pattern(r"show status dhcp(?: (\d+))?"), _dhcp),
    (_pattern(r"show nat descriptor address(?: (\d+|all))?"), _nat),
    (_pattern(r"show nat descriptor masquerade port (\d+) summary"), _nat_ports),
]
