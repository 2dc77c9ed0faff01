"""What telnet_server.py has telnetd run: asks for a name and a password and then takes commands, on a terminal.

Usage: command_line.py NOTES
Every login, command and end is noted as a line in the FIFO NOTES.
"""

from __future__ import annotations

import os
import sys
import termios

USERNAME, PASSWORD = "monitor", "simulated-password"
PROMPT = "device$ "


def ask_hidden(question: str) -> str:
    """A line that the terminal does not echo."""
    attributes = termios.tcgetattr(sys.stdin)
    hidden = list(attributes)
    hidden[3] &= ~termios.ECHO
    termios.tcsetattr(sys.stdin, termios.TCSADRAIN, hidden)
    try:
        return input(question)
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, attributes)
        print()


def answer(command: str) -> list[str]:
    verb, _, rest = command.partition(" ")
    if verb == "lines":
        return [f"line {number} of {rest}: {'x' * (number % 60)}" for number in range(1, int(rest) + 1)]
    if verb == "terminal":
        size = os.get_terminal_size(sys.stdin.fileno())
        return [f"columns: {size.columns}", f"rows: {size.lines}", f"type: {os.environ.get('TERM', 'none')}"]
    if verb == "name":
        return ["name: 本社ルータ", "µ€: ÿÿ"]  # ÿ is no 255 in UTF-8, but telnetd has to leave it alone
    if verb == "nothing":
        return []
    return [f"{verb}: command not found"]


def serve(note) -> None:
    print("Welcome to the device.\n\nLast login: Mon Nov 16 10:02:11 from 192.0.2.7")
    while (command := input(PROMPT)) != "exit":
        note(f"command {command}")
        print("".join(line + "\n" for line in answer(command)), end="")
    note("exit")


def main() -> None:
    with open(sys.argv[1], "w", encoding="utf-8", buffering=1) as notes:
        def note(text: str) -> None:
            print(text, file=notes, flush=True)

        try:
            for _ in range(3):
                name = input("device login: ")
                if (name, ask_hidden("Password: ")) == (USERNAME, PASSWORD):
                    note(f"login {name}")
                    return serve(note)
                print("\nLogin incorrect")
        except (EOFError, OSError):
            pass
        note("left")


if __name__ == "__main__":
    main()
