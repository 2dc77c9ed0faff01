"""One router: a port, its sessions and what it counted."""

from __future__ import annotations

import asyncio
import collections
import dataclasses
import socket
from typing import Any

from .keys import ClientLeft
from .options import Options, merged
from .session import Session
from .terminal import Console

BIND_ATTEMPTS = 20
REMEMBERED_COMMANDS = 100


@dataclasses.dataclass
class Stats:
    connections: int = 0
    refused: int = 0  # connections over the session limit
    logins: int = 0
    failed_logins: int = 0
    open_sessions: int = 0
    max_sessions: int = 0  # the most that were open at once
    saved: int = 0  # times the configuration was saved
    commands: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    not_show: list[str] = dataclasses.field(default_factory=list)

    def note(self, command: str) -> None:
        if len(self.commands) < REMEMBERED_COMMANDS or command in self.commands:
            self.commands[command] += 1
        if not command.startswith("show ") and len(self.not_show) < REMEMBERED_COMMANDS:
            self.not_show.append(command)

    def add(self, other: Stats) -> None:
        for field in dataclasses.fields(Stats):
            total, one = getattr(self, field.name), getattr(other, field.name)
            setattr(self, field.name, max(total, one) if field.name == "max_sessions" else total + one)


class Router:
    def __init__(self, options: Options) -> None:
        self.options = options
        self.console = Console.of(options)
        self.stats = Stats()
        self._tasks: set[asyncio.Task[None]] = set()
        self._servers: list[asyncio.Server] = []

    async def listen(self, hosts: list[str], wanted: int = 0) -> tuple[int, list[str]]:
        """Binds one port on all hosts, a free one by default. Returns it and the addresses as a client writes them."""
        for attempt in range(BIND_ATTEMPTS):
            port = wanted
            try:
                for host in hosts:
                    server = await asyncio.start_server(self._serve, host, port)
                    self._servers.append(server)
                    port = server.sockets[0].getsockname()[1]
                break
            except OSError:  # the port of the first host is taken on the second
                await self.close()
                if attempt == BIND_ATTEMPTS - 1:
                    raise
        return port, [f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host in hosts]

    def change(self, changes: dict[str, Any]) -> None:
        """Changes the options from the next command on."""
        self.options = merged(self.options, changes)
        if changes.keys() & {"language", "charset", "columns", "lines", "pager"}:
            # The same object, since open sessions have it.
            self.console.__dict__.update(Console.of(self.options).__dict__)

    def drop(self) -> None:
        """Ends all sessions at once."""
        for task in self._tasks:
            task.cancel()

    async def close(self) -> None:
        for server in self._servers:
            server.close()
        self._servers.clear()
        self.drop()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        stats = self.stats
        stats.connections += 1
        if stats.open_sessions >= self.options.max_sessions:
            stats.refused += 1
            writer.close()
            return
        task = asyncio.current_task()
        self._tasks.add(task)
        stats.open_sessions += 1
        stats.max_sessions = max(stats.max_sessions, stats.open_sessions)
        try:
            await Session(self, reader, writer).run()
        except (ClientLeft, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            stats.open_sessions -= 1
            self._tasks.discard(task)
            writer.close()
