"""What both suites share: where the server is, the cases of cases.json as arguments of tests, and keys of one's own."""

import datetime
import json
import os
import pathlib
import urllib.request
import uuid

import pytest

CASES = json.loads(pathlib.Path(os.environ["ECS_MOCK_CASES"]).read_text("utf-8"))

# What goes wrong with every call, for as long as it is planned.
FAULTS = {
    "Throttling": {"Match": {"Action": "*"}, "Effect": {"Code": "Throttling", "Status": 400, "Message": "Too many."}},
    "Throttling.User": {"Match": {"Action": "*"}, "Effect": {"Throttling": {}}},
    "503": {"Match": {"Action": "*"}, "Effect": {"Code": "ServiceUnavailable"}},
    "reset": {"Match": {"Action": "*"}, "Effect": {"Connection": "reset"}},
    "empty": {"Match": {"Action": "*"}, "Effect": {"Connection": "empty"}},
}

ARGUMENTS = {"filter_case": "filters", "error_case": "errors", "snapshot_case": "snapshots"}


def pytest_generate_tests(metafunc):
    """A test with one of the ARGUMENTS runs once for each case of that section."""
    for argument, section in ARGUMENTS.items():
        if argument in metafunc.fixturenames:
            name = "SnapshotId" if section == "snapshots" else "name"
            metafunc.parametrize(argument, CASES[section], ids=lambda case: case[name])


@pytest.fixture(scope="session")
def host():
    """The server's host and port."""
    return os.environ["ECS_MOCK_HOST"]


@pytest.fixture
def refusal():
    """Status, code and message of a refusal of cases.json."""
    return lambda name: tuple(CASES["refusals"][name][field] for field in ("status", "code", "message"))


@pytest.fixture
def an_hour_ago():
    return (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def nonce():
    """One that the server has not seen."""
    return str(uuid.uuid4())


@pytest.fixture
def access_key(host):
    """Makes a key through the control plane, of a random id and secret, for the length of the test."""
    url = f"http://{host}/_mock/v1/sandboxes/default/access-keys"
    keys = []

    def access_key(**fields):
        request = urllib.request.Request(url, json.dumps(fields).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as response:
            keys.append(json.load(response))
        return keys[-1]["AccessKeyId"], keys[-1]["AccessKeySecret"]

    yield access_key
    for key in keys:
        urllib.request.urlopen(urllib.request.Request(f"{url}/{key['AccessKeyId']}", method="DELETE")).close()


class Sandbox:
    """A sandbox of one's own, and the control plane below it."""

    def __init__(self, host, **fields):
        self.sandboxes = f"http://{host}/_mock/v1/sandboxes"
        self.name = str(uuid.uuid4())
        created = self.send("POST", "", {"Name": self.name, "From": "empty", **fields})
        self.key = created["AccessKeyId"], created["AccessKeySecret"]

    def send(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.sandboxes + path, data, headers, method=method)
        with urllib.request.urlopen(request) as response:
            text = response.read()
        return json.loads(text) if text else None

    def call(self, method, path, body=None):
        return self.send(method, f"/{self.name}{path}", body)

    def advance(self, seconds):
        """Moves its clock, which brings snapshots along that are being made."""
        self.call("POST", "/clock/advance", {"Seconds": seconds})

    def plan(self, **fault):
        """Plans what is to go wrong."""
        self.call("POST", "/faults", fault)

    def attempts(self, action):
        """How often it was asked for an action."""
        return self.call("POST", "/requests/verify", {"Action": action})["Matching"]

    def requests(self, action):
        """What it remembers of them, oldest first."""
        return self.call("GET", f"/requests?Action={action}")["Requests"]

    def waits(self, action):
        """Seconds between each of them and the next."""
        times = [datetime.datetime.fromisoformat(entry["Time"]) for entry in self.requests(action)]
        return [(later - earlier).total_seconds() for earlier, later in zip(times, times[1:])]

    def snapshots(self):
        return self.call("GET", "/snapshots")["Snapshots"]


@pytest.fixture
def sandbox(host):
    """One with the state of cases.json, for the length of the test. Its clock stands; a snapshot takes two seconds."""
    sandbox = Sandbox(host, Clock={"Mode": "frozen"}, Settings={"SnapshotSeconds": 2})
    sandbox.call("POST", "/state", CASES["state"])
    yield sandbox
    sandbox.call("DELETE", "")
