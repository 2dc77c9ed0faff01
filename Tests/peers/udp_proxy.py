"""Stands between a client and a server by UDP, and treats their datagrams as a bad network does.

Usage: udp_proxy.py TARGET [--listen HOST] [--source HOST] [--seed N] [--lose P] [--duplicate P] [--reorder P] [--delay P]

TARGET is HOST:PORT or [V6]:PORT. Each P is the share of the datagrams that meet this fate, in either direction, from 0
to 1. With --source the answers leave from this address, at a port of their own. Prints {"port": N} when it listens; a line on standard input is answered with the counts as JSON, and the program
ends with the input. The same seed gives the same fates to the same sequence of datagrams.
"""

import argparse
import heapq
import json
import random
import selectors
import socket
import sys
import time

DELAY = (0.05, 0.6)  # seconds
REORDER_HOLD = 0.05  # seconds that a datagram waits for the one which overtakes it
CLIENTS = 1000


class Line:
    """One direction: what is sent on it goes out by `send`, sooner or later."""

    def __init__(self, proxy, send):
        self.proxy = proxy
        self.send = send
        self.held = None

    def carry(self, datagram):
        proxy = self.proxy
        fate = proxy.fate()
        proxy.counts[fate] += 1
        if fate == "lost":
            return
        if fate == "delayed":
            proxy.later(proxy.random.uniform(*DELAY), lambda: self.send(datagram))
            return
        if fate == "reordered" and self.held is None:
            self.held = datagram
            proxy.later(REORDER_HOLD, self.release)
            return
        self.send(datagram)
        if fate == "duplicated":
            self.send(datagram)
        self.release()

    def release(self):
        held, self.held = self.held, None
        if held is not None:
            self.send(held)


class Proxy:
    def __init__(self, options):
        self.options = options
        self.random = random.Random(options.seed)
        self.selector = selectors.DefaultSelector()
        self.clients = {}
        self.timers = []
        self.number = 0
        self.counts = dict.fromkeys(["passed", "lost", "duplicated", "reordered", "delayed"], 0)
        host, _, port = options.target.rpartition(":")
        family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
        self.target = (host.strip("[]"), int(port))
        self.family = family
        self.socket = socket.socket(socket.AF_INET6 if ":" in options.listen else socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((options.listen, 0))
        self.source = self.socket
        if options.source:
            self.source = socket.socket(self.socket.family, socket.SOCK_DGRAM)
            self.source.bind((options.source, 0))
        self.selector.register(self.socket, selectors.EVENT_READ, self.from_clients)
        self.selector.register(sys.stdin, selectors.EVENT_READ, self.from_input)
        self.is_over = False

    def fate(self):
        chance = self.random.random()
        options = self.options
        for name, share in (
            ("lost", options.lose), ("duplicated", options.duplicate), ("reordered", options.reorder),
            ("delayed", options.delay),
        ):
            if chance < share:
                return name
            chance -= share
        return "passed"

    def later(self, seconds, action):
        self.number += 1
        heapq.heappush(self.timers, (time.monotonic() + seconds, self.number, action))

    def from_clients(self):
        datagram, address = self.socket.recvfrom(65535)
        if address not in self.clients:
            if len(self.clients) >= CLIENTS:
                return
            upstream = socket.socket(self.family, socket.SOCK_DGRAM)
            upstream.connect(self.target)
            out = Line(self, lambda data: self.try_to(upstream.send, data))
            back = Line(self, lambda data: self.try_to(self.source.sendto, data, address))
            self.clients[address] = out
            self.selector.register(upstream, selectors.EVENT_READ, lambda: self.from_server(upstream, back))
        self.clients[address].carry(datagram)

    def from_server(self, upstream, back):
        try:
            back.carry(upstream.recv(65535))
        except ConnectionRefusedError:
            pass

    @staticmethod
    def try_to(send, *arguments):
        try:
            send(*arguments)
        except OSError:
            pass  # what a full buffer or a closed port loses is lost as well

    def from_input(self):
        if sys.stdin.readline():
            print(json.dumps(self.counts), flush=True)
        else:
            self.is_over = True

    def run(self):
        print(json.dumps({"port": self.socket.getsockname()[1]}), flush=True)
        while not self.is_over:
            wait = max(0.0, self.timers[0][0] - time.monotonic()) if self.timers else None
            for key, _ in self.selector.select(wait):
                key.data()
            while self.timers and self.timers[0][0] <= time.monotonic():
                heapq.heappop(self.timers)[2]()


def main():
    parser = argparse.ArgumentParser(description="Treats datagrams as a bad network does.")
    parser.add_argument("target")
    parser.add_argument("--listen", default="127.0.0.1")
    parser.add_argument("--source")
    parser.add_argument("--seed", type=int, default=1)
    for fate in ("lose", "duplicate", "reorder", "delay"):
        parser.add_argument(f"--{fate}", type=float, default=0.0)
    Proxy(parser.parse_args()).run()


if __name__ == "__main__":
    main()
