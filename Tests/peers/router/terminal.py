"""What the router sends: character set, wrap at the last column, pager, slowness and faults."""

from __future__ import annotations

import asyncio
import dataclasses
import unicodedata
from collections.abc import Iterator

from .keys import IAC, ClientLeft, Keys
from .options import CHARSETS, OVERWRITES, Fault, Options


@dataclasses.dataclass
class Console:
    """The settings of `console ...`: part of the configuration, so that they are the same for all sessions."""

    charset: str
    columns: int
    lines: int | None  # None: infinity
    japanese: bool
    is_changed: bool = False

    @staticmethod
    def of(options: Options) -> Console:
        japanese = options.language == "ja" and options.charset != "ascii"
        return Console(options.charset, options.columns, options.lines if options.pager else None, japanese)


def width(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WFA" and ord(character) > 0x7F else 1


def wrapped(line: str, columns: int) -> Iterator[str]:
    """The rows of a line on a screen of so many columns."""
    if not columns or (line.isascii() and len(line) <= columns):
        yield line
        return
    row, used = [], 0
    for character in line:
        if used + width(character) > columns:
            yield "".join(row)
            row, used = [], 0
        row.append(character)
        used += width(character)
    yield "".join(row)


class Terminal:
    def __init__(self, keys: Keys, writer: asyncio.StreamWriter, options: Options, console: Console) -> None:
        self._keys = keys
        self._writer = writer
        self._options = options
        self._console = console
        # The fault that the answer to the current command has, and the bytes that may be sent before it.
        self._fault: Fault | None = None
        self._left = 0

    def expect_fault(self, command: str | None, options: Options) -> None:
        """Arms the fault that belongs to the command, or to the connection if `command` is nil."""
        self._options = options
        fault = options.fault
        if fault and fault.command == command:
            self._fault, self._left = fault, fault.after_bytes
        elif self._fault and self._fault.command is not None:
            self._fault = None

    async def send(self, text: str) -> None:
        data = text.encode(CHARSETS[self._console.charset], errors="replace")
        await self.send_bytes(data.replace(bytes((IAC,)), bytes((IAC, IAC))))

    async def send_bytes(self, data: bytes) -> None:
        if self._fault:
            if len(data) > self._left:
                await self._fail(self._fault, data[: self._left])
            self._left -= len(data)
        if self._options.byte_delay:
            for byte in data:
                self._writer.write(bytes((byte,)))
                await asyncio.sleep(self._options.byte_delay)
        else:
            self._writer.write(data)
        try:
            await self._writer.drain()
        except ConnectionError as error:
            raise ClientLeft from error

    async def _fail(self, fault: Fault, rest: bytes) -> None:
        self._writer.write(rest)
        if fault.kind == "die":
            raise ClientLeft
        if fault.kind == "flood":
            while True:
                self._writer.write(b"0123456789" * 100)
                try:
                    await self._writer.drain()
                except ConnectionError as error:
                    raise ClientLeft from error
                await asyncio.sleep(0)
        while True:  # hang: keys are read, so that the end of the connection is seen
            await self._keys.next()

    async def page(self, lines: list[str]) -> None:
        """Sends the lines, a screen at a time: a blank continues, Enter adds a line, q stops."""
        rows = 0
        for line in lines:
            for row in wrapped(line, self._console.columns):
                if self._console.lines is not None and rows >= self._console.lines - 1:
                    key = await self._ask_for_more()
                    if key in b"qQ":
                        return
                    rows = rows - 1 if key == 0x0D else 0
                await self.send(row + "\r\n")
                rows += 1
            if self._options.line_delay:
                await asyncio.sleep(self._options.line_delay)

    async def _ask_for_more(self) -> int:
        await self.send("---つづく---" if self._console.japanese else "---more---")
        key = await self._keys.next()
        while key not in b" \rqQ":
            key = await self._keys.next()
        await self.send(OVERWRITES[self._options.overwrite])
        return key
