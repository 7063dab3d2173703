"""Kills the server while clients of the cloud plane write, and sees what became of their calls.

    calls.py path/to/ecs-mock [--seconds N] [--seed N] [--folder FOLDER]

Each client has a sandbox of its own and a model of what was answered to it: snapshots, disks and images that it made, their tags,
which instance a disk is attached to, and which disks a policy has. In the middle of that comes kill -9. After the next start all that was answered is there,
and of the one call that was under way all or nothing; if that had a ClientToken, it is sent once more, and then there is one
resource and no second. Now and then the same call is sent twice at one moment, on two connections: that makes one resource, too.
A call that is refused has changed nothing.
"""

import dataclasses
import json
import random
import threading
import time
from urllib.parse import urlencode

from checks import main
from servers import Connection, Gone, Server
from stress import Mismatch

CLIENTS = 6
# Seconds from the first call of a cycle to the kill.
MOMENTS = (0.05, 0.6)
DOCUMENT = {
    "RegionId": "cn-hangzhou",
    "Instances": [{"InstanceId": "i-1"}],
    "Disks": [
        {"DiskId": "d-1", "Category": "cloud_essd", "Type": "system", "Size": 20, "InstanceId": "i-1"},
        {"DiskId": "d-2", "Category": "cloud_essd", "Size": 20, "InstanceId": "i-1"},
    ],
    # Over, so that it makes no snapshots of its own.
    "AutoSnapshotPolicies": [{"AutoSnapshotPolicyId": "sp-1", "Status": "Expire"}],
    "Settings": {"SnapshotSeconds": 0, "ManualSnapshotsPerDisk": 1000000},
}


@dataclasses.dataclass
class Held:
    """What a sandbox holds as far as its client was told: tags by id, of disks the instance, and the disks of the policy."""

    snapshots: dict
    disks: dict
    images: dict
    automated: set

    def copy(self):
        return Held(dict(self.snapshots), dict(self.disks), dict(self.images), set(self.automated))

    def delete_disk(self, disk):
        del self.disks[disk]
        self.automated.discard(disk)


def held(state):
    """The same of an export."""

    def tags(entry):
        return tuple(sorted(entry.get("Tags", {}).items()))

    return Held(
        {entry["SnapshotId"]: tags(entry) for entry in state.get("Snapshots", [])},
        {entry["DiskId"]: (tags(entry), entry.get("InstanceId")) for entry in state.get("Disks", [])},
        {entry["ImageId"]: tags(entry) for entry in state.get("Images", [])},
        set(state["AutoSnapshotPolicies"][0].get("DiskIds", [])),
    )


class Client:
    def __init__(self, number, seed, checks):
        self.name = f"client-{number}"
        self.random = random.Random(f"{seed}/{number}")
        self.checks = checks
        self.held = Held({}, {}, {}, set())
        # The call that may or may not have been carried out.
        self.pending = None
        self.tokens = 0
        self.answered = self.refused = self.twice = 0

    def next(self):
        """An action, its parameters, the field of the answer that names what it made, and what it does to `held`."""
        choose, model = self.random, self.held
        snapshots, images = sorted(model.snapshots), sorted(model.images)
        loose = [disk for disk, (_, instance) in sorted(model.disks.items()) if instance is None]
        bound = [disk for disk, (_, instance) in sorted(model.disks.items()) if disk not in ("d-1", "d-2") and instance]
        value = f"v{choose.randrange(1000)}"
        tag, tags = {"Tag.1.Key": "k", "Tag.1.Value": value}, (("k", value),)
        region = {"RegionId": "cn-hangzhou"}
        calls = [("CreateSnapshot", {"DiskId": "d-1"} | tag, "SnapshotId", lambda to, made: to.snapshots.update({made: tags}))] * 4
        calls += [
            (
                "CreateDisk",
                region | {"ZoneId": "cn-hangzhou-h", "DiskCategory": "cloud_essd", "Size": 20} | tag,
                "DiskId",
                lambda to, made: to.disks.update({made: (tags, None)}),
            )
        ]
        if snapshots:
            one = choose.choice(snapshots)
            calls += [
                (
                    "CopySnapshot",
                    region | {"SnapshotId": one, "DestinationRegionId": "cn-beijing", "DestinationSnapshotName": "copy"} | tag,
                    "SnapshotId",
                    lambda to, made: to.snapshots.update({made: tags}),
                ),
                (
                    "CreateImage",
                    region | {"SnapshotId": one, "ImageName": f"image-{self.tokens}"} | tag,
                    "ImageId",
                    lambda to, made: to.images.update({made: tags}),
                ),
                (
                    "TagResources",
                    region | {"ResourceType": "snapshot", "ResourceId.1": one} | tag,
                    None,
                    lambda to, _: to.snapshots.update({one: tags}),
                ),
                ("DeleteSnapshot", {"SnapshotId": one, "Force": "true"}, None, lambda to, _: to.snapshots.pop(one)),
            ]
        if loose:
            disk = choose.choice(loose)
            kept = model.disks[disk][0]
            attach = {"DiskId": disk, "InstanceId": "i-1"}
            calls += [
                ("AttachDisk", attach, None, lambda to, _: to.disks.update({disk: (kept, "i-1")})),
                ("DeleteDisk", {"DiskId": disk}, None, lambda to, _: to.delete_disk(disk)),
            ]
        if bound:
            attached = choose.choice(bound)
            before = model.disks[attached][0]
            detach = {"DiskId": attached, "InstanceId": "i-1"}
            calls += [("DetachDisk", detach, None, lambda to, _: to.disks.update({attached: (before, None)}))]
        automated = choose.choice(sorted(model.disks))
        policy = {"regionId": "cn-hangzhou", "autoSnapshotPolicyId": "sp-1", "diskIds": json.dumps([automated])}
        calls += [
            ("ApplyAutoSnapshotPolicy", policy, None, lambda to, _: to.automated.add(automated)),
            ("CancelAutoSnapshotPolicy", policy, None, lambda to, _: to.automated.discard(automated)),
        ]
        if images:
            image = choose.choice(images)
            calls += [("DeleteImage", region | {"ImageId": image}, None, lambda to, _: to.images.pop(image))]
        action, parameters, field, effect = choose.choice(calls)
        if field:
            self.tokens += 1
            parameters = parameters | {"ClientToken": f"{self.name}-{self.tokens}"}
        return action, parameters, field, effect

    def path(self, action, parameters):
        return "/?" + urlencode({"Action": action, "Format": "JSON", "AccessKeyId": self.name} | parameters)

    def send(self, connection, call):
        """The answer of a call that was carried out, None of one that was refused."""
        action, parameters, *_ = call
        status, text = connection.send("POST", self.path(action, parameters))
        if not text:
            # Its first line came, and the rest was lost.
            raise Gone(True)
        self.checks.check("no call is answered with 5xx", status < 500, f"{action} {parameters}: {status} {text}")
        return json.loads(text) if status == 200 else None

    def work(self, netloc):
        """Until the server is gone."""
        connection = Connection(netloc)
        while True:
            call = self.next()
            action, parameters, field, effect = call
            self.pending = call
            try:
                if field and self.random.random() < 0.1:
                    answer = self.send_twice(netloc, call)
                else:
                    answer = self.send(connection, call)
            except Gone as gone:
                if not gone.is_sent:
                    self.pending = None
                return
            self.pending = None
            if answer is None:
                self.refused += 1
            else:
                self.answered += 1
                effect(self.held, answer.get(field) if field else None)

    def send_twice(self, netloc, call):
        """The same call on two connections at one moment."""
        answers, barrier = [None, None], threading.Barrier(2)

        def one(place):
            connection = Connection(netloc)
            barrier.wait()
            try:
                answers[place] = self.send(connection, call)
            except Gone as gone:
                answers[place] = gone

        threads = [threading.Thread(target=one, args=(place,)) for place in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if any(isinstance(answer, Gone) for answer in answers):
            raise Gone(True)
        self.twice += 1
        made = [answer and answer[call[2]] for answer in answers]
        self.checks.expect("two calls with one token at one moment make one", made[1], made[0])
        return answers[0]

    def settle(self, netloc):
        """After a start: what was answered is there, and of what was under way all or nothing."""
        connection = Connection(netloc)
        found = held(connection.get(f"/{self.name}/state"))
        if self.pending is None:
            self.checks.expect("all that was answered is there, and nothing else", found, self.held)
        else:
            action, parameters, field, effect = self.pending
            if field:
                # It may have been carried out or not; sent again, it makes what it made then, or makes it now.
                before = found
                answer = self.send(connection, self.pending)
                found = held(connection.get(f"/{self.name}/state"))
                expected = self.held.copy()
                if answer is not None:
                    effect(expected, answer[field])
                self.checks.expect(f"{action}, sent again with its token, makes one", found, expected)
                told = f"{before} is neither {self.held} nor {expected}"
                self.checks.check("an interrupted call leaves all or nothing", before in (self.held, expected), told)
            else:
                done = self.held.copy()
                effect(done, None)
                told = f"{action} {parameters}: {found} is neither {self.held} nor {done}"
                self.checks.check("an interrupted call leaves all or nothing", found in (self.held, done), told)
        self.pending, self.held = None, found


def prove(arguments, folder, checks):
    deadline = time.monotonic() + arguments.seconds
    moments = random.Random(arguments.seed)
    clients = [Client(number, arguments.seed, checks) for number in range(CLIENTS)]
    database, cycles = folder / "calls.db", 0
    server = Server(arguments.binary, database, "none", folder / "first.log").wait()
    connection = Connection(server.netloc)
    for client in clients:
        made = json.dumps({"Name": client.name, "From": "empty"})
        if connection.send("POST", "/_mock/v1/sandboxes", made)[0] != 201:
            raise Mismatch(f"{client.name} could not be made")
        status, text = connection.send("PUT", f"/_mock/v1/sandboxes/{client.name}/state", json.dumps(DOCUMENT))
        if status != 200:
            raise Mismatch(f"its document is refused: {text}")
        client.held = held(connection.get(f"/{client.name}/state"))
    while True:
        threads = [threading.Thread(target=client.work, args=(server.netloc,)) for client in clients]
        for thread in threads:
            thread.start()
        time.sleep(moments.uniform(*MOMENTS))
        server.kill()
        for thread in threads:
            thread.join()
        cycles += 1
        server = Server(arguments.binary, database, "none", folder / f"{cycles}.log").wait()
        for client in clients:
            client.settle(server.netloc)
        if time.monotonic() > deadline or checks.failed:
            break
    server.stop()
    answered, refused, twice = (sum(getattr(client, name) for client in clients) for name in ("answered", "refused", "twice"))
    print(f"{cycles} kills, {answered} calls answered, {refused} refused, {twice} sent twice at one moment")
    checks.check("calls are answered, and some twice", answered > cycles and twice > 0)


if __name__ == "__main__":
    main(__doc__, prove, seconds=20.0, seed=1)
