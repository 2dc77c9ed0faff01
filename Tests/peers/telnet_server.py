"""Serves Debian's telnetd on a free loopback port, with `command_line.py` in the place of login(1).

Usage: telnet_server.py
Prints the port when it listens, `connected` and `ended` for each connection, and what the program behind it notes.
Ends with its standard input.
"""

from __future__ import annotations

import asyncio
import os
import pathlib
import shlex
import socket
import sys
import tempfile

TELNETD = "/usr/sbin/telnetd"
COMMAND_LINE = pathlib.Path(__file__).with_name("command_line.py")


async def serve(listener: socket.socket, notes: str) -> None:
    """Starts telnetd for each connection, as inetd does: the socket is its standard input and output."""
    login = shlex.join([sys.executable, "-B", str(COMMAND_LINE), notes])
    loop = asyncio.get_running_loop()
    tasks = set()
    while True:
        connection, _ = await loop.sock_accept(listener)
        print("connected", flush=True)
        with connection:
            process = await asyncio.create_subprocess_exec(
                TELNETD, "--no-hostinfo", f"--exec-login={login}", stdin=connection, stdout=connection, stderr=connection,
            )
        tasks.add(task := asyncio.create_task(wait(process)))
        task.add_done_callback(tasks.discard)


async def wait(process: asyncio.subprocess.Process) -> None:
    await process.wait()
    print("ended", flush=True)


async def follow(notes: str) -> None:
    """Prints what the programs write into the FIFO; held open for writing, so that it never ends."""
    reader = asyncio.StreamReader()
    pipe = os.fdopen(os.open(notes, os.O_RDWR | os.O_NONBLOCK), "rb", buffering=0)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
    while line := await reader.readline():
        print(line.decode().rstrip("\n"), flush=True)


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        notes = os.path.join(folder, "notes")
        os.mkfifo(notes)
        print(listener.getsockname()[1], flush=True)
        tasks = [asyncio.create_task(serve(listener, notes)), asyncio.create_task(follow(notes))]
        lines = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
        await lines.read()
        for task in tasks:
            task.cancel()


if __name__ == "__main__":
    asyncio.run(main())
