"""Kills the server while automatic snapshot policies make what five years have left undone, and sees what the next look finds.

    catch_up.py path/to/ecs-mock [--seconds N] [--disks N] [--seed N] [--folder FOLDER]

A sandbox has policies for many disks, and a frozen clock that a request moves by five years. What the policies have to make by
then is made once undisturbed. Then the sandbox is put back, the clock is moved again, and in the middle of that comes kill -9,
again and again. After each start

- whoever looks finds all as it was before, or all as in the run that nobody disturbed, to the last id;
- and once the clock is moved again, it is the latter in any case.

Until the kill others look at the sandbox all the time, and none of them sees half of it. A client of another sandbox goes on writing
meanwhile: what it was told is there, and how long its calls took is told at the end.
"""

import collections
import json
import random
import threading
import time
from urllib.parse import urlencode

from checks import main
from servers import Connection, Gone, Server
from stress import Mismatch, short

REGIONS = ["cn-hangzhou", "cn-beijing"]
BEGIN, FIRST, LAST = "2020-01-01T00:00:00Z", "2020-03-01T00:00:00Z", "2025-03-01T00:00:00Z"
EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]
# Milliseconds that a call of the writer may take: that is the goal for 99 of 100, and ten times as much is a failure.
GOAL = 50
FAILURE = 10 * GOAL
CONTROL_PLANE = "/_mock/v1/sandboxes"
MIB = 1 << 20
# What a catch-up may take at most: it holds a million snapshots before it gives up, in as little as they follow from.
MORE = 256


def document(disks):
    """Days that are kept for a month, Sundays for a year with copies for half of one, and disks that find their policy by tags."""
    ids = [f"d-{number:04}" for number in range(disks)]
    return {
        "Instances": [{"InstanceId": "i-1", "Tags": {"env": "prod"}}],
        "Disks": [{"DiskId": id, "Category": "cloud_essd", "InstanceId": "i-1" if index % 10 == 0 else ""} for index, id in enumerate(ids)],
        "AutoSnapshotPolicies": [
            {
                "AutoSnapshotPolicyId": "sp-days",
                "TimePoints": [1],
                "RepeatWeekdays": EVERY_DAY,
                "RetentionDays": 30,
                "DiskIds": ids,
            },
            {
                "AutoSnapshotPolicyId": "sp-sundays",
                "TimePoints": [2],
                "RepeatWeekdays": [7],
                "RetentionDays": 360,
                "DiskIds": ids[: disks // 2],
                "EnableCrossRegionCopy": True,
                "TargetCopyRegions": ["cn-beijing"],
                "CopiedSnapshotsRetentionDays": 180,
            },
            {
                "AutoSnapshotPolicyId": "sp-tags",
                "TimePoints": [3, 15],
                "RepeatWeekdays": EVERY_DAY,
                "RetentionDays": -1,
                "AssociationType": "AssociatedWithInstanceTag",
                "TargetTags": {"env": "prod"},
            },
        ],
        "Settings": {"AutomaticSnapshotsPerDisk": 100, "FailNextSnapshots": 50},
    }


def ask(connection, method, path, body=None, expected=(200, 201, 204)):
    status, text = connection.send(method, path, json.dumps(body) if body is not None else None)
    if status not in expected:
        raise Mismatch(f"{method} {path}: {status} {text[:500]}")
    return json.loads(text) if text else None


def move(connection, to):
    return ask(connection, "PUT", f"{CONTROL_PLANE}/many/clock", {"Mode": "frozen", "Time": to})


def state(connection):
    return ask(connection, "GET", f"{CONTROL_PLANE}/many/state")


def count(connection, region):
    query = {"Action": "DescribeSnapshots", "Format": "JSON", "AccessKeyId": "many", "RegionId": region, "PageSize": 1}
    return ask(connection, "GET", "/?" + urlencode(query))["TotalCount"]


class Looker(threading.Thread):
    """Looks all the time, until the server is gone or it is told to stop. Both numbers of a region must be known."""

    def __init__(self, netloc, known, checks, exports):
        super().__init__()
        self.netloc, self.known, self.checks, self.exports = netloc, known, checks, exports
        self.stopped = False
        self.looks = 0

    def run(self):
        connection = Connection(self.netloc)
        try:
            while not self.stopped:
                if self.exports:
                    self.export(connection)
                else:
                    for region in REGIONS:
                        seen = count(connection, region)
                        known = [counts[region] for _, counts in self.known]
                        self.checks.check("nobody sees half of it", seen in known, f"{seen} in {region}, not one of {known}")
                self.looks += 1
        except Gone:
            pass
        except json.JSONDecodeError:
            # Its first line came, and the rest was lost.
            pass

    def export(self, connection):
        seen = state(connection)
        is_known = any(seen == whole for whole, _ in self.known)
        self.checks.check("no export holds half of it", is_known, "" if is_known else told(seen, self.known))


def told(seen, known):
    """How an export differs from those that are known."""
    ids = {row["SnapshotId"] for row in seen.get("Snapshots", [])}
    parts = []
    for whole, _ in known:
        others = {row["SnapshotId"] for row in whole.get("Snapshots", [])}
        parts.append(f"{len(ids - others)} more and {len(others - ids)} fewer of {len(others)}")
    return f"{len(ids)} snapshots: {'; '.join(parts)}; settings {short(seen.get('Settings'))}"


class Client(threading.Thread):
    """Writes to a sandbox of its own, until the server is gone or it is told to stop."""

    def __init__(self, netloc, held, checks):
        super().__init__()
        self.netloc, self.held, self.checks = netloc, held, checks
        self.stopped = False
        self.pending = None
        self.took = []

    def run(self):
        connection = Connection(self.netloc)
        while not self.stopped:
            begun = time.monotonic()
            query = {"Action": "CreateSnapshot", "Format": "JSON", "AccessKeyId": "other", "DiskId": "d-other"}
            self.pending = True
            try:
                status, text = connection.send("POST", "/?" + urlencode(query))
                if not text:
                    return
            except Gone as gone:
                self.pending = self.pending if gone.is_sent else None
                return
            self.pending = None
            self.took.append(1_000 * (time.monotonic() - begun))
            if self.checks.check("the other sandbox is written to", status == 200, f"{status} {text}"):
                self.held.add(json.loads(text)["SnapshotId"])
            # As fast as a client that does something else, too.
            time.sleep(0.002)


def arrange(arguments, folder):
    """A database with both sandboxes, the one with policies before its five years, and what that holds before and after them."""
    server = Server(arguments.binary, folder / "catch_up.db", "none", folder / "first.log").wait()
    connection = Connection(server.netloc)
    clock = {"Mode": "frozen", "Time": BEGIN}
    ask(connection, "POST", CONTROL_PLANE, {"Name": "many", "From": "empty", "IdSeed": 7, "Clock": clock})
    ask(connection, "PUT", f"{CONTROL_PLANE}/many/state", document(arguments.disks))
    ask(connection, "POST", CONTROL_PLANE, {"Name": "other", "From": "empty"})
    other = {
        "Disks": [{"DiskId": "d-other", "Category": "cloud_essd"}],
        "Settings": {"SnapshotSeconds": 0, "ManualSnapshotsPerDisk": 1_000_000},
    }
    ask(connection, "PUT", f"{CONTROL_PLANE}/other/state", other)
    move(connection, FIRST)
    before = state(connection), {region: count(connection, region) for region in REGIONS}
    ask(connection, "PUT", f"{CONTROL_PLANE}/many/checkpoints/before")
    begun = time.monotonic()
    made = move(connection, LAST)["CaughtUp"]
    took = time.monotonic() - begun
    after = state(connection), {region: count(connection, region) for region in REGIONS}
    print(f"undisturbed: {made['Made']} made, {made['Expired']} gone, {len(after[0]['Snapshots'])} left, in {took:.2f} s")
    return server, before, after, made, took


def prove(arguments, folder, checks):
    deadline = time.monotonic() + arguments.seconds
    moments = random.Random(arguments.seed)
    server, before, after, made, took = arrange(arguments, folder)
    checks.check("there is much to be made", made["Made"] > 1_000 * arguments.disks, str(made))
    known, held = [before, after], set()
    times, found, looks, cycles = [], collections.Counter(), 0, 0
    while True:
        connection = Connection(server.netloc)
        ask(connection, "POST", f"{CONTROL_PLANE}/many/checkpoints/before/restore")
        client = Client(server.netloc, held, checks)
        lookers = [Looker(server.netloc, known, checks, exports) for exports in (False, True)]
        answered = threading.Event()
        mover = threading.Thread(target=try_to_move, args=(server.netloc, answered))
        threads = [client, mover, *lookers]
        for thread in threads:
            thread.start()
        time.sleep(moments.uniform(0, 1.3 * took))
        server.kill()
        for thread in threads:
            thread.join()
        cycles += 1
        times += client.took
        looks += sum(looker.looks for looker in lookers)
        server = Server(arguments.binary, folder / "catch_up.db", "none", folder / f"{cycles}.log").wait()
        found_now = settle(Connection(server.netloc), before, after, client, checks)
        found["answered" if answered.is_set() else found_now] += 1
        if time.monotonic() > deadline or checks.failed:
            break
    go_far(server, checks)
    server.stop()
    times.sort()
    p50, p99, worst = (times[min(len(times) - 1, int(len(times) * part))] for part in (0.5, 0.99, 1))
    parts = f"{found['before']} before the clock was moved, {found['after']} until that was answered, {found['answered']} later"
    print(f"{cycles} kills: {parts}; {looks} looks meanwhile")
    print(f"{len(times)} writes of another sandbox: p50 {p50:.1f} ms, p99 {p99:.1f} ms (the goal is {GOAL}), at most {worst:.0f} ms")
    checks.check("another sandbox hardly waits", p99 < FAILURE, f"p99 is {p99:.0f} ms")
    checks.check("kills come in the middle of it", found["after"] > 0, str(found))
    checks.check("others look and write meanwhile", looks > cycles and len(times) > cycles)


def go_far(server, checks):
    """Eight thousand years take no memory for what is gone by their end, and what would take too much of it is refused."""
    connection = Connection(server.netloc)
    copying = {"EnableCrossRegionCopy": True, "TargetCopyRegions": ["cn-beijing"], "CopiedSnapshotsRetentionDays": 1}
    plenty = {"AutomaticSnapshotsPerDisk": 2_000_000_000}
    for name, disks, settings, policy, status in [
        ("copies", 1, {}, {"RetentionDays": 1, **copying}, 200),
        ("all", 1_000, plenty, {"RetentionDays": -1}, 507),
    ]:
        clock = {"Mode": "frozen", "Time": BEGIN}
        ask(connection, "POST", CONTROL_PLANE, {"Name": name, "From": "empty", "Settings": settings, "Clock": clock})
        ids = [f"d-{number}" for number in range(disks)]
        hourly = {"TimePoints": list(range(24)), "RepeatWeekdays": EVERY_DAY, "DiskIds": ids, **policy}
        far = {"Disks": [{"DiskId": id, "Category": "cloud_essd"} for id in ids], "AutoSnapshotPolicies": [hourly]}
        ask(connection, "PUT", f"{CONTROL_PLANE}/{name}/state", far)
        resident = server.resident()
        server.forget_peak()
        to = {"Mode": "frozen", "Time": "9999-01-01T00:00:00Z"}
        ask(connection, "PUT", f"{CONTROL_PLANE}/{name}/clock", to, expected=(status,))
        more = (server.peak() - resident) // MIB
        print(f"to the year 9999, {name}: {more} MiB more")
        checks.check("the far future takes little memory", more < MORE, f"{more} MiB")
        shown = ask(connection, "GET", f"{CONTROL_PLANE}/{name}/clock")["Now"]
        checks.expect("the clock of what is refused", shown, to["Time"] if status == 200 else BEGIN)
        ask(connection, "DELETE", f"{CONTROL_PLANE}/{name}")


def try_to_move(netloc, answered):
    try:
        move(Connection(netloc), LAST)
        answered.set()
    except (Gone, json.JSONDecodeError):
        pass


def settle(connection, before, after, client, checks):
    """After a start: which of the two there is, of both sandboxes all that was told."""
    seen = state(connection)
    what = "before" if seen == before[0] else "after"
    is_whole = what == "before" or seen == after[0]
    checks.check("a kill leaves all or nothing", is_whole, "" if is_whole else told(seen, [before, after]))
    move(connection, LAST)
    seen = state(connection)
    is_whole = seen == after[0]
    checks.check("what is left does not depend on kills", is_whole, "" if is_whole else told(seen, [after]))
    for region in REGIONS:
        checks.expect(f"the count in {region}", count(connection, region), after[1][region])
    other = {row["SnapshotId"] for row in ask(connection, "GET", f"{CONTROL_PLANE}/other/state").get("Snapshots", [])}
    missing, more = client.held - other, other - client.held
    is_kept = not missing and len(more) <= (1 if client.pending else 0)
    checks.check("what the other sandbox was told is there", is_kept, f"{len(missing)} missing, {len(more)} more")
    client.held.update(more)
    return what


if __name__ == "__main__":
    main(__doc__, prove, seconds=30.0, disks=60, seed=1)
