"""The same work again and again, and whether the server needs more for it each time.

    soak.py path/to/ecs-mock [--seconds N] [--seed N] [--folder FOLDER]

In each round, clients make sandboxes, fill, fork, reset and delete them, save checkpoints and go back to them, make and
delete snapshots, ask for pages by whatever filter, change and delete by filter, export and compare. A round ends with
what it began with. Its requests follow from the seed, and are others in each round.

Once the server is warm, its memory, its descriptors, its threads and its database must stay as large as they are: the
median of the last third of the rounds is compared with that of the second.
"""

import collections
import json
import pathlib
import random
import statistics
import threading
import time
from urllib.parse import urlencode

from checks import main
from crash import settle
from servers import MIB, PATIENCE, Connection, Gone, Server
from stress import JSON, LINES, Mismatch, short

CLIENTS = 4
# Seconds of a round, about.
ROUND = 1.5
ROWS = 300
REGIONS = ["cn-hangzhou", "cn-beijing", "us-west-1"]
# What may be added: a share, and bytes. Both must be exceeded.
SHARE, BYTES = 0.10, 8 * MIB
# Threads and descriptors come and go with what is under way.
FEW = 4


class Client:
    """Works in sandboxes of its own, and leaves none behind."""

    def __init__(self, number, seed, netloc):
        self.random = random.Random(f"{seed}/{number}")
        self.connection = Connection(netloc)
        self.name = f"soak-{number}"
        self.fork = f"soak-{number}-fork"
        self.counts = collections.Counter()
        self.failure = None

    def send(self, method, path, body=None, content_type=JSON, expected=(200, 201, 204)):
        data = body if body is None or isinstance(body, str) else json.dumps(body)
        status, text = self.connection.send(method, path, data, content_type)
        self.counts["requests"] += 1
        if status not in expected:
            raise Mismatch(f"{method} {path}: {status} {text[:300]}")
        return text

    def control(self, method, path, body=None, content_type=JSON, expected=(200, 201, 204)):
        return self.send(method, f"/_mock/v1/sandboxes{path}", body, content_type, expected)

    def ask(self, action, expected=(200, 400, 403, 404), **parameters):
        query = {"Action": action, "Version": "2014-05-26", "AccessKeyId": self.name, **parameters}
        query["Format"] = self.random.choice(["JSON", "XML"])
        return self.send("GET", "/?" + urlencode(query), expected=expected)

    def entry(self, number):
        region = self.random.choice(REGIONS)
        tags = {f"key-{self.random.randrange(5)}": f"value-{self.random.randrange(5)}" for _ in range(3)}
        name = f"name-{self.random.randrange(20)}"
        return {"SnapshotId": f"s-{number:04}", "RegionId": region, "SnapshotName": name, "Tags": tags}

    def lines(self):
        disks = [{"Disk": {"DiskId": f"d-{number}", "Category": "cloud_essd"}} for number in range(3)]
        rows = [{"Snapshot": self.entry(number)} for number in range(ROWS)]
        return "".join(json.dumps(line) + "\n" for line in disks + rows)

    def filter(self):
        """As both planes have it."""
        number = self.random.randrange(5)
        return self.random.choice(
            [
                {"SnapshotName": f"name-{self.random.randrange(20)}"},
                {"Tag.1.Key": f"key-{number}", "Tag.1.Value": f"value-{self.random.randrange(5)}"},
                {"SnapshotIds": json.dumps([f"s-{self.random.randrange(ROWS):04}" for _ in range(5)])},
                {"RegionId": self.random.choice(REGIONS), "Tag.1.Key": f"key-{number}"},
            ]
        )

    # Each is a piece of work.

    def page(self):
        parameters = {"RegionId": self.random.choice(REGIONS)} | self.filter()
        if self.random.random() < 0.5:
            parameters |= {"PageNumber": self.random.randrange(1, 5), "PageSize": self.random.randrange(1, 101)}
        self.ask("DescribeSnapshots", **parameters)

    def make_and_delete(self):
        text = self.ask("CreateSnapshot", DiskId=f"d-{self.random.randrange(3)}", ClientToken=str(self.random.random()))
        self.ask("DeleteSnapshot", SnapshotId=text.partition('SnapshotId":"')[2].partition('"')[0] or "s-0001")

    def patch(self):
        path = f"/{self.name}/snapshots?{urlencode(self.filter())}"
        self.control("PATCH", path, {"Description": f"patched {self.random.random()}"})

    def delete(self):
        self.control("DELETE", f"/{self.name}/snapshots?{urlencode(self.filter())}")

    def merge(self):
        lines = [json.dumps({"Snapshot": self.entry(number)}) + "\n" for number in self.random.sample(range(ROWS), 50)]
        self.control("POST", f"/{self.name}/state", "".join(lines), LINES)

    def replace(self):
        self.control("PUT", f"/{self.name}/state", self.lines(), LINES)

    def checkpoint(self):
        self.control("PUT", f"/{self.name}/checkpoints/saved")
        self.delete()
        self.control("GET", f"/{self.name}/diff?from=saved&to=now")
        self.control("POST", f"/{self.name}/checkpoints/saved/restore")

    def fork_it(self):
        self.control("POST", "", {"Name": self.fork, "From": {"Sandbox": self.name}, "Labels": {"of": self.name}})
        self.control("PATCH", f"/{self.fork}/snapshots/s-0001", {"Description": "of the fork"}, expected=(200, 404))
        self.control("DELETE", f"/{self.fork}")

    def reset(self):
        self.control("POST", f"/{self.name}/reset?to={self.random.choice(['seed', 'empty'])}")
        self.replace()

    def export(self):
        self.control("GET", f"/{self.name}/state")

    def clock(self):
        self.control("POST", f"/{self.name}/clock/advance", {"Seconds": self.random.randrange(60)})

    def refuse(self):
        """What is wrong leaves nothing behind either."""
        broken = self.lines() + '{"Snapshot": {"SnapshotId": 1}}\n'
        self.control("PUT", f"/{self.name}/state", broken, LINES, expected=(400,))

    def work(self, deadline):
        clock = {"Mode": "frozen", "Time": "2026-01-01T00:00:00Z"}
        self.control("POST", "", {"Name": self.name, "From": "empty", "Clock": clock})
        self.replace()
        pieces = [self.page] * 30 + [self.make_and_delete] * 5 + [self.patch, self.delete, self.merge] * 2
        pieces += [self.replace, self.checkpoint, self.fork_it, self.reset, self.export, self.clock, self.refuse]
        while time.monotonic() < deadline:
            self.random.choice(pieces)()
        self.control("DELETE", f"/{self.name}")

    def run(self, deadline):
        try:
            self.work(deadline)
        except (Mismatch, Gone) as problem:
            self.failure = "the server gives no answer" if isinstance(problem, Gone) else str(problem)


class Soak:
    def __init__(self, arguments, folder, checks):
        self.checks = checks
        seed = folder / "seed.json"
        seed.write_text(json.dumps({"Snapshots": [{"SnapshotId": f"s-{number:04}"} for number in range(50)]}))
        # A page cache that is full after a few rounds grows no more.
        cache = ["--page-cache", "4"]
        self.server = Server(arguments.binary, folder / "soak.db", seed, folder / "server.log", options=cache).wait()
        self.database = pathlib.Path(self.server.database)
        self.clients = [Client(number, arguments.seed, self.server.netloc) for number in range(CLIENTS)]
        self.rounds = []
        # Seconds of clearing away.
        self.slowest = 0

    def used(self):
        """What the server takes up: without the write-ahead log, whose size has limits of its own."""
        return {
            "memory": self.server.resident(),
            "descriptors": self.server.descriptors(),
            "threads": self.server.counted("Threads"),
            "database": self.database.stat().st_size,
        }

    def held(self):
        """What there is when all is quiet."""
        connection = Connection(self.server.netloc)
        names = [sandbox["Name"] for sandbox in connection.get("")["Sandboxes"]]
        return {name: connection.get(f"/{name}/state") for name in names}

    def round(self):
        deadline = time.monotonic() + ROUND
        threads = [threading.Thread(target=client.run, args=(deadline,), daemon=True) for client in self.clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(ROUND + 2 * PATIENCE)
            if thread.is_alive():
                raise Mismatch("a client hangs")
        failures = [client.failure for client in self.clients if client.failure]
        if failures:
            raise Mismatch("\n".join(failures))
        # What was removed is cleared away beside requests, and behind them where they are many.
        started = time.monotonic()
        left = settle(self.database, PATIENCE)
        self.slowest = max(self.slowest, time.monotonic() - started)
        self.checks.check("rows that nothing points at are cleared away", not left, json.dumps(left))
        self.rounds.append(self.used())

    def run(self, seconds):
        before = self.held()
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.round()
            after = self.held()
            self.checks.check("a round ends with what it began with", after == before, short(after))

    def judge(self):
        third = len(self.rounds) // 3
        requests = sum(client.counts["requests"] for client in self.clients)
        print(f"{requests} requests in {len(self.rounds)} rounds, cleared away within {self.slowest:.1f} s")
        self.checks.check("there are enough rounds to compare", third >= 3, f"{len(self.rounds)} rounds")
        if not third:
            return
        for name in self.rounds[0]:
            values = [used[name] for used in self.rounds]
            thirds = (values[:third], values[third:-third], values[-third:])
            first, second, last = map(statistics.median, thirds)
            if name in ("memory", "database"):
                first, second, last = first / MIB, second / MIB, last / MIB
                has_grown = last > second * (1 + SHARE) and last > second + BYTES / MIB
                print(f"{name}: {first:.1f}, {second:.1f}, {last:.1f} MiB in the three thirds")
            else:
                has_grown = last > second + FEW
                print(f"{name}: {first:.0f}, {second:.0f}, {last:.0f} in the three thirds")
            self.checks.check(f"{name} stays as it is", not has_grown, f"from {second:.1f} to {last:.1f}")


def prove(arguments, folder, checks):
    soak = Soak(arguments, folder, checks)
    try:
        soak.run(arguments.seconds)
        soak.judge()
        soak.server.stop()
    finally:
        soak.server.process.kill()


if __name__ == "__main__":
    main(__doc__, prove, seconds=45, seed=1)
