"""Clients that hang up while the server works for them, and what it makes of their changes.

    disconnect.py path/to/ecs-mock [--seconds N] [--seed N] [--folder FOLDER]

Whoever hangs up does not learn what became of a change. The server must know: it makes all of the change or nothing of
it, and what it says from then on is what its database holds. So clients send changes at random and reset the connection
a moment later, before the answer, behind it, or in the middle of the body. When they have done so for a few seconds and
all is quiet,

- nothing may be answered with a 5xx, neither then nor before;
- each key selects the sandbox that lists it, and a key that none lists selects the sandbox default;
- a name of a sandbox or a key that is not there can be taken;
- no rows belong to states that nothing points at;
- a server that is started anew over the same file says the same of everything as the one before.

Then the next round begins. What is sent follows from the seed alone; when the server does what does not. The databases
and logs of a run that failed are in FOLDER; without one, a temporary folder is named.
"""

import argparse
import collections
import json
import pathlib
import random
import shutil
import signal
import socket
import struct
import sys
import tempfile
import threading
import time
from urllib.parse import urlencode

from crash import SEED, examine, first_difference, leftovers, settle
from servers import PATIENCE, Connection, Gone, Server
from stress import JSON, LINES, Mismatch

CLIENTS = 4
NAMES = [f"disconnect-{client}-{letter}" for client in range(CLIENTS) for letter in "abc"]
# Keys go from one sandbox of a client to another.
KEYS = NAMES + [f"disconnect-{client}.{number}" for client in range(CLIENTS) for number in range(4)]
DEFAULT = "default"
# Seconds from one look at everything to the next.
ROUND = 3
# Seconds until a moment after sending at which a client may hang up; further behind, if answers take longer.
MOMENT = 0.003
# Seconds that the server may take to clear up once all is quiet.
CLEARING = 5
# How many of all problems of a kind are told.
EXAMPLES = 3
CONTROL_PLANE = "/_mock/v1/sandboxes"


class Problems:
    """What was found, by kind."""

    def __init__(self):
        self.lock = threading.Lock()
        self.by_kind = collections.defaultdict(list)

    def add(self, kind, text):
        with self.lock:
            self.by_kind[kind].append(text)

    def report(self):
        lines = []
        for kind, texts in self.by_kind.items():
            lines.append(f"FAILED {kind}: {len(texts)} times, as in")
            lines += [f"    {text}" for text in texts[:EXAMPLES]]
        return "\n".join(lines)


class Client:
    """Sends changes to sandboxes of its own, and waits for few of the answers."""

    def __init__(self, number, seed, problems):
        self.number = number
        self.random = random.Random(f"{seed}/{number}")
        self.problems = problems
        self.names = [name for name in NAMES if name.startswith(f"disconnect-{number}-")]
        self.keys = [key for key in KEYS if key.startswith(f"disconnect-{number}")]
        self.counts = collections.Counter()
        # Seconds that an answer takes, by the kind of request: how long to wait with hanging up.
        self.usual = collections.defaultdict(lambda: MOMENT / 3)

    # Material.

    def entry(self, number):
        entry = {"SnapshotId": f"s-{number:04}", "CreationTime": "2020-01-01T00:00:00Z", "SourceDiskId": "d-1"}
        entry["SnapshotName"] = f"of client {self.number}, {self.random.random()}"
        entry["Tags"] = self.random.choice([{}, {"mark": ""}, {"mark": "a", "env": "b"}])
        return entry

    def state(self):
        """Now and then more than one transaction takes."""
        if self.random.random() < 0.05:
            numbers = range(1000, 1000 + self.random.randrange(1001, 1300))
        else:
            numbers = self.random.sample(range(30), self.random.randrange(1, 30))
        return "".join(json.dumps({"Snapshot": self.entry(number)}) + "\n" for number in numbers), LINES

    def name(self):
        return self.random.choice(self.names)

    def key(self):
        return self.random.choice(self.keys)

    def checkpoint(self):
        return f"{self.name()}/checkpoints/{self.random.choice(['first', 'second'])}"

    # What it sends, each with how often it comes up. Nothing is known of what is there; most of it makes sense.

    def create_sandbox(self):
        origins = ["empty", "empty", "seed", {"Sandbox": self.name()}, {"Sandbox": self.name(), "Checkpoint": "first"}]
        body = {"Name": self.name(), "From": self.random.choice(origins), "Labels": {"of": f"{self.random.random()}"}}
        if self.random.random() < 0.3:
            body["AccessKeyId"] = self.key()
        return "POST", "", body

    def delete_sandbox(self):
        return "DELETE", f"/{self.name()}", None

    def create_key(self):
        return "POST", f"/{self.name()}/access-keys", {"AccessKeyId": self.key()}

    def change_key(self):
        patch = {"Status": self.random.choice(["Active", "Inactive"]), "AccessKeySecret": f"{self.random.random()}"}
        return "PATCH", f"/{self.name()}/access-keys/{self.key()}", patch

    def delete_key(self):
        return "DELETE", f"/{self.name()}/access-keys/{self.key()}", None

    def add_snapshot(self):
        return "POST", f"/{self.name()}/snapshots", self.entry(self.random.randrange(30))

    def patch_snapshot(self):
        patch = {"Status": "failed", "Tags": {"env": f"{self.random.random()}"}}
        return "PATCH", f"/{self.name()}/snapshots/s-{self.random.randrange(30):04}", patch

    def patch_snapshots(self):
        return "PATCH", f"/{self.name()}/snapshots?Tag.1.Key=mark", {"Description": f"{self.random.random()}"}

    def delete_snapshot(self):
        return "DELETE", f"/{self.name()}/snapshots/s-{self.random.randrange(30):04}", None

    def replace(self):
        return "PUT", f"/{self.name()}/state", self.state()

    def merge(self):
        return "POST", f"/{self.name()}/state", self.state()

    def save(self):
        return "PUT", f"/{self.checkpoint()}", None

    def restore(self):
        return "POST", f"/{self.checkpoint()}/restore", None

    def forget(self):
        return "DELETE", f"/{self.checkpoint()}", None

    def reset(self):
        return "POST", f"/{self.name()}/reset?to={self.random.choice(['empty', 'seed', 'first'])}", None

    def set_clock(self):
        frozen = {"Mode": "frozen", "Time": f"20{self.random.randrange(10, 100)}-01-01T00:00:00Z"}
        return "PUT", f"/{self.name()}/clock", self.random.choice([frozen, frozen, {"Mode": "offset", "Seconds": 60}])

    def advance(self):
        return "POST", f"/{self.name()}/clock/advance", {"Seconds": self.random.randrange(1, 1000)}

    REQUESTS = {
        create_sandbox: 30,
        delete_sandbox: 6,
        create_key: 10,
        change_key: 6,
        delete_key: 8,
        add_snapshot: 5,
        patch_snapshot: 4,
        patch_snapshots: 3,
        delete_snapshot: 3,
        replace: 5,
        merge: 5,
        save: 6,
        restore: 5,
        forget: 3,
        reset: 4,
        set_clock: 6,
        advance: 6,
    }

    def run(self, netloc, deadline):
        try:
            while time.monotonic() < deadline:
                [make] = self.random.choices(list(self.REQUESTS), weights=self.REQUESTS.values())
                self.send(netloc, make.__name__, *make(self))
        except Exception as error:  # noqa: BLE001: whatever goes wrong is a problem, and the other clients go on.
            self.problems.add("a client has no server", f"client {self.number}: {error!r}")

    def send(self, netloc, kind, method, path, body):
        text, content_type = body if isinstance(body, tuple) else (json.dumps(body) if body else "", JSON)
        data = text.encode()
        head = f"{method} {CONTROL_PLANE}{path} HTTP/1.1\r\nHost: {netloc}\r\nConnection: close\r\n"
        head += f"Content-Type: {content_type}\r\nContent-Length: {len(data)}\r\n\r\n"
        host, port = netloc.rsplit(":", 1)
        with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.random.random() < 0.25:
                connection.sendall(head.encode() + data)
                self.receive(connection, kind, f"{method} {path}")
            else:
                self.hang_up(connection, kind, head.encode(), data)

    def receive(self, connection, kind, what):
        """Waits for the answer."""
        started = time.monotonic()
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
        took = time.monotonic() - started
        self.counts["answered"] += 1
        status = int(answer.split(maxsplit=2)[1]) if answer else 0
        if status < 300:
            self.counts["done"] += 1
            self.usual[kind] += (took - self.usual[kind]) / 4
        if not answer or status >= 500:
            told = answer.partition(b"\r\n\r\n")[2].decode() or "nothing"
            self.problems.add("an answer to a change", f"{what}: {status} {told}")

    def hang_up(self, connection, kind, head, data):
        """Sends and resets the connection, which is what closing it without lingering does."""
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # About as long as the server needs, more often than not.
        reach = 1.5 * self.usual[kind] if self.random.random() < 0.7 else MOMENT
        if data and self.random.random() < 0.08:
            self.counts["in the middle of the body"] += 1
            data = data[: self.random.randrange(len(data))]
        connection.sendall(head + data)
        time.sleep(self.random.random() * reach)
        connection.setblocking(False)
        try:
            connection.recv(1)
            self.counts["reset behind the answer"] += 1
        except BlockingIOError:
            self.counts["reset before the answer"] += 1


class Look:
    """A look at a server from all sides, while nobody changes anything."""

    def __init__(self, netloc, problems):
        self.connection = Connection(netloc)
        self.problems = problems

    def send(self, method, path, body=None):
        """Status and value of an answer, which must not say that the server failed."""
        data = None if body is None else json.dumps(body)
        status, text = self.connection.send(method, f"{CONTROL_PLANE}{path}", data)
        if status >= 500:
            self.problems.add("an answer when all is quiet", f"{method} {path}: {status} {text[:300]}")
        return status, json.loads(text) if text else None

    def record(self):
        """All that the control plane says, but for what the real time changes."""

        def told(path, *passing):
            status, value = self.send("GET", path)
            if status != 200:
                return status
            return {name: part for name, part in value.items() if name not in passing}

        recorded = {}
        for name in [DEFAULT, *NAMES]:
            recorded[name] = view = {"Sandbox": told(f"/{name}", "LastUsedTime")}
            if view["Sandbox"] == 404:
                continue
            view["AccessKeys"] = told(f"/{name}/access-keys?show-secrets=true")
            view["Clock"] = told(f"/{name}/clock", "Now")
            view["State"] = told(f"/{name}/state")
            view["Checkpoints"] = told(f"/{name}/checkpoints")
            if isinstance(view["Checkpoints"], dict):
                for checkpoint in view["Checkpoints"]["Checkpoints"]:
                    path = f"/{name}/diff?from={checkpoint['Name']}&to=now"
                    view[f"Difference from {checkpoint['Name']}"] = told(path)
        status, value = self.send("GET", "")
        recorded["all"] = [sandbox["Name"] for sandbox in value["Sandboxes"]] if status == 200 else status
        return recorded

    def expect(self, kind, expected, method, path, body=None):
        status, value = self.send(method, path, body)
        if status != expected:
            self.problems.add(kind, f"{method} {path} {body or ''}: {status} instead of {expected}: {value}")
        return status == expected

    def check_keys(self, recorded):
        """Whether each key selects the sandbox that lists it: a snapshot in each says which one that is."""
        kind = "what a key selects"
        owners = dict.fromkeys([*KEYS, "testid"], DEFAULT)
        names = [name for name in [DEFAULT, *NAMES] if isinstance(recorded[name]["Sandbox"], dict)]
        for name in names:
            owners |= dict.fromkeys(recorded[name]["Sandbox"]["AccessKeyIds"], name)
            marker = {"SnapshotId": f"s-marker-{name}", "SnapshotName": "marker", "RegionId": "cn-hangzhou"}
            self.expect(kind, 200, "POST", f"/{name}/state", {"Snapshots": [marker]})
        for key, name in owners.items():
            parameters = {"Action": "DescribeSnapshots", "Version": "2014-05-26", "Format": "JSON", "AccessKeyId": key}
            parameters |= {"RegionId": "cn-hangzhou", "SnapshotName": "marker"}
            status, text = self.connection.send("GET", f"/?{urlencode(parameters)}")
            if status == 200:
                found = [snapshot["SnapshotId"] for snapshot in json.loads(text)["Snapshots"]["Snapshot"]]
            else:
                found = f"{status} {text[:200]}"
            if found != [f"s-marker-{name}"]:
                self.problems.add(kind, f"{key}, which is a key of {name}, finds {found}")
        for name in names:
            self.expect(kind, 204, "DELETE", f"/{name}/snapshots/s-marker-{name}")

    def check_free_names(self, recorded):
        """Whether a name that is said to be of nothing can be taken; it is given back."""
        kind = "a free name that cannot be taken"
        taken = set()
        for name in [DEFAULT, *NAMES]:
            if isinstance(recorded[name]["Sandbox"], dict):
                taken |= set(recorded[name]["Sandbox"]["AccessKeyIds"])
            if recorded[name]["Sandbox"] == 404:
                body = {"Name": name, "AccessKeyId": "disconnect-free", "From": "empty"}
                if self.expect(kind, 201, "POST", "", body):
                    self.expect(kind, 204, "DELETE", f"/{name}")
        for key in KEYS:
            if key not in taken and self.expect(kind, 201, "POST", f"/{DEFAULT}/access-keys", {"AccessKeyId": key}):
                self.expect(kind, 204, "DELETE", f"/{DEFAULT}/access-keys/{key}")


class Run:
    """The whole of it."""

    def __init__(self, arguments, folder):
        self.binary = arguments.binary
        self.folder = folder
        self.database = folder / "disconnect.db"
        self.seed = folder / "seed.json"
        self.seed.write_text(json.dumps({"Snapshots": SEED}), "utf-8")
        self.problems = Problems()
        self.clients = [Client(number, arguments.seed, self.problems) for number in range(CLIENTS)]
        self.rounds = 0
        self.server = None

    def start(self):
        self.server = Server(self.binary, self.database, self.seed, self.folder / f"server-{self.rounds}.log")
        return self.server.wait().netloc

    def hang_up(self, netloc):
        deadline = time.monotonic() + ROUND
        threads = [threading.Thread(target=client.run, args=(netloc, deadline), daemon=True) for client in self.clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(ROUND + 2 * PATIENCE)
            if thread.is_alive():
                raise Mismatch("a client hangs")

    def wait_for_quiet(self, look):
        """What is under way for clients that are gone comes to its end; then nothing changes any more."""
        if settle(self.database, CLEARING):
            # A state that is said to be filled may wait for its lease to end. Any other is forgotten.
            found = leftovers(self.database, with_leases=False)
            if found:
                self.problems.add("rows of states that nothing points at", json.dumps(found))
        before = look.record()
        for _ in range(20):
            time.sleep(0.2)
            after = look.record()
            if after == before:
                return after
            before = after
        raise Mismatch("it does not become quiet")

    def round(self, netloc):
        """Gives the address of the server of the next round."""
        self.hang_up(netloc)
        look = Look(netloc, self.problems)
        recorded = self.wait_for_quiet(look)
        look.check_keys(recorded)
        look.check_free_names(recorded)
        before = look.record()
        self.server.stop()
        examine(self.database, self.folder)
        self.rounds += 1
        netloc = self.start()
        after = Look(netloc, self.problems).record()
        for name in before:
            if before[name] != after[name]:
                text = first_difference(after[name], before[name])
                self.problems.add("what a restart changes", f"{name}, expecting what was before it: {text}")
        found = settle(self.database, PATIENCE)
        if found:
            self.problems.add("rows of states that nothing points at", f"after a restart: {json.dumps(found)}")
        return netloc

    def run(self, seconds):
        deadline = time.monotonic() + seconds
        netloc = self.start()
        while time.monotonic() < deadline:
            netloc = self.round(netloc)
        self.server.stop()

    def summary(self):
        counts = sum((client.counts for client in self.clients), collections.Counter())
        before, behind = counts["reset before the answer"], counts["reset behind the answer"]
        return (
            f"{before + behind + counts['answered']} changes in {self.rounds} rounds: {before} connections reset "
            f"before an answer ({counts['in the middle of the body']} in the middle of the body), {behind} behind it, "
            f"{counts['answered']} answers waited for ({counts['done']} of them good)"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=pathlib.Path, help="an empty one, or one to be made")
    arguments = parser.parse_args()
    # Whoever stops this stops the server with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = (arguments.folder or pathlib.Path(tempfile.mkdtemp(prefix="disconnect-"))).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        parser.error(f"there is something in {folder}")
    run = Run(arguments, folder)
    try:
        run.run(arguments.seconds)
    except Mismatch as mismatch:
        run.problems.add("the run ends", str(mismatch))
    except Gone:
        run.problems.add("the run ends", "the server gives no answer")
    finally:
        if run.server is not None and run.server.process.poll() is None:
            run.server.process.kill()
            run.server.process.wait()
    print(run.summary())
    # A run that never got going proves nothing.
    if not all(client.counts["reset before the answer"] and client.counts["done"] for client in run.clients):
        run.problems.add("the run", "a client never hung up on a change, or never saw one done")
    if run.problems.by_kind:
        print(run.problems.report())
        print(f"failed, seed {arguments.seed}; all of it is in {folder}")
        return 1
    print("0 problems")
    if arguments.folder is None:
        shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
