"""Kills the server again and again while it writes, and sees whether everything that it acknowledged is there.

    crash.py path/to/ecs-mock [--seconds N] [--cycles N] [--seed N] [--folder FOLDER]

One database lives through all of it. In each cycle, writers change sandboxes of their own, each with a model of what
was acknowledged and of the one request that was under way; then comes kill -9. In the file that is left, SQLite's own
checks must find nothing wrong. The next start must have all that was acknowledged, and of what was under way all or
nothing. Some starts are killed in their first moments, those of new databases too.

What a writer does follows from the seed alone; how far it gets before the kill does not. The first cycle that is not as
it must be ends the run. The databases and logs of that moment are then in FOLDER; without one, a temporary folder is
named.
"""

import argparse
import contextlib
import dataclasses
import json
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import threading
import time
import traceback
from urllib.parse import quote, urlencode

from servers import PATIENCE, Connection, Gone, Server
from stress import DEFAULTS, JSON, LINES, Mismatch, difference, expect, read, short, written

WRITERS = 6
REGIONS = ["cn-hangzhou", "cn-beijing", "us-west-1"]
NOON = read("2020-05-01T12:00:00Z")
REAL = {"Mode": "real"}
# Milliseconds from the first request of a cycle to its end.
MOMENTS = (5, 400)
# Milliseconds in which a start is killed: all of one over a database that is there, and most of a first one.
START, FIRST_START = 30, 60
SEED_ENTRY = {"CreationTime": "2020-01-01T00:00:00Z", "SourceDiskId": "d-seed", "Tags": {"mark": ""}}
SEED = [{"SnapshotId": f"s-seed-{number:03}"} | SEED_ENTRY for number in range(120)]


@dataclasses.dataclass(frozen=True)
class Held:
    """What a checkpoint keeps: entries by id, as an export writes them, and a clock. It is never changed in place."""

    rows: dict
    clock: dict


@dataclasses.dataclass(frozen=True)
class Sandbox:
    """A sandbox as it must be."""

    labels: dict
    ttl: int | None
    keys: dict
    held: Held
    checkpoints: dict

    def __eq__(self, other):
        return self is other

    def described(self):
        """As `seen` sees it."""
        state = [self.held.rows[snapshot_id] for snapshot_id in sorted(self.held.rows)]
        return {
            "Labels": self.labels,
            "TtlSeconds": self.ttl,
            "AccessKeys": [self.keys[key] for key in sorted(self.keys)],
            "Clock": self.held.clock,
            "Snapshots": state,
            "Checkpoints": {name: len(held.rows) for name, held in self.checkpoints.items()},
            "Diffs": {name: difference(held.rows, self.held.rows) for name, held in self.checkpoints.items()},
        }


def seen(connection, name):
    """A sandbox as the server has it; None if it has none of that name."""
    view = connection.get(f"/{name}")
    if view is None:
        return None
    keys = connection.get(f"/{name}/access-keys?show-secrets=true")["AccessKeys"]
    expect(f"the keys that {name} is shown with", view["AccessKeyIds"], [key["AccessKeyId"] for key in keys])
    snapshots = connection.get(f"/{name}/state")["Snapshots"]
    checkpoints = connection.get(f"/{name}/checkpoints")["Checkpoints"]
    counts = (view["SnapshotCount"], view["CheckpointCount"])
    expect(f"the counts that {name} is shown with", counts, (len(snapshots), len(checkpoints)))
    names = [checkpoint["Name"] for checkpoint in checkpoints]
    clock = connection.get(f"/{name}/clock")
    del clock["Now"]
    return {
        "Labels": view["Labels"],
        "TtlSeconds": view.get("TtlSeconds"),
        "AccessKeys": keys,
        "Clock": clock,
        "Snapshots": snapshots,
        "Checkpoints": {checkpoint["Name"]: checkpoint["SnapshotCount"] for checkpoint in checkpoints},
        "Diffs": {checkpoint: connection.get(f"/{name}/diff?from={checkpoint}&to=now") for checkpoint in names},
    }


def first_difference(actual, expected, place=""):
    """Where two values differ first, for people who read a report."""
    if isinstance(actual, dict) and isinstance(expected, dict):
        for name in sorted(actual.keys() | expected.keys()):
            if actual.get(name) != expected.get(name):
                return first_difference(actual.get(name), expected.get(name), f"{place}.{name}")
    if isinstance(actual, list) and isinstance(expected, list):
        for index, (left, right) in enumerate(zip(actual, expected)):
            if left != right:
                return first_difference(left, right, f"{place}[{index}]")
        place += f" has {len(actual)} entries instead of {len(expected)}; behind the common ones"
        common = min(len(actual), len(expected))
        actual, expected = actual[common : common + 1], expected[common : common + 1]
    return f"{place or 'all'}\n      is       {short(actual)}\n      expected {short(expected)}"


class Request:
    """A change, and what its writer's sandboxes are once it is made."""

    def __init__(self, method, path, after, body=None, content_type=JSON, expected=200):
        self.method = method
        self.path = path
        self.after = after
        self.body = body if body is None or isinstance(body, str) else json.dumps(body)
        self.content_type = content_type
        self.expected = expected

    def __str__(self):
        return f"{self.method} {self.path} {(self.body or '')[:200]}"


class Writer:
    """Changes sandboxes of its own at random, and knows what they must be."""

    def __init__(self, number, seed, seed_rows):
        self.name = f"crash-{number}"
        self.names = [self.name, f"{self.name}-fork"]
        self.random = random.Random(f"{seed}/{number}")
        self.seed_rows = seed_rows
        # By name, those that there are.
        self.model = {}
        self.acknowledged = []
        self.under_way = None
        self.failure = None

    # Material.

    def entry(self, snapshot_id):
        chance = self.random.random
        entry = {"SnapshotId": snapshot_id, "RegionId": self.random.choice(REGIONS)}
        entry["CreationTime"] = written(NOON - self.random.randrange(86_400))
        entry["SourceDiskId"] = f"d-{self.random.randrange(5)}"
        if chance() < 0.5:
            entry["SnapshotName"] = f"{self.name} 快照 {self.random.randrange(1000)}"
        if chance() < 0.3:
            entry["Status"] = self.random.choice(["progressing", "failed"])
        if chance() < 0.6:
            tags = self.random.sample(["mark", "env", "说明"], self.random.randrange(1, 4))
            entry["Tags"] = {key: self.random.choice(["", "a", "b"]) for key in tags}
        return entry

    def entries(self):
        """A few most of the time; now and then more than one transaction takes."""
        if self.random.random() < 0.08:
            return [self.entry(f"s-bulk-{number:04}") for number in range(self.random.randrange(1001, 1500))]
        numbers = self.random.sample(range(200), self.random.randrange(1, 60))
        return [self.entry(f"s-{number:03}") for number in numbers]

    def some_name(self):
        return self.random.choice(sorted(self.model))

    def some_id(self, name):
        rows = self.model[name].held.rows
        return self.random.choice(sorted(rows)) if rows else None

    def changed(self, name, **changes):
        """All sandboxes, after this one is changed."""
        return {**self.model, name: dataclasses.replace(self.model[name], **changes)}

    def with_rows(self, name, rows):
        return self.changed(name, held=Held(rows, self.model[name].held.clock))

    # The requests that it sends, each with how often it comes up; None if there is nothing for it to change.

    def make(self):
        missing = [name for name in self.names if name not in self.model]
        if not missing:
            return None
        name = self.random.choice(missing)
        origins = [("empty", Held({}, REAL)), ("seed", Held(self.seed_rows, REAL))]
        for other, sandbox in self.model.items():
            origins.append(({"Sandbox": other}, sandbox.held))
            for checkpoint, held in sandbox.checkpoints.items():
                origins.append(({"Sandbox": other, "Checkpoint": checkpoint}, held))
        origin, held = self.random.choice(origins)
        labels = {"writer": self.name, "number": str(self.random.randrange(1000))}
        body = {"Name": name, "AccessKeySecret": f"secret-of-{name}", "From": origin, "Labels": labels}
        ttl = self.random.choice([None, 2_000_000_000])
        if ttl is not None:
            body["TtlSeconds"] = ttl
        key = {"AccessKeyId": name, "AccessKeySecret": f"secret-of-{name}", "Status": "Active"}
        after = {**self.model, name: Sandbox(labels, ttl, {name: key}, held, {})}
        return Request("POST", "", after, body, expected=201)

    def unmake(self):
        name = self.some_name()
        after = {other: sandbox for other, sandbox in self.model.items() if other != name}
        return Request("DELETE", f"/{name}", after, expected=204)

    def add(self):
        name = self.some_name()
        rows = self.model[name].held.rows
        entry = self.entry(f"s-{self.random.randrange(200):03}")
        if entry["SnapshotId"] in rows:
            return None
        after = self.with_rows(name, {**rows, entry["SnapshotId"]: DEFAULTS | entry})
        return Request("POST", f"/{name}/snapshots", after, entry, expected=201)

    def patch(self):
        name = self.some_name()
        snapshot_id = self.some_id(name)
        if snapshot_id is None:
            return None
        rows = self.model[name].held.rows
        row = rows[snapshot_id]
        patch = {"Status": self.random.choice(["failed", "accomplished"]), "Tags": {"env": f"{self.random.random()}"}}
        row = {**row, **patch, "Tags": {**row.get("Tags", {}), **patch["Tags"]}}
        after = self.with_rows(name, {**rows, snapshot_id: row})
        return Request("PATCH", f"/{name}/snapshots/{snapshot_id}", after, patch)

    def delete(self):
        name = self.some_name()
        snapshot_id = self.some_id(name)
        if snapshot_id is None:
            return None
        rows = {other: row for other, row in self.model[name].held.rows.items() if other != snapshot_id}
        return Request("DELETE", f"/{name}/snapshots/{snapshot_id}", self.with_rows(name, rows), expected=204)

    def patch_all_that_match(self):
        name = self.some_name()
        patch = {"SnapshotName": f"patched {self.random.random()}"}
        rows = self.model[name].held.rows
        marked = {snapshot_id: {**row, **patch} for snapshot_id, row in rows.items() if is_marked(row)}
        return Request("PATCH", f"/{name}/snapshots?Tag.1.Key=mark", self.with_rows(name, {**rows, **marked}), patch)

    def delete_all_that_match(self):
        name = self.some_name()
        disk = f"d-{self.random.randrange(5)}"
        rows = self.model[name].held.rows
        rows = {snapshot_id: row for snapshot_id, row in rows.items() if row["SourceDiskId"] != disk}
        return Request("DELETE", f"/{name}/snapshots?DiskId={disk}", self.with_rows(name, rows))

    def put(self, method, before):
        name = self.some_name()
        entries = self.entries()
        rows = {entry["SnapshotId"]: DEFAULTS | entry for entry in entries}
        lines = "".join(json.dumps({"Snapshot": entry}) + "\n" for entry in entries)
        return Request(method, f"/{name}/state", self.with_rows(name, {**before(name), **rows}), lines, LINES)

    def replace(self):
        return self.put("PUT", lambda _: {})

    def merge(self):
        return self.put("POST", lambda name: self.model[name].held.rows)

    def reset(self):
        name = self.some_name()
        to, rows = self.random.choice([("empty", {}), ("seed", self.seed_rows)])
        return Request("POST", f"/{name}/reset?to={to}", self.changed(name, held=Held(rows, REAL)), expected=204)

    def save(self):
        name = self.some_name()
        checkpoint = self.random.choice(["first", "second"])
        sandbox = self.model[name]
        after = self.changed(name, checkpoints={**sandbox.checkpoints, checkpoint: sandbox.held})
        return Request("PUT", f"/{name}/checkpoints/{checkpoint}", after, expected=201)

    def restore(self):
        name = self.some_name()
        checkpoints = self.model[name].checkpoints
        if not checkpoints:
            return None
        checkpoint = self.random.choice(sorted(checkpoints))
        after = self.changed(name, held=checkpoints[checkpoint])
        return Request("POST", f"/{name}/checkpoints/{checkpoint}/restore", after, expected=204)

    def forget(self):
        name = self.some_name()
        checkpoints = dict(self.model[name].checkpoints)
        if not checkpoints:
            return None
        checkpoint = self.random.choice(sorted(checkpoints))
        del checkpoints[checkpoint]
        after = self.changed(name, checkpoints=checkpoints)
        return Request("DELETE", f"/{name}/checkpoints/{checkpoint}", after, expected=204)

    def add_key(self):
        name = self.some_name()
        key_id = f"{name}.{self.random.randrange(8)}"
        keys = self.model[name].keys
        if key_id in keys:
            return None
        key = {"AccessKeyId": key_id, "AccessKeySecret": f"secret-{self.random.randrange(1000)}"}
        key["Status"] = self.random.choice(["Active", "Inactive"])
        if self.random.random() < 0.3:
            key |= {"SecurityToken": f"token-{self.random.random()}", "Expiration": "2099-01-01T00:00:00Z"}
        if self.random.random() < 0.3:
            key["AllowedActions"] = ["ecs:Describe*"]
        after = self.changed(name, keys={**keys, key_id: key})
        return Request("POST", f"/{name}/access-keys", after, key, expected=201)

    def change_key(self):
        name = self.some_name()
        keys = self.model[name].keys
        if not keys:
            return None
        key_id = self.random.choice(sorted(keys))
        patch = {"Status": self.random.choice(["Active", "Inactive"]), "AllowedActions": ["*", f"ecs:{len(keys)}"]}
        after = self.changed(name, keys={**keys, key_id: {**keys[key_id], **patch}})
        return Request("PATCH", f"/{name}/access-keys/{key_id}", after, patch)

    def delete_key(self):
        name = self.some_name()
        keys = dict(self.model[name].keys)
        if not keys:
            return None
        key_id = self.random.choice(sorted(keys))
        del keys[key_id]
        return Request("DELETE", f"/{name}/access-keys/{key_id}", self.changed(name, keys=keys), expected=204)

    def set_clock(self):
        name = self.some_name()
        moment = written(NOON + self.random.randrange(100_000))
        clock = self.random.choice([
            REAL,
            {"Mode": "frozen", "Time": moment},
            {"Mode": "offset", "Seconds": self.random.randrange(-100_000, 100_000)},
            {"Mode": "scaled", "Rate": 2.5, "Time": moment, "Since": "2020-01-01T00:00:00Z"},
        ])
        held = Held(self.model[name].held.rows, clock)
        return Request("PUT", f"/{name}/clock", self.changed(name, held=held), clock)

    def advance(self):
        name = self.some_name()
        seconds = self.random.randrange(1, 10_000)
        held = self.model[name].held
        match held.clock:
            case {"Mode": "real"}:
                clock = {"Mode": "offset", "Seconds": seconds}
            case {"Mode": "offset", "Seconds": before}:
                clock = {"Mode": "offset", "Seconds": before + seconds}
            case clock:
                clock = {**clock, "Time": written(read(clock["Time"]) + seconds)}
        after = self.changed(name, held=Held(held.rows, clock))
        return Request("POST", f"/{name}/clock/advance", after, {"Seconds": seconds})

    REQUESTS = {
        make: 6,
        unmake: 3,
        add: 12,
        patch: 10,
        delete: 6,
        patch_all_that_match: 5,
        delete_all_that_match: 3,
        replace: 8,
        merge: 8,
        reset: 3,
        save: 6,
        restore: 4,
        forget: 2,
        add_key: 5,
        change_key: 3,
        delete_key: 3,
        set_clock: 3,
        advance: 4,
    }

    def next_request(self):
        while True:
            [make] = self.random.choices(list(self.REQUESTS), weights=self.REQUESTS.values())
            request = make(self) if self.model or make is Writer.make else None
            if request is not None:
                return request

    def run(self, netloc, end):
        """Sends one request after another until the server is gone, and `end` says when that is to be."""
        self.acknowledged = []
        self.under_way = None
        connection = Connection(netloc)
        try:
            while not end.is_set():
                request = self.next_request()
                try:
                    status, text = connection.send(
                        request.method, f"/_mock/v1/sandboxes{request.path}", request.body, request.content_type
                    )
                except Gone as gone:
                    self.under_way = request if gone.is_sent else None
                    if not end.is_set():
                        raise Mismatch(f"{request}: no answer from a server that nobody has killed") from None
                    return
                if status != request.expected:
                    raise Mismatch(f"{request}: {status} instead of {request.expected}: {text[:500]}")
                self.model = request.after
                self.acknowledged.append(str(request))
        except Exception as error:  # noqa: BLE001: whatever goes wrong is this writer's failure, and the cycle's.
            detail = str(error) if isinstance(error, Mismatch) else traceback.format_exc()
            self.failure = f"{self.name}: {detail}"

    # What is left of it.

    def check(self, connection):
        """Whether its sandboxes are as acknowledged. Says whether the request that was under way was made; None without
        one."""
        actual = {name: seen(connection, name) for name in self.names}

        def described(model):
            return {name: model[name].described() if name in model else None for name in self.names}

        expected = described(self.model)
        if self.under_way is None:
            if actual != expected:
                raise Mismatch(self.report(actual, expected))
            return None
        if actual == expected:
            return False
        if actual != described(self.under_way.after):
            after = first_difference(actual, described(self.under_way.after))
            raise Mismatch(f"{self.report(actual, expected)}\n    and from what that would have made of it at {after}")
        self.model = self.under_way.after
        return True

    def report(self, actual, expected):
        count = len(self.acknowledged)
        lines = [f"{self.name} is not as it must be. {count} changes were acknowledged before the kill, at last"]
        lines += [f"    {request}" for request in self.acknowledged[-5:]]
        lines += [f"  under way was\n    {self.under_way or 'nothing'}"]
        lines += [f"  it differs from what was acknowledged at {first_difference(actual, expected)}"]
        return "\n".join(lines)

    def check_lists(self, connection):
        """Whether the cloud plane finds by the sandboxes' keys what they hold: the indexes go with the rows."""
        for name, sandbox in sorted(self.model.items()):
            for key_id in sorted(sandbox.keys)[:1]:
                region_id = self.random.choice(REGIONS)
                rows = [row for row in sandbox.held.rows.values() if row["RegionId"] == region_id]
                marked = [row for row in rows if is_marked(row)]
                for parameters, found in [({}, rows), ({"Tag.1.Key": "mark"}, marked)]:
                    parameters |= {"Action": "DescribeSnapshots", "Version": "2014-05-26", "Format": "JSON"}
                    parameters |= {"RegionId": region_id, "AccessKeyId": key_id}
                    status, text = connection.send("GET", f"/?{urlencode(parameters)}")
                    expect("the status of DescribeSnapshots", (status, text if status != 200 else ""), (200, ""))
                    expect(f"how many snapshots {parameters} finds", json.loads(text)["TotalCount"], len(found))


def is_marked(row):
    return "mark" in row.get("Tags", {})


def examine(database, folder):
    """What SQLite finds in the file as the kill has left it; on a copy, since looking moves the log into the file."""
    copy = pathlib.Path(folder, "examined.db")
    for suffix in ("", "-wal", "-shm"):
        pathlib.Path(f"{copy}{suffix}").unlink(missing_ok=True)
        if suffix != "-shm" and pathlib.Path(f"{database}{suffix}").exists():
            shutil.copy(f"{database}{suffix}", f"{copy}{suffix}")
    if not copy.exists():
        return
    try:
        with contextlib.closing(sqlite3.connect(copy)) as connection:
            # Closing moves the log; nobody needs the copy for so long that the disk would have to be waited for.
            connection.execute("PRAGMA synchronous = off")
            expect("the check of the file", connection.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
            expect("the check of references", connection.execute("PRAGMA foreign_key_check").fetchall(), [])
    except sqlite3.Error as error:
        raise Mismatch(f"SQLite cannot read the file: {error}") from None


def leftovers(database, with_leases=True):
    """By table, how many rows belong to states that nothing points at. `with_leases`: also those of states that have a
    lease, because somebody fills them."""
    pointing = ["sandbox", "checkpoint", "seed"]
    uri = f"file:{quote(str(database))}?mode=ro"
    with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=10)) as connection:
        connection.execute("BEGIN")
        columns = {}
        for [table] in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            columns[table] = {column for _, column, *_ in connection.execute(f'PRAGMA table_info("{table}")')}
        pointed = " UNION ALL ".join(f"SELECT state_id FROM {table}" for table in pointing)
        if not with_leases and "lease" in columns["state"]:
            pointed += " UNION ALL SELECT state_id FROM state WHERE coalesce(lease, 0) <> 0"
        found = {}
        for table in sorted(table for table, names in columns.items() if "state_id" in names and table not in pointing):
            statement = f'SELECT count(*) FROM "{table}" WHERE state_id NOT IN ({pointed})'
            [[count]] = connection.execute(statement).fetchall()
            if count:
                found[table] = count
        return found


def settle(database, patience, with_leases=True):
    """Waits until no rows are left over, and says which are after all."""
    deadline = time.monotonic() + patience
    while True:
        found = leftovers(database, with_leases)
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


class Run:
    """The whole of it."""

    def __init__(self, arguments, folder):
        self.random = random.Random(arguments.seed)
        self.binary = arguments.binary
        self.folder = folder
        self.database = folder / "crash.db"
        self.seed = folder / "seed.json"
        self.seed.write_text(json.dumps({"RegionId": "cn-hangzhou", "Snapshots": SEED}), "utf-8")
        self.seed_rows = {entry["SnapshotId"]: DEFAULTS | {"RegionId": "cn-hangzhou"} | entry for entry in SEED}
        self.writers = [Writer(number, arguments.seed, self.seed_rows) for number in range(WRITERS)]
        self.server = None
        self.cycles = 0
        self.early = 0
        self.checked = 0
        self.made = self.not_made = 0

    def start(self, database):
        self.server = Server(self.binary, database, self.seed, self.folder / f"{database.stem}.log")
        return self.server

    def kill_early(self, database, milliseconds):
        """A start that does not get far. Nobody has been told anything by it."""
        self.start(database)
        time.sleep(self.random.random() * milliseconds / 1000)
        self.server.kill()
        self.early += 1
        examine(database, self.folder)

    def kill_first_start(self):
        """The same of a database that is just being made: the start after it finds half of one, or none."""
        database = self.folder / "new.db"
        for path in self.folder.glob("new.db*"):
            path.unlink()
        self.kill_early(database, FIRST_START)
        connection = Connection(self.start(database).wait().netloc)
        self.check_default(connection)
        self.server.kill()

    def check_default(self, connection):
        state = [self.seed_rows[snapshot_id] for snapshot_id in sorted(self.seed_rows)]
        expect("the sandbox default, which nobody used", connection.get("/default/state")["Snapshots"], state)

    def check(self, netloc):
        """Whether everything is there that was acknowledged before the kill."""
        connection = Connection(netloc)
        problems = []
        for writer in self.writers:
            try:
                is_made = writer.check(connection)
                writer.check_lists(connection)
            except Mismatch as mismatch:
                problems.append(str(mismatch))
                continue
            self.checked += len(writer.acknowledged)
            self.made += is_made is True
            self.not_made += is_made is False
            writer.acknowledged, writer.under_way = [], None
        if problems:
            raise Mismatch("\n".join(problems))
        names = sorted(sandbox["Name"] for sandbox in connection.get("")["Sandboxes"])
        expect("all sandboxes", names, sorted(["default", *(name for writer in self.writers for name in writer.model)]))
        self.check_default(connection)

    def write(self, netloc):
        """Lets the writers write, and kills the server meanwhile."""
        # Few do not wait for each other: more of what is under way is then just being written, or just was.
        writers = self.random.sample(self.writers, self.random.randrange(1, len(self.writers) + 1))
        end = threading.Event()
        threads = [threading.Thread(target=writer.run, args=(netloc, end), daemon=True) for writer in writers]
        for thread in threads:
            thread.start()
        time.sleep(self.random.uniform(*MOMENTS) / 1000)
        if self.random.random() < 0.5:
            self.wait_for_commit()
        end.set()
        self.server.kill()
        for thread in threads:
            thread.join(2 * PATIENCE)
            if thread.is_alive():
                raise Mismatch("a writer hangs")
        failures = [writer.failure for writer in self.writers if writer.failure]
        if failures:
            raise Mismatch("\n".join(failures))
        examine(self.database, self.folder)

    def wait_for_commit(self):
        """Until something was just written of which its writer may not know yet. The first bytes of the index beside the
        write-ahead log change with each commit."""
        with open(f"{self.database}-shm", "rb", buffering=0) as index:
            deadline = time.monotonic() + 0.1
            before = os.pread(index.fileno(), 48, 0)
            while os.pread(index.fileno(), 48, 0) == before and time.monotonic() < deadline:
                pass

    def cycle(self):
        if self.cycles % 5 == 0:
            self.kill_first_start()
        # A start clears up after the kill before it, and is killed at that.
        while self.random.random() < 0.5:
            self.kill_early(self.database, START)
        netloc = self.start(self.database).wait().netloc
        self.check(netloc)
        self.write(netloc)
        self.cycles += 1

    def end(self):
        """One more start, without a kill: nothing of what the kills have left half done stays."""
        self.check(self.start(self.database).wait().netloc)
        expect("rows of states that nothing points at", settle(self.database, PATIENCE), {})
        self.server.stop()
        expect("whether there is a log after an orderly end", pathlib.Path(f"{self.database}-wal").exists(), False)
        examine(self.database, self.folder)

    def summary(self, losses):
        return (
            f"{self.cycles} cycles and {self.early} early kills, {self.checked} acknowledged writes checked, "
            f"of {self.made + self.not_made} under way {self.made} made and {self.not_made} not: {losses}"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--cycles", type=int, default=sys.maxsize, help="how many at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=pathlib.Path, help="an empty one, or one to be made")
    arguments = parser.parse_args()
    # Whoever stops this stops the server with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = (arguments.folder or pathlib.Path(tempfile.mkdtemp(prefix="crash-"))).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        parser.error(f"there is something in {folder}")
    run = Run(arguments, folder)
    deadline = time.monotonic() + arguments.seconds
    try:
        while time.monotonic() < deadline and run.cycles < arguments.cycles:
            run.cycle()
        run.end()
    except (Mismatch, Gone) as problem:
        problem = "the server gives no answer" if isinstance(problem, Gone) else problem
        print(f"FAILED in cycle {run.cycles + 1}, seed {arguments.seed}: {problem}\n")
        print(f"{run.summary('not as it must be')}; all of it is in {folder}")
        return 1
    finally:
        if run.server is not None and run.server.process.poll() is None:
            run.server.process.kill()
            run.server.process.wait()
    # A run that never got going proves nothing.
    if run.checked == 0:
        print(f"FAILED nothing was acknowledged in {arguments.seconds} s")
        return 1
    print(run.summary("0 losses"))
    if arguments.folder is None:
        shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
