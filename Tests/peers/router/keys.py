"""The keys of a telnet client: its bytes without the protocol's commands (RFC 854, 855)."""

from __future__ import annotations

import asyncio

IAC, DONT, DO, WONT, WILL, SB, SE = 255, 254, 253, 252, 251, 250, 240
ECHO, SUPPRESS_GO_AHEAD, TERMINAL_TYPE, WINDOW_SIZE = 1, 3, 24, 31

OFFER = bytes((
    IAC, WILL, ECHO, IAC, WILL, SUPPRESS_GO_AHEAD, IAC, DO, SUPPRESS_GO_AHEAD,
    IAC, DO, TERMINAL_TYPE, IAC, DO, WINDOW_SIZE,
))
SEND_TERMINAL_TYPE = bytes((IAC, SB, TERMINAL_TYPE, 1, IAC, SE))


class ClientLeft(Exception):
    """The connection ended, or no key came before the login timer ran out."""


class Keys:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, login_timer: float) -> None:
        self._reader = reader
        self._writer = writer
        self._login_timer = login_timer
        self._buffer = b""
        self._position = 0

    async def next(self) -> int:
        """The next byte that is not part of a telnet command."""
        while True:
            byte = await self._byte()
            if byte != IAC:
                return byte
            command = await self._byte()
            if command == IAC:
                return IAC
            await self._obey(command)

    @property
    def waiting(self) -> bool:
        """Whether a byte is there already."""
        return self._position < len(self._buffer)

    async def _byte(self) -> int:
        if not self.waiting:
            try:
                async with asyncio.timeout(self._login_timer):
                    self._buffer = await self._reader.read(4096)
            except (TimeoutError, ConnectionError) as error:
                raise ClientLeft from error
            self._position = 0
            if not self._buffer:
                raise ClientLeft
        byte = self._buffer[self._position]
        self._position += 1
        return byte

    async def _obey(self, command: int) -> None:
        if command in (WILL, WONT, DO, DONT):
            option = await self._byte()
            if command == WILL and option == TERMINAL_TYPE:
                self._writer.write(SEND_TERMINAL_TYPE)
            elif command == WILL and option not in (WINDOW_SIZE, SUPPRESS_GO_AHEAD):
                self._writer.write(bytes((IAC, DONT, option)))
            elif command == DO and option not in (ECHO, SUPPRESS_GO_AHEAD):
                self._writer.write(bytes((IAC, WONT, option)))
        elif command == SB:
            previous = 0
            while True:
                byte = await self._byte()
                if previous == IAC and byte == SE:
                    return
                previous = 0 if previous == IAC else byte
