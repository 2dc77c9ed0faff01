"""One telnet session: login, levels, commands."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from . import commands, environment
from .errors import CommandError, error_text
from .keys import OFFER, ClientLeft, Keys
from .options import CHARSETS, ECHOES
from .terminal import Console, Terminal

if TYPE_CHECKING:
    from .router import Router

CR, LF, NUL, BACKSPACE, DELETE = 13, 10, 0, 8, 127
ATTEMPTS = 3  # wrong passwords before the router hangs up
CONSOLE_COMMAND = re.compile(r"console (character|columns|lines) (\S+)", re.ASCII)


class Session:
    def __init__(self, router: Router, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._router = router
        self._writer = writer
        self._keys = Keys(reader, writer, router.options.login_timer)
        self._terminal = Terminal(self._keys, writer, router.options, router.console)
        self._is_administrator = False
        self._after_carriage_return = False

    @property
    def _console(self) -> Console:
        return self._router.console

    async def run(self) -> None:
        """Serves the session to its end. Raises ClientLeft."""
        self._terminal.expect_fault(None, self._router.options)
        if self._router.options.telnet:
            await self._terminal.send_bytes(OFFER)
        await self._login()
        self._router.stats.logins += 1
        await self._terminal.send("\r\n" + "".join(line + "\r\n" for line in environment.banner(self._router.options)))
        while True:
            await self._prompt()
            line = await self._read_line(echo=True)
            if line and not await self._obey(line):
                return

    async def _login(self) -> None:
        options = self._router.options
        for _ in range(ATTEMPTS):
            password = await self._ask("\r\nPassword: ")
            if password == "" and options.username is not None:
                name = await self._ask("Username: ")
                if (name, await self._ask("Password: ")) == (options.username, options.password):
                    return
            elif options.username is None and password == options.password:
                return
            self._router.stats.failed_logins += 1
            await self._terminal.send(error_text("password", self._console.japanese) + "\r\n")
        raise ClientLeft

    async def _ask(self, question: str) -> str:
        await self._terminal.send(question)
        return await self._read_line(echo=question == "Username: ")

    async def _prompt(self) -> None:
        await self._terminal.send(self._router.options.prompt + ("# " if self._is_administrator else "> "))

    async def _read_line(self, *, echo: bool) -> str:
        """A line of the client's, echoed as it comes; its end is echoed as a new line even where it is not."""
        line = bytearray()
        style = self._router.options.echo
        while True:
            key = await self._keys.next()
            doubled = key == LF and self._after_carriage_return
            self._after_carriage_return = key == CR
            if key == NUL or (doubled and not self._router.options.line_feed_is_enter):
                continue
            if key in (CR, LF):
                break
            if key in (BACKSPACE, DELETE):
                del line[-1:]
                continue
            line.append(key)
            if echo and style != "none":
                await self._terminal.send_bytes(bytes((key,)))
        if echo and line:
            await self._terminal.send(ECHOES[style])
        await self._terminal.send("\r\n")
        return line.decode(CHARSETS[self._console.charset], errors="replace").strip()

    async def _obey(self, line: str) -> bool:
        """Carries out a command; whether the session goes on."""
        self._router.stats.note(line)
        self._terminal.expect_fault(line, self._router.options)
        if line in ("exit", "quit"):
            return await self._leave(line)
        try:
            await self._carry_out(line)
        except CommandError as error:
            if error.args[0] == "name":
                await self._terminal.send(" " * 10 + "^\r\n")
            await self._terminal.send(error_text(error.args[0], self._console.japanese) + "\r\n")
        return True

    async def _carry_out(self, line: str) -> None:
        options = self._router.options
        if line == "administrator":
            if await self._ask("Password: ") != options.admin_password:
                raise CommandError("password")
            self._is_administrator = True
        elif match := CONSOLE_COMMAND.fullmatch(line):
            self._set_console(*match.groups())
        elif options.needs_administrator and not self._is_administrator:
            raise CommandError("level")
        else:
            await self._terminal.page(commands.answer(line, options, self._console.japanese))

    def _set_console(self, name: str, value: str) -> None:
        console = self._console
        if name == "character":
            charset = value.removeprefix("ja.").removeprefix("en.").removeprefix("us.")
            if charset not in CHARSETS:
                raise CommandError("range")
            console.charset, console.japanese = charset, charset != "ascii"
        elif name == "lines" and value == "infinity":
            console.lines = None
        elif value.isdecimal() and int(value) >= 10:
            setattr(console, name, int(value))
        else:
            raise CommandError("range")
        console.is_changed = True

    async def _leave(self, line: str) -> bool:
        """`exit` goes from the administrator's level to the user's, `quit` always ends the session."""
        if self._is_administrator and self._console.is_changed:
            question = "新しい設定を保存しますか？ (Y/N)" if self._console.japanese else "Save new configuration ? (Y/N)"
            await self._terminal.send(question)
            answer = await self._keys.next()
            self._router.stats.saved += answer in b"yY"
            await self._terminal.send("\r\n")
        goes_on = self._is_administrator and line == "exit"
        self._is_administrator = False
        return goes_on
