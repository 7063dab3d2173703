"""Many clients at once, each at random in a sandbox of its own, each with a model of what its sandbox must hold.

    stress.py http://127.0.0.1:PORT [--seconds N] [--clients N] [--seed N]

Every reply must be the one that the client's model says: no 5xx, nothing that is busy, nothing of another client's. At the
end all sandboxes are read once more and must be as their scripts left them. What a client does follows from the seed
alone; how far it gets in the time does not.
"""

import argparse
import collections
import copy
import http.client
import json
import random
import re
import sys
import threading
import time
import traceback
from datetime import datetime, timezone
from urllib.parse import urlencode, urlsplit

REGIONS = ["cn-hangzhou", "cn-beijing", "us-west-1"]
# By the real clock, all that is made for the frozen one is long finished, or expired.
NOON = int(datetime(2020, 5, 1, 12, tzinfo=timezone.utc).timestamp())
DEFAULTS = {
    "SourceDiskType": "system",
    "SourceDiskSize": 40,
    "SourceStorageType": "disk",
    "Encrypted": False,
    "Usage": "none",
    "SnapshotType": "user",
    "Category": "standard",
}
JSON = "application/json"
LINES = "application/x-ndjson"
# Seconds that a single request may take before it counts as one that hangs.
PATIENCE = 60


class Mismatch(Exception):
    """The server's answer is not the model's."""


def expect(what, actual, expected):
    if actual != expected:
        raise Mismatch(f"{what}\n  is       {short(actual)}\n  expected {short(expected)}")


def short(value):
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return text if len(text) < 2000 else f"{text[:2000]}... ({len(text)} characters)"


def written(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def read(text):
    return int(datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).timestamp())


class Connection:
    """Requests over one kept connection; counts them and the time that they take."""

    def __init__(self, netloc, statistics):
        self.netloc = netloc
        self.statistics = statistics
        self.connection = http.client.HTTPConnection(netloc, timeout=PATIENCE)

    def send(self, kind, method, path, body=None, **headers):
        started = time.monotonic()
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        data = body.encode() if isinstance(body, str) else body
        try:
            self.connection.request(method, path, body=data, headers=headers)
            reply = self.connection.getresponse()
            text = reply.read().decode()
        except (http.client.HTTPException, OSError) as error:
            self.connection.close()
            raise Mismatch(f"{method} {path}: no answer: {error!r}") from None
        took = time.monotonic() - started
        self.statistics[kind].append(took)
        if reply.status >= 500 or "busy" in text[:300] or "locked" in text[:300]:
            raise Mismatch(f"{method} {path}: {reply.status} {text[:500]}")
        return reply.status, text


class Model:
    """What a sandbox holds: entries as an export writes them, by id, and its clock, None for the real one."""

    def __init__(self, rows, clock):
        self.rows = rows
        self.clock = clock

    def copy(self):
        return Model(copy.deepcopy(self.rows), self.clock)

    def state(self):
        return [self.rows[snapshot_id] for snapshot_id in sorted(self.rows)]

    def now(self):
        return int(time.time()) if self.clock is None else self.clock

    def visible(self, now, conditions=()):
        """What lists show, in their order."""
        found = [row for row in self.rows.values() if not is_expired(row, now)]
        found = [row for row in found if all(is_met(row, now) for is_met in conditions)]
        return sorted(found, key=lambda row: (-read(row["CreationTime"]), row["SnapshotId"]))


def is_expired(row, now):
    return "ExpirationTime" in row and read(row["ExpirationTime"]) <= now


def status(row, now):
    if "Status" in row:
        return row["Status"]
    if "ReadyTime" in row and now < read(row["ReadyTime"]):
        return "progressing"
    return row.get("Outcome", "accomplished")


def progress(row, now):
    if "Progress" in row:
        return row["Progress"]
    if status(row, now) == "accomplished":
        return "100%"
    if "ReadyTime" not in row:
        return "0%"
    created, ready = read(row["CreationTime"]), read(row["ReadyTime"])
    percent = (now - created) * 100 // (ready - created) if ready > created else 99
    return f"{min(max(percent, 0), 99)}%"


def shown(row, now):
    """A row as the cloud plane shows it."""
    item = {
        "SnapshotId": row["SnapshotId"],
        "RegionId": row["RegionId"],
        "CreationTime": row["CreationTime"],
        "LastModifiedTime": row.get("LastModifiedTime", row["CreationTime"]),
        "Status": status(row, now),
        "Progress": progress(row, now),
        "Available": row.get("Available", status(row, now) == "accomplished"),
        "Description": row.get("Description", ""),
        "ProductCode": row.get("ProductCode", ""),
        "KMSKeyId": row.get("KMSKeyId", ""),
        "SourceDiskId": row["SourceDiskId"],
        "Tags": {"Tag": [{"TagKey": key, "TagValue": value} for key, value in sorted(row.get("Tags", {}).items())]},
    }
    item.update({name: row[name] for name in DEFAULTS})
    optional = ["SnapshotName", "ResourceGroupId", "RetentionDays", "SnapshotLinkId", "SnapshotSN", "InstantAccess"]
    optional += ["InstantAccessRetentionDays", "SourceSnapshotId", "SourceRegionId", "FullSnapshotSizeInBytes"]
    item.update({name: row[name] for name in optional if name in row})
    if item["Status"] == "progressing" and "ReadyTime" in row and now < read(row["ReadyTime"]):
        item["RemainTime"] = min(read(row["ReadyTime"]) - now, 2**31 - 1)
    return item


def normalized(item):
    item["Tags"]["Tag"].sort(key=lambda tag: tag["TagKey"])
    return item


def counts(before, after):
    """What a change from one set of rows to another does, as replies count it."""
    both = before.keys() & after.keys()
    unchanged = sum(before[snapshot_id] == after[snapshot_id] for snapshot_id in both)
    return {
        "Inserted": len(after.keys() - both),
        "Changed": len(both) - unchanged,
        "Removed": len(before.keys() - both),
        "Unchanged": unchanged,
    }


def difference(before, after):
    changed = []
    for snapshot_id in sorted(before.keys() & after.keys()):
        left, right = before[snapshot_id], after[snapshot_id]
        if left != right:
            names = [name for name in left.keys() | right.keys() if left.get(name) != right.get(name)]
            fields = {name: {"From": left.get(name), "To": right.get(name)} for name in names}
            changed.append({"SnapshotId": snapshot_id, "Fields": fields})
    return {
        "Added": [after[snapshot_id] for snapshot_id in sorted(after.keys() - before.keys())],
        "Removed": [before[snapshot_id] for snapshot_id in sorted(before.keys() - after.keys())],
        "Changed": changed,
        "Kinds": {
            kind: {"Added": [], "Removed": [], "Changed": []}
            for kind in ("Disks", "Images", "Instances", "SnapshotGroups", "AutoSnapshotPolicies")
        },
    }


class Client:
    """One client: its script of random steps, and its model."""

    def __init__(self, number, netloc, seed, seed_rows):
        self.number = number
        self.name = f"stress-{number:03}"
        self.random = random.Random(f"{seed}/{number}")
        self.statistics = collections.defaultdict(list)
        self.connection = Connection(netloc, self.statistics)
        self.seed_rows = seed_rows
        self.model = None
        self.checkpoints = {}
        self.steps = 0
        self.step = "start"
        self.failure = None

    # Requests.

    def ask(self, kind, method, path, body=None, expected=200, content_type=JSON, accept=JSON):
        """Calls a path under the sandbox; gives the text of the reply, whose status must be this."""
        if body is not None and not isinstance(body, str):
            body = json.dumps(body, ensure_ascii=self.random.random() < 0.5)
        path = f"/_mock/v1/sandboxes/{self.name}{path}"
        headers = {"Accept": accept} | ({"Content_Type": content_type} if body is not None else {})
        status, text = self.connection.send(kind, method, path, body, **headers)
        if status != expected:
            raise Mismatch(f"{method} {path}: {status} instead of {expected}: {text[:500]}")
        return text

    def data(self, kind, method, path, body=None, **options):
        return json.loads(self.ask(kind, method, path, body, **options))

    # Material.

    def entry(self, snapshot_id):
        """A random entry as a document may say it; all that would be generated is given."""
        chance = self.random.random
        created = NOON - self.random.randrange(0, 86_400)
        entry = {"SnapshotId": snapshot_id, "CreationTime": written(created)}
        entry["SourceDiskId"] = f"d-{self.random.randrange(5)}"
        entry["RegionId"] = self.random.choice(REGIONS)
        if chance() < 0.5:
            # The name says whose it is, so that a stranger's row would show.
            entry["SnapshotName"] = f"{self.name} 快照 & <{self.random.randrange(1000)}>"
        kind = self.random.randrange(4)
        if kind == 0:
            entry["Status"] = self.random.choice(["progressing", "accomplished", "failed"])
        elif kind == 1:
            entry["Status"], entry["Progress"] = "failed", f"{self.random.randrange(101)}%"
        elif kind == 2:
            entry["ReadyTime"] = written(created + self.random.randrange(0, 200_000))
            entry["Outcome"] = self.random.choice(["accomplished", "failed"])
        if chance() < 0.2:
            entry["ExpirationTime"] = written(NOON + self.random.randrange(-1000, 100_000))
        if chance() < 0.3:
            entry["SourceDiskSize"] = self.random.randrange(1, 2000)
            entry["Description"] = "line\nbreak \"quoted\" \\ é"
        if chance() < 0.6:
            tags = self.random.sample(["app", "env", "说明", "owner"], self.random.randrange(1, 4))
            entry["Tags"] = {key: self.random.choice(["", "a", "b=c&d"]) for key in tags}
        return entry

    def entries(self, most):
        """Entries under different ids, from a pool that is small enough for ids to come up again."""
        number = self.random.randrange(1, most)
        return [self.entry(f"s-{chosen:04}") for chosen in self.random.sample(range(300), number)]

    def body(self, entries):
        """The same entries in one of the forms that a state is sent in."""
        match self.random.randrange(4):
            case 0:
                return "".join(json.dumps({"Snapshot": entry}) + "\n" for entry in entries), LINES
            case 1:
                # JSON is YAML.
                return json.dumps({"Snapshots": entries}), "application/yaml"
            case 2:
                return json.dumps({"Snapshots": {"Snapshot": entries}, "RequestId": "ignored"}), JSON
            case _:
                return json.dumps({"Snapshots": entries}), JSON

    @staticmethod
    def rows_of(entries):
        """Entries as the export writes them."""
        return {entry["SnapshotId"]: DEFAULTS | entry for entry in entries}

    def some_id(self):
        """An id that is there, unless nothing is."""
        return self.random.choice(sorted(self.model.rows) or ["s-none"])

    # The steps of a script, each with how often it comes up.

    def make(self):
        origin = self.random.choice(["empty", "seed"])
        body = json.dumps({"Name": self.name, "From": origin, "Labels": {"client": self.name}})
        status, text = self.connection.send("make", "POST", "/_mock/v1/sandboxes", body, Content_Type=JSON)
        if status != 201:
            raise Mismatch(f"making {self.name}: {status} {text[:500]}")
        expect("the key", json.loads(text)["AccessKeyId"], self.name)
        self.checkpoints = {}
        self.model = Model(copy.deepcopy(self.seed_rows) if origin == "seed" else {}, None)
        self.freeze()

    def make_anew(self):
        self.ask("delete", "DELETE", "", expected=204)
        self.ask("get", "GET", "/state", expected=404)
        self.make()

    def freeze(self):
        self.model.clock = NOON + self.random.randrange(-50_000, 50_000)
        body = {"Mode": "frozen", "Time": written(self.model.clock)}
        expected = body | {"Now": body["Time"], "CaughtUp": {"Made": 0, "Expired": 0}}
        expect("the clock", self.data("clock", "PUT", "/clock", body), expected)

    def advance(self):
        if self.model.clock is None:
            return self.freeze()
        seconds = self.random.randrange(-1000, 20_000)
        self.model.clock += seconds
        reply = self.data("clock", "POST", "/clock/advance", {"Seconds": seconds})
        return expect("the time", reply["Now"], written(self.model.clock))

    def wind(self):
        """Other clocks, moved as far as can be: they stop at what the API can write, and nothing breaks."""
        far = self.random.choice([-1, 1]) * self.random.choice([3600, 315_576_000_000])
        mode = self.random.choice([{"Mode": "scaled", "Rate": 2.5}, {"Mode": "offset", "Seconds": far}, {"Mode": "real"}])
        self.data("clock", "PUT", "/clock", mode)
        for _ in range(2):
            reply = self.data("clock", "POST", "/clock/advance", {"Seconds": far})
            # Python has no year 0000.
            is_time = re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", reply["Now"])
            expect(f"whether {reply['Now']} is a time", bool(is_time), True)
            # What it says of itself can be set.
            self.data("clock", "PUT", "/clock", {name: reply[name] for name in reply if name not in ("Now", "CaughtUp")})
        self.freeze()

    def replace(self):
        entries = self.entries(60)
        body, content_type = self.body(entries)
        is_dry_run = self.random.random() < 0.15
        rows = self.rows_of(entries)
        path = "/state?dry-run=true" if is_dry_run else "/state"
        reply = self.data("put", "PUT", path, body, content_type=content_type)
        expect("the counts of a PUT", reply, counts(self.model.rows, rows))
        if not is_dry_run:
            self.model.rows = rows

    def merge(self):
        entries = self.entries(30)
        body, content_type = self.body(entries)
        is_dry_run = self.random.random() < 0.15
        rows = self.model.rows | self.rows_of(entries)
        path = "/state?dry-run=true" if is_dry_run else "/state"
        reply = self.data("post", "POST", path, body, content_type=content_type)
        expected = counts(self.model.rows, rows)
        # It counts what it was sent and no more.
        expected["Unchanged"] = len(entries) - expected["Inserted"] - expected["Changed"]
        expect("the counts of a POST", reply, expected)
        if not is_dry_run:
            self.model.rows = rows

    def replace_in_bulk(self):
        """More than one transaction takes; by lines, of which the connection gets a piece at a time."""
        entries = [self.entry(f"s-bulk-{number:05}") for number in range(self.random.randrange(1001, 2500))]
        lines = [json.dumps({"Snapshot": entry}) + "\n" for entry in entries]
        pieces = ("".join(lines[start : start + 300]).encode() for start in range(0, len(lines), 300))
        path = f"/_mock/v1/sandboxes/{self.name}/state"
        code, text = self.connection.send("bulk put", "PUT", path, pieces, Content_Type=LINES)
        expect("the status of a stream", (code, text if code != 200 else ""), (200, ""))
        rows = self.rows_of(entries)
        expect("the counts of a stream", json.loads(text), counts(self.model.rows, rows))
        self.model.rows = rows
        self.read_state()
        # Thousands of rows in each would only make all other steps slow.
        self.reset_to_empty()

    def send_what_is_refused(self):
        """Documents whose last entry is wrong: nothing of them may be seen."""
        entries = self.entries(20)
        wrong = self.random.choice([{"Unknown": 1}, {"SnapshotId": entries[0]["SnapshotId"]}, {"Status": "done"}])
        body, content_type = self.body([*entries, wrong])
        method = self.random.choice(["PUT", "POST"])
        problem = self.data("refused", method, "/state", body, content_type=content_type, expected=400)
        expect("the problem", (problem["status"], bool(problem["detail"])), (400, True))

    def put_the_export(self):
        """Export, then PUT, changes nothing."""
        accept = self.random.choice([JSON, LINES])
        text = self.ask("get", "GET", "/state", accept=accept)
        reply = self.data("put", "PUT", "/state", text, content_type=accept)
        expect("what a PUT of the export changes", reply, counts(self.model.rows, self.model.rows))

    def add(self):
        entry = self.entry(f"s-{self.random.randrange(300):04}")
        snapshot_id = entry["SnapshotId"]
        there = self.model.rows.get(snapshot_id)
        # One that expired is in nobody's way.
        if there is not None and not is_expired(there, self.model.now()):
            self.ask("add", "POST", "/snapshots", entry, expected=409)
            return
        row = self.rows_of([entry])[snapshot_id]
        expect("what was added", self.data("add", "POST", "/snapshots", entry, expected=201), row)
        self.model.rows[snapshot_id] = row

    def add_under_a_generated_id(self):
        entry = self.entry("")
        row = self.data("add", "POST", "/snapshots", entry, expected=201)
        if row["SnapshotId"] in self.model.rows or not row["SnapshotId"].startswith("s-"):
            raise Mismatch(f"{row['SnapshotId']} is no new id")
        expect("what was added", row, DEFAULTS | entry | {"SnapshotId": row["SnapshotId"]})
        self.model.rows[row["SnapshotId"]] = row

    def patched(self, row):
        """A random merge patch, and a row after it."""
        patch = {}
        if self.random.random() < 0.6:
            patch["Status"] = self.random.choice(["failed", "accomplished", "progressing", None])
            patch["Progress"] = self.random.choice(["37%", None])
        if self.random.random() < 0.5:
            patch["Tags"] = {"env": self.random.choice(["patched", None])}
        if self.random.random() < 0.3 or not patch:
            patch["SnapshotName"] = self.random.choice([f"{self.name} patched", None])

        def after(row):
            row = copy.deepcopy(row)
            tags = {**row.pop("Tags", {}), **patch.get("Tags", {})}
            row |= {name: value for name, value in patch.items() if name != "Tags"}
            row = {name: value for name, value in row.items() if value is not None}
            tags = {key: value for key, value in tags.items() if value is not None}
            if tags:
                row["Tags"] = tags
            # What is part of the way and has no end in sight is in the making.
            if "Status" not in row and "ReadyTime" not in row and row.get("Progress", "100%") != "100%":
                row["Status"] = "progressing"
            return row

        return patch, after if row is None else after(row)

    def patch(self):
        snapshot_id = self.some_id()
        row = self.model.rows.get(snapshot_id)
        patch, after = self.patched(row or {})
        now = self.model.now()
        if row is None or is_expired(row, now):
            self.ask("patch", "PATCH", f"/snapshots/{snapshot_id}", patch, expected=404)
            return
        expect("what was patched", self.data("patch", "PATCH", f"/snapshots/{snapshot_id}", patch), after)
        self.model.rows[snapshot_id] = after

    def conditions(self):
        """Filters of DescribeSnapshots beside the region: parameters, and whether a row meets them at a time."""
        disk = f"d-{self.random.randrange(5)}"
        wanted = self.random.choice(["progressing", "accomplished", "failed"])
        value = self.random.choice(["", "a", "patched"])
        ids = sorted(self.random.sample(sorted(self.model.rows), min(len(self.model.rows), 5)))
        all_conditions = [
            ({"DiskId": disk}, lambda row, _: row["SourceDiskId"] == disk),
            ({"Status": wanted}, lambda row, now: status(row, now) == wanted),
            ({"Tag.1.Key": "env"}, lambda row, _: "env" in row.get("Tags", {})),
            ({"Tag.1.Key": "env", "Tag.1.Value": value}, lambda row, _: row.get("Tags", {}).get("env") == value),
        ]
        if ids:
            all_conditions.append(({"SnapshotIds": json.dumps(ids)}, lambda row, _: row["SnapshotId"] in ids))
        chosen = self.random.sample(all_conditions, self.random.randrange(1, 3))
        if len({name for parameters, _ in chosen for name in parameters}) < sum(len(one) for one, _ in chosen):
            chosen = chosen[:1]
        parameters = {name: value for one, _ in chosen for name, value in one.items()}
        return parameters, [is_met for _, is_met in chosen]

    def patch_all_that_match(self):
        if self.model.clock is None:
            self.freeze()
        parameters, conditions = self.conditions()
        patch, after = self.patched(None)
        found = self.model.visible(self.model.clock, conditions)
        rows = {row["SnapshotId"]: after(row) for row in found}
        reply = self.data("bulk patch", "PATCH", f"/snapshots?{urlencode(parameters)}", patch)
        expect(f"the counts of a PATCH by {parameters}", reply, counts({row["SnapshotId"]: row for row in found}, rows))
        self.model.rows |= rows

    def delete_all_that_match(self):
        if self.model.clock is None:
            self.freeze()
        parameters, conditions = self.conditions()
        found = self.model.visible(self.model.clock, conditions)
        reply = self.data("bulk delete", "DELETE", f"/snapshots?{urlencode(parameters)}")
        expect(f"the counts of a DELETE by {parameters}", reply, counts({row["SnapshotId"]: row for row in found}, {}))
        for row in found:
            del self.model.rows[row["SnapshotId"]]

    def delete(self):
        snapshot_id = self.some_id()
        row = self.model.rows.get(snapshot_id)
        if row is None or is_expired(row, self.model.now()):
            self.ask("delete", "DELETE", f"/snapshots/{snapshot_id}", expected=404)
            return
        self.ask("delete", "DELETE", f"/snapshots/{snapshot_id}", expected=204)
        del self.model.rows[snapshot_id]
        self.ask("get", "GET", f"/snapshots/{snapshot_id}", expected=404)

    def save(self):
        name = self.random.choice(["first", "second", "third"])
        reply = self.data("checkpoint", "PUT", f"/checkpoints/{name}", expected=201)
        expect("a checkpoint", (reply["Name"], reply["SnapshotCount"]), (name, len(self.model.rows)))
        self.checkpoints[name] = self.model.copy()

    def restore(self):
        name = self.random.choice(["first", "second", "third"])
        path = self.random.choice([f"/checkpoints/{name}/restore", f"/reset?to={name}"])
        if name not in self.checkpoints:
            self.ask("restore", "POST", path, expected=404)
            return
        self.ask("restore", "POST", path, expected=204)
        self.model = self.checkpoints[name].copy()

    def generate_ids_again(self):
        """What is done anew after a restore gets the ids that it got before."""
        self.ask("checkpoint", "PUT", "/checkpoints/ids", expected=201)
        before = self.model.copy()
        entries = [self.entry(""), self.entry("")]
        ids = []
        for _ in range(2):
            ids.append([self.data("add", "POST", "/snapshots", entry, expected=201)["SnapshotId"] for entry in entries])
            self.ask("restore", "POST", "/checkpoints/ids/restore", expected=204)
            self.model = before.copy()
        expect("the ids after a restore", ids[1], ids[0])
        self.ask("checkpoint", "DELETE", "/checkpoints/ids", expected=204)

    def forget(self):
        name = self.random.choice(["first", "second", "third"])
        expected = 204 if self.checkpoints.pop(name, None) else 404
        self.ask("checkpoint", "DELETE", f"/checkpoints/{name}", expected=expected)

    def list_checkpoints(self):
        reply = self.data("checkpoint", "GET", "/checkpoints")["Checkpoints"]
        actual = {checkpoint["Name"]: checkpoint["SnapshotCount"] for checkpoint in reply}
        expect("the checkpoints", actual, {name: len(model.rows) for name, model in self.checkpoints.items()})

    def compare(self):
        if not self.checkpoints:
            return self.save()
        sides = {**{name: model.rows for name, model in self.checkpoints.items()}, "now": self.model.rows}
        left, right = self.random.choice(sorted(sides)), self.random.choice(sorted(sides))
        reply = self.data("diff", "GET", f"/diff?from={left}&to={right}")
        return expect(f"the difference from {left} to {right}", reply, difference(sides[left], sides[right]))

    def reset_to_empty(self):
        self.ask("reset", "POST", "/reset?to=empty", expected=204)
        self.model = Model({}, None)

    def reset_to_seed(self):
        self.ask("reset", "POST", "/reset?to=seed", expected=204)
        self.model = Model(copy.deepcopy(self.seed_rows), None)

    def fork(self):
        """A fork holds what this holds, under the fork's own key, and goes without a trace."""
        name = f"{self.name}-fork"
        body = json.dumps({"Name": name, "From": {"Sandbox": self.name}})
        status, text = self.connection.send("make", "POST", "/_mock/v1/sandboxes", body, Content_Type=JSON)
        expect("the status of a fork", (status, text if status != 201 else ""), (201, ""))
        path = f"/_mock/v1/sandboxes/{name}"
        _, text = self.connection.send("get", "GET", f"{path}/state")
        expect("a fork", json.loads(text), {"Snapshots": self.model.state()})
        status, text = self.connection.send("reset", "POST", f"{path}/reset?to=empty")
        expect("the reset of a fork", (status, text), (204, ""))
        status, text = self.connection.send("delete", "DELETE", path)
        expect("the end of a fork", (status, text), (204, ""))

    def read_state(self):
        expect("the state", self.data("get", "GET", "/state"), {"Snapshots": self.model.state()})

    def read_lines(self):
        lines = self.ask("get", "GET", "/state", accept=LINES).splitlines()
        expect("the lines", [json.loads(line) for line in lines], [{"Snapshot": row} for row in self.model.state()])

    def read_one(self):
        snapshot_id = self.some_id()
        row = self.model.rows.get(snapshot_id)
        if row is None or is_expired(row, self.model.now()):
            self.ask("get", "GET", f"/snapshots/{snapshot_id}", expected=404)
        else:
            expect("a snapshot", self.data("get", "GET", f"/snapshots/{snapshot_id}"), row)

    def read_list(self):
        """The list of the control plane, with filters, in all regions."""
        if self.model.clock is None:
            self.freeze()
        parameters, conditions = self.conditions()
        found = self.model.visible(self.model.clock, conditions)
        reply = self.data("list", "GET", f"/snapshots?{urlencode(parameters | {'PageSize': 100})}")
        expect(f"the list by {parameters}", (reply["TotalCount"], reply["Snapshots"]), (len(found), found[:100]))

    def read_sandbox(self):
        reply = self.data("get", "GET", "")
        actual = {name: reply[name] for name in ("Name", "AccessKeyIds", "SnapshotCount", "CheckpointCount", "Labels")}
        expected = {"Name": self.name, "AccessKeyIds": [self.name], "Labels": {"client": self.name}}
        expected |= {"SnapshotCount": len(self.model.rows), "CheckpointCount": len(self.checkpoints)}
        expect("the sandbox", actual, expected)

    def describe(self):
        """The cloud plane, page by page: every field of every snapshot of a region."""
        region_id = self.random.choice(REGIONS)
        parameters, conditions = self.conditions() if self.random.random() < 0.5 else ({}, [])
        conditions = [lambda row, _: row["RegionId"] == region_id, *conditions]
        is_by_token = self.random.random() < 0.5
        size = self.random.choice([10, 37, 100])
        base = {"Action": "DescribeSnapshots", "Version": "2014-05-26", "Format": "JSON", "AccessKeyId": self.name}
        base |= {"RegionId": region_id, **parameters}
        base |= {"MaxResults": size} if is_by_token else {"PageSize": size}
        items, total, turn = [], None, {}
        started = int(time.time())
        while True:
            code, text = self.connection.send("describe", "GET", f"/?{urlencode(base | turn)}")
            expect("the status of DescribeSnapshots", (code, text if code != 200 else ""), (200, ""))
            reply = json.loads(text)
            items += map(normalized, reply["Snapshots"]["Snapshot"])
            total = reply["TotalCount"]
            if is_by_token and reply.get("NextToken"):
                turn = {"NextToken": reply["NextToken"]}
            elif not is_by_token and len(items) < total and reply["Snapshots"]["Snapshot"]:
                turn = {"PageNumber": turn.get("PageNumber", 1) + 1}
            else:
                break
        # The real clock may tick between two pages; the seed's progress and remaining time then tell when each was made.
        if self.model.clock is None:
            moments = range(started, int(time.time()) + 1)
        else:
            moments = [self.model.clock]
        found = [[shown(row, now) for row in self.model.visible(now, conditions)] for now in moments]
        actual = (total, items)
        if len(moments) > 1:
            mixed = zip(*found) if len({len(one) for one in found}) == 1 else []
            if total == len(items) == len(found[0]) and all(item in ways for item, ways in zip(items, mixed)):
                return
        if all(actual != (len(one), one) for one in found):
            expect(f"DescribeSnapshots by {base}", actual, (len(found[0]), found[0]))

    STEPS = {
        describe: 30,
        read_state: 6,
        read_lines: 3,
        read_one: 6,
        read_list: 6,
        read_sandbox: 2,
        replace: 8,
        merge: 8,
        send_what_is_refused: 3,
        put_the_export: 2,
        add: 8,
        add_under_a_generated_id: 3,
        patch: 12,
        patch_all_that_match: 3,
        delete: 5,
        delete_all_that_match: 2,
        save: 4,
        restore: 4,
        forget: 1,
        list_checkpoints: 1,
        compare: 4,
        generate_ids_again: 1,
        reset_to_empty: 1,
        reset_to_seed: 2,
        freeze: 2,
        advance: 6,
        wind: 1,
        fork: 1,
        make_anew: 1,
        replace_in_bulk: 0.3,
    }

    def run(self, deadline, stop):
        try:
            self.make()
            while time.monotonic() < deadline and not stop.is_set():
                [step] = self.random.choices(list(self.STEPS), weights=self.STEPS.values())
                self.step = step.__name__
                self.steps += 1
                step(self)
            self.step = "the end"
            self.read_state()
        except Exception as error:  # noqa: BLE001: whatever goes wrong is this client's failure, and the others go on.
            where = f"{self.name}, step {self.steps}, {self.step}"
            detail = str(error) if isinstance(error, Mismatch) else traceback.format_exc()
            self.failure = f"{where}: {detail}"


def default_state(connection):
    status, text = connection.send("get", "GET", "/_mock/v1/sandboxes/default/state")
    expect("the status of the state of default", status, 200)
    return {row["SnapshotId"]: row for row in json.loads(text)["Snapshots"]}


def check_at_the_end(connection, clients, before):
    """Reads all sandboxes once more, when all is quiet: each is as its own script says, and there are no others."""
    for client in clients:
        if client.failure is None:
            _, text = connection.send("get", "GET", f"/_mock/v1/sandboxes/{client.name}/state")
            try:
                expect("the state at the end", json.loads(text), {"Snapshots": client.model.state()})
            except (Mismatch, ValueError) as error:
                client.failure = f"{client.name}, after {client.steps} steps: {error}"
    expect("the sandbox that nobody used", default_state(connection), before)
    if all(client.failure is None for client in clients):
        _, text = connection.send("get", "GET", "/_mock/v1/sandboxes")
        names = sorted(sandbox["Name"] for sandbox in json.loads(text)["Sandboxes"])
        expect("all sandboxes", names, sorted(["default", *(client.name for client in clients)]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url", help="a server that was just started with a seed, on this machine")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    server = urlsplit(arguments.url)
    if server.hostname not in ("127.0.0.1", "localhost", "::1"):
        parser.error("only a server on this machine, and one that may be filled with rubbish")

    statistics = collections.defaultdict(list)
    seed_rows = default_state(Connection(server.netloc, statistics))
    expect("whether there is a seed", bool(seed_rows), True)

    clients = [Client(number, server.netloc, arguments.seed, seed_rows) for number in range(arguments.clients)]
    started = time.monotonic()
    stop = threading.Event()
    deadline = started + arguments.seconds
    threads = [threading.Thread(target=client.run, args=(deadline, stop), daemon=True) for client in clients]
    for thread in threads:
        thread.start()
    for client, thread in zip(clients, threads):
        thread.join(max(0, deadline - time.monotonic()) + 2 * PATIENCE)
        if thread.is_alive():
            client.failure = f"{client.name}, step {client.steps}, {client.step}: it hangs"
    took = time.monotonic() - started

    problem = None
    try:
        # The one from the start has been idle for longer than a server keeps those.
        check_at_the_end(Connection(server.netloc, statistics), clients, seed_rows)
    except (Mismatch, ValueError) as error:
        problem = str(error)

    for client in clients:
        for kind, times in list(client.statistics.items()):
            statistics[kind] += times
    print(f"{'requests':<12} {'count':>8} {'mean ms':>9} {'p99 ms':>9} {'max ms':>9}")
    for kind, times in sorted(statistics.items(), key=lambda item: -len(item[1])):
        times.sort()
        figures = [sum(times) / len(times), times[len(times) * 99 // 100], times[-1]]
        print(f"{kind:<12} {len(times):>8} " + " ".join(f"{figure * 1000:>9.1f}" for figure in figures))
    requests = sum(map(len, statistics.values()))
    steps = sum(client.steps for client in clients)
    print(f"{requests} requests, {steps} steps in {took:.1f} s: {requests / took:.0f} operations per second")

    failures = [client.failure for client in clients if client.failure]
    # A script that never got going proves nothing.
    failures += [f"{client.name} made no step" for client in clients if client.steps == 0 and not client.failure]
    for failure in failures + ([problem] if problem else []):
        print(f"\nFAILED {failure}")
    failed = len(failures) + (problem is not None)
    print(f"{len(clients) - len(failures)} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
