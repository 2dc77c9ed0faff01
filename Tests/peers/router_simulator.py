"""Simulates Yamaha RTX routers with a telnet server, as many as asked for, in one process.

Usage: router_simulator.py [--count N] [--listen HOST]... [--port N] [--config FILE] [--OPTION VALUE]...

Prints one JSON line when all routers listen: {"routers": [{"port": N, "addresses": ["127.0.0.1:N", "[::1]:N"]}]}.
OPTION is a field of router/options.py with dashes; VALUE is JSON, or else text. FILE holds an object of the same
options, or {"routers": [{"count": N, ...}, ...]} for routers that differ. Routers listen on free ports, or on N and the
ports that follow it.

Lines on standard input are answered by one JSON line each; the program ends with the input:
  stats [N]         counts of all routers, or of router N (from 0)
  set [N] {...}     changes options of all routers, or of router N; {"values": {"cpu": [9, 8, 7]}} is merged
  drop [N]          ends the open sessions
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import sys
from typing import Any

sys.dont_write_bytecode = True  # no __pycache__ in the checkout

from router.options import FIELDS, Options, merged
from router.router import Router, Stats


def parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Simulates Yamaha RTX routers with a telnet server.")
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--listen", action="append", metavar="HOST")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--config", metavar="FILE")
    for name in FIELDS:
        # Texts that look like a number, such as a password, stay what they are.
        is_text = str(FIELDS[name].type).startswith("str")
        parser.add_argument("--" + name.replace("_", "-"), dest=name, type=str if is_text else parsed, metavar="VALUE")
    return parser.parse_args()


def routers(options: argparse.Namespace) -> list[Router]:
    given = {name: getattr(options, name) for name in FIELDS if getattr(options, name) is not None}
    content: dict[str, Any] = {}
    if options.config:
        with open(options.config, encoding="utf-8") as file:
            content = json.load(file)
    result = []
    for entry in content.get("routers", [content]):
        entry = dict(entry)
        count = entry.pop("count", options.count)
        one = merged(merged(Options(), entry), given)
        result += [Router(one) for _ in range(count)]
    return result


def stats_of(selected: list[Router]) -> dict[str, Any]:
    total = Stats()
    for router in selected:
        total.add(router.stats)
    return dict(vars(total))


def obey(line: str, all_routers: list[Router]) -> dict[str, Any]:
    """Carries out one line of standard input. Raises ValueError, IndexError."""
    verb, _, rest = line.strip().partition(" ")
    number, _, body = rest.strip().partition(" ")
    if number.isdecimal():
        selected = [all_routers[int(number)]]
    else:
        selected, body = all_routers, rest
    if verb == "stats":
        return stats_of(selected)
    if verb == "set":
        changes = json.loads(body)
        for router in selected:
            router.change(changes)
    elif verb == "drop":
        for router in selected:
            router.drop()
    else:
        raise ValueError(f"unknown command {verb!r}")
    return {"ok": True}


async def main() -> None:
    _, hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard_limit, hard_limit))
    options = arguments()
    all_routers = routers(options)
    listening = []
    for number, router in enumerate(all_routers):
        wanted = options.port and options.port + number
        port, addresses = await router.listen(options.listen or ["127.0.0.1"], wanted)
        listening.append({"port": port, "addresses": addresses})
    print(json.dumps({"routers": listening}), flush=True)
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        try:
            reply = obey(line.decode(), all_routers)
        except (ValueError, IndexError, TypeError) as error:
            reply = {"error": str(error)}
        print(json.dumps(reply, ensure_ascii=False), flush=True)
    for router in all_routers:
        await router.close()


if __name__ == "__main__":
    asyncio.run(main())
