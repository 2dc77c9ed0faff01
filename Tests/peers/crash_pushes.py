"""Kills a hub at random moments while clients push, and checks that nothing that was acknowledged is lost.

Usage: crash_pushes.py HUB ROUNDS
Each client has a group of its own and pushes rising numbers by turns of PUT, POST and DELETE. It writes down what it sent
and what was acknowledged. After each kill the hub is started again: a group holds what was acknowledged last, or what was
sent last and not yet answered.
"""

import http.client
import random
import sys
import tempfile
import threading
import time
import signal

from push_hub import Hub

CLIENTS = 8


class Client(threading.Thread):
    """Pushes until it is told to stop; errors of the connection are what this is about."""

    def __init__(self, port, number):
        super().__init__()
        self.port = port
        self.number = number
        self.path = f"/metrics/job/crash/client/c{number}"
        # None stands for a group that is not there.
        self.acknowledged = None
        self.sent = None
        self.count = 0
        self.total = 0
        self.stopping = threading.Event()

    def renew(self):
        """The same client for the next round: threads start only once."""
        client = Client(self.port, self.number)
        client.acknowledged, client.count, client.total = self.acknowledged, self.count, self.total
        client.sent = client.acknowledged
        return client

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        while not self.stopping.is_set():
            self.count += 1
            is_delete = self.count % 7 == 0
            self.sent = None if is_delete else self.count
            method = "DELETE" if is_delete else "PUT" if self.count % 2 else "POST"
            body = None if is_delete else f"crash_value {self.count}\n"
            try:
                connection.request(method, self.path, body=body)
                response = connection.getresponse()
                response.read()
            except (OSError, http.client.HTTPException):
                return
            if response.status in (200, 202):
                self.acknowledged = self.sent
                self.total += 1
            else:
                raise RuntimeError(f"status {response.status}")


def check(hub, client):
    name = f'crash_value{{client="c{client.number}",instance="",job="crash"}}'
    found = hub.samples("^crash_value").get(name)
    allowed = (client.acknowledged, client.sent)
    if found not in allowed:
        raise SystemExit(f"client {client.number}: {found} is stored, {allowed[0]} was acknowledged, {allowed[1]} sent")
    client.acknowledged = None if found is None else int(found)


def main():
    binary, rounds = sys.argv[1], int(sys.argv[2])
    seed = time.time_ns()
    generator = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder, Hub(binary, folder) as hub:
        clients = [Client(hub.port, number) for number in range(CLIENTS)]
        for round_number in range(rounds):
            for client in clients:
                client.start()
            time.sleep(generator.uniform(0.01, 0.6))
            hub.stop(signal.SIGKILL)
            for client in clients:
                client.stopping.set()
                client.join()
            hub.start()
            for client in clients:
                check(hub, client)
            clients = [client.renew() for client in clients]
        total = sum(client.total for client in clients)
    print(f"seed {seed}: {rounds} kills, {total} pushes acknowledged, none lost")
    if total < rounds * CLIENTS:
        sys.exit("hardly anything was pushed")


if __name__ == "__main__":
    main()
