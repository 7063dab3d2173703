"""What alibabacloud_ecs20140526 sends again, with and without retry options."""

import pytest
from alibabacloud_ecs20140526 import models
from alibabacloud_ecs20140526.client import Client
from alibabacloud_tea_openapi.utils_models import Config
from darabonba.policy.retry import RetryCondition, RetryOptions
from darabonba.runtime import RuntimeOptions

from conftest import FAULTS


@pytest.fixture
def client(host, sandbox):
    """A client of the sandbox, with these retry options."""

    def client(**options):
        keys = dict(zip(("access_key_id", "access_key_secret"), sandbox.key))
        retry_options = RetryOptions(retryable=True, retry_condition=[RetryCondition(**options)]) if options else None
        return Client(Config(endpoint=host, protocol="http", retry_options=retry_options, **keys))

    return client


def describe(client, runtime=None):
    request = models.DescribeSnapshotsRequest(region_id="cn-hangzhou")
    return client.describe_snapshots_with_options(request, runtime or RuntimeOptions()).body


def failed(client, runtime=None):
    """The name of the SDK's exception, and the server's code in it."""
    with pytest.raises(Exception) as caught:
        describe(client, runtime)
    return getattr(caught.value, "name", type(caught.value).__name__), getattr(caught.value, "code", None)


@pytest.mark.parametrize("fault", FAULTS)
def test_nothing_without_retry_options(sandbox, client, fault):
    """The options of one call, which say so, are not what the SDK goes by."""
    sandbox.plan(**FAULTS[fault])
    failed(client())
    failed(client(), RuntimeOptions(autoretry=True, max_attempts=3))
    assert sandbox.attempts("DescribeSnapshots") == 2


@pytest.mark.parametrize("fault", ["Throttling", "Throttling.User"])
def test_throttling_by_the_time_that_the_server_gives(sandbox, client, fault):
    sandbox.plan(**FAULTS[fault])
    retrying = client(max_attempts=3, exception=["ThrottlingException"])
    # Without a time it is an exception of another name.
    assert failed(retrying) == ("ClientException", fault)
    assert sandbox.attempts("DescribeSnapshots") == 1

    sandbox.call("DELETE", "/faults")
    code = {"Code": fault, "RetryAfterMs": 300}
    sandbox.plan(**{**FAULTS[fault], "Effect": {"Throttling": code}})
    assert failed(retrying) == ("ThrottlingException", fault)
    assert sandbox.attempts("DescribeSnapshots") == 4
    waits = sandbox.waits("DescribeSnapshots")[1:]
    assert len(waits) == 2 and all(0.25 <= wait < 2 for wait in waits), waits


@pytest.mark.parametrize(
    ("fault", "condition"),
    [
        ("Throttling", {"error_code": ["Throttling"]}),
        ("Throttling.User", {"error_code": ["Throttling.User"]}),
        ("503", {"exception": ["ServerException"]}),
        ("reset", {"exception": ["RetryError"]}),
        ("empty", {"exception": ["RetryError"]}),
    ],
)
def test_what_the_options_name(sandbox, client, fault, condition):
    sandbox.plan(**FAULTS[fault])
    failed(client(max_attempts=3, **condition))
    assert sandbox.attempts("DescribeSnapshots") == 3
    # It tells the server, which remembers.
    assert [entry.get("RetryAttempts") for entry in sandbox.requests("DescribeSnapshots")] == [None, 1, 2]


@pytest.mark.parametrize("connection", ["reset", "empty"])
def test_a_client_token_makes_one_snapshot_of_two_attempts(sandbox, client, connection):
    lost = {"Match": {"Action": "CreateSnapshot"}, "Times": 1, "When": "after", "Effect": {"Connection": connection}}
    sandbox.plan(**lost)
    request = models.CreateSnapshotRequest(disk_id="d-web", client_token="once")
    made = client(max_attempts=3, exception=["RetryError"]).create_snapshot(request).body
    assert sandbox.attempts("CreateSnapshot") == 2
    assert [snapshot["SnapshotId"] for snapshot in sandbox.snapshots()] == [made.snapshot_id]
