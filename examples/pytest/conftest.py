"""A sandbox of its own for every test: nothing that one test does can be seen by another, on any worker or machine."""

import hashlib
import os
import re
from urllib.parse import urlsplit

import pytest
import requests
from alibabacloud_ecs20140526.client import Client
from alibabacloud_ecs20140526.models import DescribeSnapshotsRequest
from alibabacloud_tea_openapi.utils_models import Config

URL = os.environ.get("ECS_MOCK_URL", "http://127.0.0.1:4590").rstrip("/")
TOKEN = os.environ.get("ECS_MOCK_ADMIN_TOKEN")

# A run that is killed does not clean up; the server then does.
TTL_SECONDS = 3600


class ControlPlane:
    """The REST API that shapes what the mock answers."""

    def __init__(self):
        self.session = requests.Session()
        if TOKEN:
            self.session.headers["Authorization"] = f"Bearer {TOKEN}"

    def __call__(self, method, path, **options):
        """Calls it, and gives the data of the reply; a problem fails the test with the server's own words."""
        reply = self.session.request(method, f"{URL}/_mock/v1/{path}", timeout=30, **options)
        assert reply.ok, f"{method} {path}: {reply.status_code} {reply.text}"
        return reply.json() if reply.content else None


class Sandbox:
    """One sandbox: what is in it, its checkpoints, its clock, and an SDK client that sees it and nothing else."""

    def __init__(self, control_plane, name, **options):
        self.name = name
        self._control_plane = control_plane
        made = control_plane("POST", "sandboxes", json={"Name": name, "TtlSeconds": TTL_SECONDS, **options})
        server = urlsplit(URL)
        # The access key selects the sandbox; beside the endpoint, nothing else differs from the real service.
        self.client = Client(
            Config(
                endpoint=server.netloc,
                protocol=server.scheme,
                access_key_id=made["AccessKeyId"],
                access_key_secret=made["AccessKeySecret"],
            )
        )

    def __call__(self, method, path="", **options):
        """Calls a path of the control plane under this sandbox."""
        return self._control_plane(method, f"sandboxes/{self.name}/{path}".rstrip("/"), **options)

    def describe(self, region_id, **parameters):
        """DescribeSnapshots by the SDK; the parameters are those of its request class."""
        request = DescribeSnapshotsRequest(region_id=region_id, **parameters)
        return self.client.describe_snapshots(request).body

    def state(self):
        """All that it holds, as a state document."""
        return self("GET", "state")

    def seed(self, document):
        """Replaces all that it holds by a state document."""
        return self("PUT", "state", json=document)

    def patch(self, snapshot_id, **fields):
        """Changes fields of a snapshot; None takes one back."""
        return self("PATCH", f"snapshots/{snapshot_id}", json=fields)

    def reset(self, to):
        """Starts over from `empty`, `seed` or a checkpoint."""
        self("POST", "reset", params={"to": to})

    def save(self, checkpoint):
        self("PUT", f"checkpoints/{checkpoint}")

    def restore(self, checkpoint):
        self("POST", f"checkpoints/{checkpoint}/restore")

    def diff(self, since, to="now", kind="Snapshots"):
        """What was added, removed and changed of a kind between two checkpoints, or a checkpoint and now."""
        reply = self("GET", "diff", params={"from": since, "to": to})
        others = reply.pop("Kinds")
        return reply if kind == "Snapshots" else others[kind]

    def freeze(self, time):
        """Stops its clock at a time."""
        self("PUT", "clock", json={"Mode": "frozen", "Time": time})

    def advance(self, seconds):
        """Moves its clock."""
        self("POST", "clock/advance", json={"Seconds": seconds})

    def plan(self, action, effect, **fault):
        """Has something go wrong with the calls of an action, once unless it says otherwise."""
        self("POST", "faults", json={"Match": {"Action": action}, "Effect": effect, "Times": 1, **fault})

    def verify(self, action, count, **parameters):
        """Asserts how often it was asked for an action, with these parameters; None stands for one that is not there."""
        question = {"Action": action, "Parameters": parameters, "Count": count}
        verified = self("POST", "requests/verify", json=question)
        assert verified["Result"] == "yes", verified

    def delete(self):
        self("DELETE")


@pytest.fixture(scope="session")
def control_plane():
    return ControlPlane()


@pytest.fixture
def new_sandbox(control_plane, request, worker_id, testrun_uid):
    """Makes sandboxes with unique names, which say whose they are, and deletes them after the test."""
    # The readable part may be cut off, so the digest is what tells two tests apart.
    digest = hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:8]
    readable = re.sub(r"[^A-Za-z0-9]+", "-", request.node.name)[:30].strip("-")
    made = []

    def new_sandbox(**options):
        name = f"{readable}-{digest}-{worker_id}-{testrun_uid[:8]}-{len(made)}"
        made.append(Sandbox(control_plane, name, **options))
        return made[-1]

    yield new_sandbox
    for sandbox in made:
        sandbox.delete()


@pytest.fixture
def sandbox(new_sandbox):
    """An empty sandbox; its clock is the real one until it is set."""
    return new_sandbox(From="empty")
