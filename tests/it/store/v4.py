"""Makes v4.db, a database as the schema's version 4 had it, and v4.json, what the server of that version says of it.

    v4.py path/to/ecs-mock-of-version-4 [--folder FOLDER]

Both are beside this script, unless FOLDER is given. They are made once and kept: a test opens a copy of the database
with the present server, which migrates it, and finds in it what the old one has said. Only a server whose newest
migration is V4 makes them again. The two belong together, because the real time is in both: when a sandbox and a
checkpoint were made. So are the sequences of ids that the old server chose at random. All else is the same each time.

The database holds, in one sandbox or another: the seed; every field of a snapshot; labels and lifetimes; keys that are
plain, switched off, restricted and temporary; clocks of every mode; checkpoints whose clocks and contents are not the
present ones; and nonces, which are long expired.

v4.json has by the name of each sandbox:

    Sandbox      as GET /sandboxes/{s} shows it, without LastUsedTime, which every request changes
    AccessKeys   with secrets
    Clock        without Now
    State        the export, with what has expired
    Checkpoints  the list of them
    Diffs        by the name of each checkpoint: what differs from there to now
    NextIds      of the next two snapshots that are added to it without ids, in cn-hangzhou
    Restored     by the name of each checkpoint: Clock and NextIds after it is restored

The fields that follow from adding and restoring come last and from a copy: nothing of that is in the database.
"""

import argparse
import base64
import contextlib
import hashlib
import hmac
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from urllib.parse import quote

VERSION = 4
JSON = "application/json"
LINES = "application/x-ndjson"

# Every field of an entry is in here at least once. Times are far enough from the present for nothing to change with it.
SEED = {
    "RegionId": "cn-hangzhou",
    "Snapshots": [
        {
            "SnapshotId": "s-seed-everything",
            "SnapshotName": "everything at once",
            "Description": 'two\nlines, "quotes", \\ and <&>',
            "CreationTime": "2020-02-29T23:59:59Z",
            "LastModifiedTime": "2020-03-01T00:00:01Z",
            "SourceDiskId": "d-seed-1",
            "SourceDiskType": "DATA",
            "SourceDiskSize": 2147483647,
            "SourceStorageType": "cloud_essd",
            "InstanceId": "i-seed-1",
            "Encrypted": True,
            "KMSKeyId": "0e478b7a-4262-4802-b8cb-00d3fb408bd8",
            "Usage": "image_disk",
            "SnapshotType": "auto",
            "Category": "Flash",
            "ProductCode": "jxsc000204",
            "ResourceGroupId": "rg-seed",
            "RetentionDays": 30,
            "SnapshotLinkId": "sl-seed-1",
            "SnapshotSN": "64472-116742336-61976",
            "InstantAccess": True,
            "InstantAccessRetentionDays": 3,
            "SourceSnapshotId": "s-of-elsewhere",
            "SourceRegionId": "cn-beijing",
            "FullSnapshotSizeInBytes": 9223372036854775807,
            "Available": False,
            "ReadyTime": "2020-03-01T01:00:00Z",
            "Outcome": "failed",
            "ExpirationTime": "2099-12-31T23:59:59Z",
            "Tags": {"app": "forum", "env": "production", "空": "", "quote": "it's \"quoted\"", "acs:ebs": "系统"},
        },
        {"SnapshotId": "s-seed-bare", "CreationTime": "2021-01-01T00:00:00Z"},
        {
            "SnapshotId": "s-seed-pinned",
            "CreationTime": "2021-01-01T00:00:00Z",
            "SnapshotName": "名字 ünïcödé 🐘",
            "Status": "failed",
            "Progress": "37%",
            "Tags": {"env": "test"},
        },
        {
            "SnapshotId": "s-seed-part-of-the-way",
            "RegionId": "cn-qingdao",
            "CreationTime": "2021-01-02T00:00:00Z",
            "Progress": "5%",
            "SnapshotType": "timer",
        },
        {
            "SnapshotId": "s-seed-slow",
            "RegionId": "cn-qingdao",
            "CreationTime": "2021-01-03T00:00:00Z",
            "ReadyTime": "2098-01-01T00:00:00Z",
            "Outcome": "accomplished",
            "Usage": "image",
        },
        {
            "SnapshotId": "s-seed-expired",
            "RegionId": "us-west-1",
            "CreationTime": "2019-01-01T00:00:00Z",
            "ExpirationTime": "2019-02-01T00:00:00Z",
            "Tags": {"env": ""},
        },
        {
            "SnapshotId": "s-seed-zeroes",
            "RegionId": "us-west-1",
            "CreationTime": "1970-01-01T00:00:00Z",
            "SourceDiskSize": 0,
            "RetentionDays": 0,
            "InstantAccess": False,
            "InstantAccessRetentionDays": 0,
            "FullSnapshotSizeInBytes": 0,
            "Progress": "0%",
            "Status": "progressing",
            "Available": True,
            "Usage": "disk",
            "Category": "archive",
        },
        # A region that the service does not have, and a time before all others.
        {
            "SnapshotId": "s-seed-far-away",
            "RegionId": "mars-north-1",
            "CreationTime": "0001-01-01T00:00:00Z",
            "Description": "",
            "SnapshotName": "",
            "Status": "accomplished",
        },
    ],
}


class Server:
    """A server over a database file, and requests to it."""

    def __init__(self, binary, database, log, *options):
        self.output = open(log, "w+", encoding="utf-8")
        # Whoever uses a server of their own has set these for it.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ECS_MOCK_")}
        command = [binary, "--listen", "127.0.0.1:0", "--database", database, *options]
        self.process = subprocess.Popen(command, stdout=self.output, stderr=subprocess.STDOUT, env=environment)
        self.url = None
        for _ in range(600):
            text = pathlib.Path(log).read_text("utf-8")
            if "listening on http://" in text:
                self.url = "http://" + text.split("listening on http://")[1].split()[0]
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        self.kill()
        raise SystemExit(f"the server did not start:\n{text}")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.output.close()

    def stop(self):
        """Stops it in order, so that the whole database is in its one file."""
        self.process.send_signal(signal.SIGTERM)
        result = self.process.wait(30)
        self.output.close()
        if result != 0:
            raise SystemExit(f"the server ended with {result}")

    def send(self, method, path, body=None, content_type=JSON):
        """Status and text of the answer; on this machine, and not through a proxy."""
        data = body.encode() if isinstance(body, str) else body and json.dumps(body).encode()
        headers = {"Content-Type": content_type} if data else {}
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=headers)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=30) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def call(self, method, path, body=None, content_type=JSON):
        """An answer of the control plane, which must not be a refusal."""
        status, text = self.send(method, f"/_mock/v1/sandboxes{path}", body, content_type)
        if status >= 300:
            raise SystemExit(f"{method} {path}: {status} {text}")
        return json.loads(text) if text else None


@contextlib.contextmanager
def serving(*arguments):
    server = Server(*arguments)
    try:
        yield server
        server.stop()
    finally:
        if server.process.poll() is None:
            server.kill()


def fill(server):
    """Everything that the database holds, but for nonces."""
    call = server.call

    # The seed's own sandbox, changed since, with keys of every kind.
    call("POST", "/default/access-keys", {"AccessKeyId": "plain", "AccessKeySecret": "plain-secret!~"})
    call("POST", "/default/access-keys", {"AccessKeyId": "off", "AccessKeySecret": "off-secret"})
    call("PATCH", "/default/access-keys/off", {"Status": "Inactive"})
    restricted = {"AccessKeyId": "restricted", "AccessKeySecret": "restricted-secret"}
    call("POST", "/default/access-keys", restricted | {"AllowedActions": ["ecs:Describe*", "ecs:CreateSnapshot"]})
    call("POST", "/default/access-keys", {"AccessKeyId": "useless", "AccessKeySecret": "x", "AllowedActions": []})
    temporary = {"AccessKeyId": "STS.temporary", "AccessKeySecret": "temporary-secret"}
    temporary |= {"SecurityToken": "CAIS+token/with=signs", "Expiration": "2099-01-01T00:00:00Z"}
    call("POST", "/default/access-keys", temporary)
    endless = {"AccessKeyId": "STS.endless", "AccessKeySecret": "endless-secret", "SecurityToken": "endless-token"}
    call("POST", "/default/access-keys", endless | {"Status": "Inactive", "AllowedActions": ["*"]})
    call("PATCH", "/default/snapshots/s-seed-bare", {"Description": "patched", "Tags": {"patched": "yes"}})

    # From the seed, ahead of the real time, with labels and a lifetime.
    labels = {"team": "storage", "说明": 'with "quotes"', "empty": ""}
    new = {"Name": "labelled", "AccessKeyId": "LTAI-labelled", "AccessKeySecret": "labelled-secret"}
    call("POST", "", new | {"From": "seed", "TtlSeconds": 2_000_000_000, "Labels": labels})
    call("POST", "/labelled/clock/advance", {"Seconds": 86_400})
    call("DELETE", "/labelled/snapshots/s-seed-pinned")

    # Frozen, with two checkpoints that differ from each other and from now in what they hold and in their clocks.
    call("POST", "", {"Name": "frozen", "AccessKeySecret": "frozen-secret", "From": "empty"})
    call("PUT", "/frozen/clock", {"Mode": "frozen", "Time": "2020-05-01T12:00:00Z"})
    first = [
        {"SnapshotId": "s-1", "CreationTime": "2020-05-01T11:00:00Z", "Tags": {"n": "1", "kept": "是"}},
        {"SnapshotId": "s-2", "CreationTime": "2020-05-01T11:30:00Z", "ReadyTime": "2020-05-01T12:30:00Z"},
        {"SnapshotId": "s-3", "CreationTime": "2020-05-01T11:00:00Z", "RegionId": "cn-beijing"},
    ]
    lines = "".join(json.dumps({"Snapshot": entry}) + "\n" for entry in first)
    call("PUT", "/frozen/state", lines, LINES)
    call("PUT", "/frozen/checkpoints/before")
    call("POST", "/frozen/clock/advance", {"Seconds": 3_600})
    call("PATCH", "/frozen/snapshots/s-1", {"Status": "failed", "Progress": "99%", "Tags": {"n": "2", "new": ""}})
    call("DELETE", "/frozen/snapshots/s-3")
    # Their ids are the server's choice, and the sequence goes on from there.
    for _ in range(2):
        call("POST", "/frozen/snapshots", {"SnapshotName": "under a generated id", "RegionId": "cn-beijing"})
    call("PUT", "/frozen/checkpoints/between.two-times_1")
    call("POST", "/frozen/clock/advance", {"Seconds": 60})
    call("POST", "/frozen/snapshots", {"SnapshotId": "s-4", "ExpirationTime": "2020-05-01T13:01:30Z"})
    call("PATCH", "/frozen/snapshots/s-2", {"Description": "later"})

    # A fork of a checkpoint, with a clock that runs faster than the real one; the checkpoint's stands still.
    fork = {"Sandbox": "frozen", "Checkpoint": "before"}
    new = {"Name": "scaled", "AccessKeySecret": "scaled-secret", "From": fork, "TtlSeconds": 2_147_483_647}
    call("POST", "", new)
    call("PUT", "/scaled/checkpoints/still")
    since = {"Time": "2030-01-01T00:00:00Z", "Since": "2020-01-01T00:00:00Z"}
    call("PUT", "/scaled/clock", {"Mode": "scaled", "Rate": 2.5} | since)
    call("POST", "/scaled/snapshots", {"SnapshotId": "s-5", "CreationTime": "2040-01-01T00:00:00Z"})
    call("POST", "/scaled/access-keys", {"AccessKeyId": "LTAI-scaled", "AccessKeySecret": "second-secret"})

    # Nothing in it, by the real clock, under a name that another one's key could have; and no key leads there any more.
    call("POST", "", {"Name": "plain", "AccessKeyId": "gone", "AccessKeySecret": "x", "From": "empty"})
    call("DELETE", "/plain/access-keys/gone")


def send_signed(server, number, key, secret, expected, **parameters):
    """Sends a request that is signed in the first of the service's ways."""
    parameters |= {
        "Action": "DescribeSnapshots",
        "Version": "2014-05-26",
        "Format": "JSON",
        "RegionId": "cn-hangzhou",
        "AccessKeyId": key,
        "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0",
        "SignatureNonce": f"nonce-{number}",
        "Timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    encoded = {name: quote(value, safe="-_.~") for name, value in parameters.items()}
    query = "&".join(f"{name}={value}" for name, value in sorted(encoded.items()))
    text = f"GET&%2F&{quote(query, safe='-_.~')}"
    digest = hmac.new(f"{secret}&".encode(), text.encode(), hashlib.sha1).digest()
    signature = quote(base64.b64encode(digest), safe="")
    status, reply = server.send("GET", f"/?{query}&Signature={signature}")
    if status != expected:
        raise SystemExit(f"a request signed with {key}: {status} instead of {expected}: {reply}")


def use_nonces(server):
    for number in range(3):
        send_signed(server, number, "testid", "testsecret", 200)
    # Used, if by another key.
    send_signed(server, 0, "plain", "plain-secret!~", 200)
    send_signed(server, 0, "plain", "plain-secret!~", 400)
    send_signed(server, 3, "restricted", "restricted-secret", 200)
    # The signature is right, so the nonce counts as used; then it is seen that the key permits nothing.
    send_signed(server, 4, "useless", "x", 403)
    send_signed(server, 5, "STS.temporary", "temporary-secret", 200, SecurityToken="CAIS+token/with=signs")
    send_signed(server, 6, "LTAI-scaled", "second-secret", 200)
    # These are not.
    send_signed(server, 7, "off", "off-secret", 400)
    send_signed(server, 8, "plain", "wrong", 400)


# Of these requests: all that were right as far as the signature.
NONCES = 8


def without(value, *names):
    return {name: part for name, part in value.items() if name not in names}


def described(server):
    """What the server says of all sandboxes, as long as nothing is changed."""
    sandboxes = {}
    for sandbox in server.call("GET", "")["Sandboxes"]:
        path = f"/{sandbox['Name']}"
        checkpoints = server.call("GET", f"{path}/checkpoints")["Checkpoints"]
        names = [checkpoint["Name"] for checkpoint in checkpoints]
        sandboxes[sandbox["Name"]] = {
            "Sandbox": without(server.call("GET", path), "LastUsedTime"),
            "AccessKeys": server.call("GET", f"{path}/access-keys?show-secrets=true")["AccessKeys"],
            "Clock": without(server.call("GET", f"{path}/clock"), "Now"),
            "State": server.call("GET", f"{path}/state"),
            "Checkpoints": checkpoints,
            "Diffs": {name: server.call("GET", f"{path}/diff?from={name}&to=now") for name in names},
        }
    return sandboxes


def next_ids(server, path):
    entry = {"RegionId": "cn-hangzhou"}
    return [server.call("POST", f"{path}/snapshots", entry)["SnapshotId"] for _ in range(2)]


def describe_what_follows(server, sandboxes):
    """What is seen only of a change."""
    for name, sandbox in sandboxes.items():
        path = f"/{name}"
        sandbox["NextIds"] = next_ids(server, path)
        sandbox["Restored"] = {}
        for checkpoint in sandbox["Diffs"]:
            server.call("POST", f"{path}/checkpoints/{checkpoint}/restore")
            clock = without(server.call("GET", f"{path}/clock"), "Now")
            sandbox["Restored"][checkpoint] = {"Clock": clock, "NextIds": next_ids(server, path)}


def look_into(database):
    """Whether it is what this script promises."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        def ask(statement):
            return connection.execute(statement).fetchall()

        [(version,)] = ask("SELECT max(version) FROM refinery_schema_history")
        [(nonces,)] = ask("SELECT count(*) FROM nonce")
        [(check,)] = ask("PRAGMA integrity_check")
        names = [column[1] for column in ask("PRAGMA table_info(snapshot)")]
        empty = [name for name in names if ask(f"SELECT count({name}) FROM snapshot") == [(0,)]]
        if (version, nonces, check, empty, ask("PRAGMA foreign_key_check")) != (VERSION, NONCES, "ok", [], []):
            raise SystemExit(f"version {version}, {nonces} nonces, {check}, nowhere set: {empty}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", help="a server of that version")
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made, copied, seed, log = (pathlib.Path(folder, name) for name in ("v4.db", "copy.db", "seed.json", "log"))
        seed.write_text(json.dumps(SEED), "utf-8")
        common = [log, "--seed", seed, "--auth", "enforce"]
        with serving(arguments.binary, made, *common) as server:
            fill(server)
            use_nonces(server)
            before = described(server)
        if pathlib.Path(f"{made}-wal").exists():
            raise SystemExit("the server left a log behind")
        look_into(made)
        shutil.copy(made, copied)
        # From here on on a copy. The server is started once more, so that what it says is what the database says.
        with serving(arguments.binary, copied, *common) as server:
            after = described(server)
            if after != before:
                raise SystemExit("after a restart, the server says something else")
            describe_what_follows(server, after)
        text = json.dumps(after, ensure_ascii=False, indent=2, sort_keys=True)
        shutil.copy(made, arguments.folder / "v4.db")
        (arguments.folder / "v4.json").write_text(text + "\n", "utf-8")
    size = (arguments.folder / "v4.db").stat().st_size
    print(f"{len(after)} sandboxes, {size} bytes of database, {len(text.encode())} bytes of JSON")


if __name__ == "__main__":
    main()
