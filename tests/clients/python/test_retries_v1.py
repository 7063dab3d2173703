"""What aliyun-python-sdk-core sends again by itself, and what comes of it."""

import json

import pytest
from aliyunsdkcore.acs_exception.exceptions import ClientException, ServerException
from aliyunsdkcore.client import AcsClient
from aliyunsdkecs.request.v20140526.CreateSnapshotRequest import CreateSnapshotRequest
from aliyunsdkecs.request.v20140526.DeleteSnapshotRequest import DeleteSnapshotRequest
from aliyunsdkecs.request.v20140526.DescribeSnapshotGroupsRequest import DescribeSnapshotGroupsRequest
from aliyunsdkecs.request.v20140526.DescribeSnapshotsRequest import DescribeSnapshotsRequest

from conftest import FAULTS


@pytest.fixture
def send(host, sandbox):
    """Sends a request and gives the reply, or the SDK's exception."""

    def send(request, **settings):
        request.set_endpoint(host)
        request.set_protocol_type("http")
        client = AcsClient(*sandbox.key, "cn-hangzhou", **settings)
        try:
            return json.loads(client.do_action_with_exception(request))
        except (ClientException, ServerException) as error:
            return error

    return send


def create(client_token=None):
    request = CreateSnapshotRequest()
    request.set_DiskId("d-web")
    if client_token:
        request.set_ClientToken(client_token)
    return request


def delete():
    request = DeleteSnapshotRequest()
    request.set_SnapshotId("s-1")
    return request


@pytest.mark.parametrize("fault", ["Throttling", "503", "reset", "empty"])
@pytest.mark.parametrize(
    ("request_of", "attempts"),
    [
        (DescribeSnapshotsRequest, 4),
        (create, 4),
        # Not on the SDK's list: what deletes or modifies, and what is newer than the list.
        (delete, 1),
        (DescribeSnapshotGroupsRequest, 1),
    ],
    ids=["DescribeSnapshots", "CreateSnapshot", "DeleteSnapshot", "DescribeSnapshotGroups"],
)
def test_three_more_times_if_the_action_is_on_the_list(sandbox, send, fault, request_of, attempts):
    sandbox.plan(**FAULTS[fault])
    request = request_of()
    assert isinstance(send(request), (ClientException, ServerException))
    assert sandbox.attempts(request.get_action_name()) == attempts


@pytest.mark.parametrize("request_of", [DescribeSnapshotsRequest, create], ids=["DescribeSnapshots", "CreateSnapshot"])
def test_never_throttling_user(sandbox, send, request_of):
    """The SDK's list has the code Throttling, to the letter."""
    sandbox.plan(**FAULTS["Throttling.User"])
    request = request_of()
    assert send(request).get_error_code() == "Throttling.User"
    assert sandbox.attempts(request.get_action_name()) == 1


def test_as_often_as_one_says(sandbox, send):
    sandbox.plan(**FAULTS["503"])
    send(DescribeSnapshotsRequest(), max_retry_time=1)
    assert sandbox.attempts("DescribeSnapshots") == 2
    send(DescribeSnapshotsRequest(), auto_retry=False)
    assert sandbox.attempts("DescribeSnapshots") == 3


def test_what_succeeds_at_last_is_the_reply(sandbox, send):
    sandbox.plan(**FAULTS["503"], Times=2)
    assert send(DescribeSnapshotsRequest())["TotalCount"] == 0
    assert sandbox.attempts("DescribeSnapshots") == 3


@pytest.mark.parametrize("connection", ["reset", "empty"])
def test_a_lost_answer_makes_a_second_snapshot_unless_there_is_a_client_token(sandbox, send, connection):
    """The SDK sends CreateSnapshot again, and puts no ClientToken in by itself."""
    lost = {"Match": {"Action": "CreateSnapshot"}, "Times": 1, "When": "after", "Effect": {"Connection": connection}}

    sandbox.plan(**lost)
    made = send(create(client_token="once"))
    [snapshot] = sandbox.snapshots()
    assert (snapshot["SnapshotId"], sandbox.attempts("CreateSnapshot")) == (made["SnapshotId"], 2)

    sandbox.call("DELETE", "/snapshots/" + made["SnapshotId"])
    sandbox.plan(**lost)
    made = send(create())
    assert sandbox.attempts("CreateSnapshot") == 4
    assert len(sandbox.snapshots()) == 2
    assert made["SnapshotId"] in {snapshot["SnapshotId"] for snapshot in sandbox.snapshots()}
