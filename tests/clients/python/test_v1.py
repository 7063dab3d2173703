"""aliyun-python-sdk-ecs, the old SDK: signature V1, typed requests, replies as text in JSON or XML."""

import importlib
import json
import re
import xml.etree.ElementTree as ElementTree

import pytest
from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.auth.credentials import StsTokenCredential
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.utils import parameter_helper

# The SDK calls the only way to a reply in XML deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

CLIENT = AcsClient("testid", "testsecret", "cn-qingdao")


@pytest.fixture(params=["JSON", "XML"])
def accept_format(request):
    return request.param


@pytest.fixture
def request_of(host, accept_format):
    """A typed request by parameters under the API's names."""

    def request_of(parameters, action="DescribeSnapshots"):
        # Each class is in a module of its own, of the same name.
        name = f"{action}Request"
        request = getattr(importlib.import_module(f"aliyunsdkecs.request.v20140526.{name}"), name)()
        request.set_endpoint(host)
        # Some requests, the newer ones, go by HTTPS unless one says otherwise.
        request.set_protocol_type("http")
        request.set_accept_format(accept_format)
        for name, value in parameters.items():
            if name == "Filter":
                for number, condition in enumerate(value, start=1):
                    getattr(request, f"set_Filter{number}Key")(condition["Key"])
                    getattr(request, f"set_Filter{number}Value")(condition["Value"])
            elif isinstance(value, list):
                getattr(request, f"set_{name}s")(value)
            elif hasattr(request, f"set_{name}"):
                getattr(request, f"set_{name}")(value)
            else:
                request.add_query_param(name, value)
        return request

    return request_of


@pytest.fixture
def describe(request_of, accept_format):
    """DescribeSnapshots; gives the reply as data, which in XML is all text."""

    def describe(client=CLIENT, **parameters):
        request = request_of(parameters)
        if accept_format == "JSON":
            return json.loads(client.do_action_with_exception(request))
        status, _, body = client.get_response(request)
        assert status == 200
        return data(root(body, "DescribeSnapshotsResponse"))

    return describe


@pytest.fixture
def refused(request_of, accept_format):
    """DescribeSnapshots that fails; gives status, code and message."""

    def refused(client=CLIENT, **parameters):
        request = request_of(parameters)
        if accept_format == "JSON":
            with pytest.raises(ServerException) as caught:
                client.do_action_with_exception(request)
            return caught.value.get_http_status(), caught.value.get_error_code(), caught.value.get_error_msg()
        # The SDK makes no exception of an error in XML, it hands the reply over.
        status, _, body = client.get_response(request)
        error = root(body, "Error")
        return status, error.findtext("Code"), error.findtext("Message")

    return refused


@pytest.fixture
def scalar(accept_format):
    """A number or a boolean as the reply shows it."""
    return {"JSON": lambda value: value, "XML": lambda value: json.dumps(value)}[accept_format]


def root(body, name):
    element = ElementTree.fromstring(body)
    assert element.tag == name
    return element


def data(element):
    """The data that JSON would show, but for numbers and booleans."""
    if element.tag in ("Snapshots", "Tags"):
        return {element.tag.removesuffix("s"): [data(entry) for entry in element]}
    return {child.tag: data(child) for child in element} or element.text or ""


def ids(reply):
    return [snapshot["SnapshotId"] for snapshot in reply["Snapshots"]["Snapshot"]]


def snapshot(describe, region_id, snapshot_id):
    [snapshot] = describe(RegionId=region_id, SnapshotIds=json.dumps([snapshot_id]))["Snapshots"]["Snapshot"]
    return snapshot


def tags(snapshot):
    return {tag["TagKey"]: tag["TagValue"] for tag in snapshot["Tags"]["Tag"]}


def test_filter(describe, scalar, filter_case):
    reply = describe(**filter_case["parameters"])
    assert ids(reply) == filter_case["SnapshotIds"]
    assert reply["TotalCount"] == scalar(filter_case.get("TotalCount", len(filter_case["SnapshotIds"])))


def test_error(refused, error_case):
    status, code, _ = refused(**error_case["parameters"])
    assert (status, code) == (error_case["status"], error_case["code"])


def test_region_id_is_the_clients_by_default(describe):
    assert ids(describe(PageSize=2)) == ["s-943ypfgic", "s-94osg320e"]


def test_snapshot(describe, scalar, snapshot_case):
    fields = snapshot(describe, snapshot_case["RegionId"], snapshot_case["SnapshotId"])
    fields["Tags"]["Tag"].sort(key=lambda tag: tag["TagKey"])
    expected = {
        name: scalar(value) if isinstance(value, (bool, int)) else value for name, value in snapshot_case.items()
    }
    assert fields == expected
    # True is 1 in Python, so types are compared by themselves.
    assert {name: type(value) for name, value in fields.items()} == {
        name: type(value) for name, value in expected.items()
    }


def test_snapshot_without_a_name(describe):
    unnamed = snapshot(describe, "cn-hangzhou", "s-23odd0002")
    assert "SnapshotName" not in unnamed
    assert unnamed["Description"] == "never got a name"
    assert unnamed["Tags"] == {"Tag": []}


def test_awkward_characters(describe):
    awkward = snapshot(describe, "cn-hangzhou", "s-23odd0001")
    assert awkward["SnapshotName"] == '迁移前 & <备份> "一"'
    assert tags(awkward) == {"说明": "a=b&c", "empty": ""}


def test_snapshot_in_progress(describe, scalar):
    until_2066 = snapshot(describe, "cn-beijing", "s-2zestate00000000000d")
    assert until_2066["Status"] == "progressing"
    assert until_2066["Available"] == scalar(False)
    assert until_2066["RemainTime"] == scalar(int(until_2066["RemainTime"]))
    assert int(until_2066["RemainTime"]) > 0
    assert re.fullmatch(r"\d{1,2}%", until_2066["Progress"])


def test_empty_list(describe, scalar):
    reply = describe(RegionId="cn-shanghai")
    assert reply["Snapshots"] == {"Snapshot": []}
    assert [reply[name] for name in ("TotalCount", "PageNumber", "PageSize")] == [scalar(n) for n in (0, 1, 10)]


def test_pages_by_number(describe, scalar):
    expected = ids(describe(RegionId="cn-hangzhou", PageSize=100))
    assert len(set(expected)) == 36

    pages = [describe(RegionId="cn-hangzhou", PageNumber=number, PageSize=7) for number in range(1, 8)]
    assert [len(ids(page)) for page in pages] == [7, 7, 7, 7, 7, 1, 0]
    assert sum(map(ids, pages), []) == expected
    for number, page in enumerate(pages, start=1):
        envelope = {"PageNumber": scalar(number), "PageSize": scalar(7), "TotalCount": scalar(36)}
        assert page.items() >= envelope.items()
        assert "NextToken" not in page


def test_pages_by_token(describe):
    expected = ids(describe(RegionId="cn-hangzhou", PageSize=100))

    pages = [describe(RegionId="cn-hangzhou", MaxResults=10)]
    while "NextToken" in pages[-1]:
        pages.append(describe(RegionId="cn-hangzhou", MaxResults=10, NextToken=pages[-1]["NextToken"]))
        assert len(pages) <= 4
    assert [len(ids(page)) for page in pages] == [10, 10, 10, 6]
    assert sum(map(ids, pages), []) == expected


@pytest.mark.parametrize("accept_format", ["JSON"], indirect=True)
def test_exception(request_of):
    with pytest.raises(ServerException) as caught:
        CLIENT.do_action_with_exception(request_of({"RegionId": "cn-hangzhou", "Usage": "backup"}))
    error = caught.value
    assert (error.get_http_status(), error.get_error_code()) == (404, "InvalidUsage")
    assert error.get_error_msg() == "The specified Usage is not valid"
    assert re.fullmatch(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", error.get_request_id())


@pytest.mark.parametrize("accept_format", ["XML"], indirect=True)
def test_error_in_xml(request_of, host):
    _, headers, body = CLIENT.get_response(request_of({"RegionId": "cn-hangzhou", "Usage": "backup"}))
    error = data(root(body, "Error"))
    assert error["Message"] == "The specified Usage is not valid"
    assert error["RequestId"] == headers["x-acs-request-id"]
    assert error["HostId"] == host


def test_wrong_secret(refused, accept_format):
    status, code, message = refused(AcsClient("testid", "not the secret", "cn-qingdao"))
    assert status == 400
    if accept_format == "JSON":
        # The SDK's own code for a mismatch where the server signed the same string as the SDK.
        assert code == "InvalidAccessKeySecret"
    else:
        assert code == "SignatureDoesNotMatch"
        beginning = "Specified signature is not matched with our calculation. server string to sign is:POST&%2F&"
        assert message.startswith(beginning)


def test_unknown_key(refused, refusal):
    assert refused(AcsClient("nobody", "testsecret", "cn-qingdao")) == refusal("unknown key")


def test_stale_clock(refused, refusal, an_hour_ago, monkeypatch):
    monkeypatch.setattr(parameter_helper, "get_iso_8061_date", lambda: an_hour_ago)
    assert refused() == refusal("stale clock")


def test_nonce_used_twice(describe, refused, refusal, nonce, monkeypatch):
    monkeypatch.setattr(parameter_helper, "get_uuid", lambda: nonce)
    assert ids(describe(RegionId="cn-shanghai")) == []
    assert refused() == refusal("nonce used twice")


def test_temporary_key(describe, refused, refusal, access_key):
    key = access_key(SecurityToken="token+/=")
    client = AcsClient(region_id="cn-qingdao", credential=StsTokenCredential(*key, "token+/="))
    assert ids(describe(client, RegionId="cn-shanghai")) == []
    assert refused(AcsClient(*key, "cn-qingdao")) == refusal("temporary key without its token")


def test_key_without_permission(refused, refusal, access_key):
    key = access_key(AllowedActions=["ecs:CreateSnapshot"])
    assert refused(AcsClient(*key, "cn-qingdao")) == refusal("key without permission")


@pytest.mark.parametrize("accept_format", ["JSON"], indirect=True)
def test_the_life_of_a_snapshot(request_of, sandbox):
    """Create, wait, tag, find by tag, modify, copy, lock, image, disk, delete, and what is refused meanwhile."""
    client = AcsClient(*sandbox.key, "cn-hangzhou")

    def ask(action, **parameters):
        return json.loads(client.do_action_with_exception(request_of(parameters, action)))

    def refused(status, code, action, **parameters):
        with pytest.raises(ServerException) as caught:
            client.do_action_with_exception(request_of(parameters, action))
        assert (caught.value.get_http_status(), caught.value.get_error_code()) == (status, code)

    def shown(**parameters):
        return ask("DescribeSnapshots", **parameters)["Snapshots"]["Snapshot"]

    # Create and wait. A request that is sent again makes no second snapshot.
    create = {"DiskId": "d-web", "SnapshotName": "nightly", "ClientToken": "once"}
    create["Tag"] = [{"Key": "说明", "Value": "a=b&c"}]
    made, again = ask("CreateSnapshot", **create), ask("CreateSnapshot", **create)
    assert (made["SnapshotId"], made["RequestId"] != again["RequestId"]) == (again["SnapshotId"], True)
    refused(403, "IdempotentParameterMismatch", "CreateSnapshot", DiskId="d-web", ClientToken="once")
    snapshot_id = {"SnapshotId": made["SnapshotId"]}
    modify = {"Description": "changed", "RetentionDays": 30, **snapshot_id}
    refused(400, "InvalidSnapshotId.NotReady", "ModifySnapshotAttribute", **modify)

    [snapshot] = shown()
    assert (snapshot["Status"], snapshot["Progress"], snapshot["RemainTime"]) == ("progressing", "0%", 2)
    assert snapshot["Available"] is True
    assert "RetentionDays" not in snapshot
    sandbox.advance(2)
    [snapshot] = shown()
    assert (snapshot["Status"], snapshot["Progress"]) == ("accomplished", "100%")
    assert "RemainTime" not in snapshot
    assert (snapshot["SnapshotId"], snapshot["SnapshotName"]) == (made["SnapshotId"], "nightly")
    assert (snapshot["SourceDiskId"], snapshot["SourceDiskSize"]) == ("d-web", 20)

    # Tag, find by tag, untag.
    resource = {"ResourceType": "snapshot", "ResourceId": [made["SnapshotId"]]}
    env = {"Key": "env", "Value": "test"}
    ask("TagResources", Tag=[env], **resource)
    both_tags = [*create["Tag"], env]
    assert [snapshot["SnapshotId"] for snapshot in shown(Tag=both_tags)] == [made["SnapshotId"]]
    listed = ask("ListTagResources", **resource)["TagResources"]["TagResource"]
    assert {(tag["ResourceId"], tag["TagKey"]): tag["TagValue"] for tag in listed} == {
        (made["SnapshotId"], "env"): "test",
        (made["SnapshotId"], "说明"): "a=b&c",
    }
    ask("UntagResources", TagKey=["env"], **resource)
    assert shown(Tag=both_tags) == []

    # Modify.
    ask("ModifySnapshotAttribute", **modify)
    [snapshot] = shown()
    assert (snapshot["Description"], snapshot["RetentionDays"]) == ("changed", 30)

    # Copy.
    copy = ask(
        "CopySnapshot",
        DestinationRegionId="cn-beijing",
        DestinationSnapshotName="copy",
        DestinationSnapshotDescription="of the nightly one",
        **snapshot_id,
    )
    sandbox.advance(2)
    [copied] = ask("DescribeSnapshots", RegionId="cn-beijing")["Snapshots"]["Snapshot"]
    assert (copied["SnapshotId"], copied["SnapshotName"]) == (copy["SnapshotId"], "copy")
    assert (copied["SourceSnapshotId"], copied["SourceRegionId"]) == (made["SnapshotId"], "cn-hangzhou")
    assert copied["Status"] == "accomplished"

    # Lock: nobody deletes it, and while it cools off it can be unlocked.
    lock = {"LockMode": "compliance", "LockDuration": 7, "CoolOffPeriod": 3}
    locked = ask("LockSnapshot", **lock, **snapshot_id)["LockedSnapshotInfo"]
    assert (locked["LockStatus"], locked["LockDuration"]) == ("compliance-cooloff", 7)
    refused(403, "InvalidOperation.SnapshotLocked", "DeleteSnapshot", **snapshot_id)
    listed = ask("DescribeLockedSnapshots")["LockedSnapshotsInfo"]
    assert [info["SnapshotId"] for info in listed] == [made["SnapshotId"]]
    ask("UnlockSnapshot", **snapshot_id)
    assert ask("DescribeLockedSnapshots")["LockedSnapshotsInfo"] == []

    # An image and a disk of it, which keep it.
    image = ask("CreateImage", ImageName="of-the-nightly", **snapshot_id)
    disk = ask("CreateDisk", ZoneId="cn-hangzhou-h", DiskCategory="cloud_essd", **snapshot_id)
    assert [snapshot["Usage"] for snapshot in shown()] == ["image_disk"]
    [described] = ask("DescribeDisks", **snapshot_id)["Disks"]["Disk"]
    assert (described["DiskId"], described["Size"], described["Status"]) == (disk["DiskId"], 20, "Available")
    assert (described["SourceSnapshotId"], described["Tags"]) == (made["SnapshotId"], {"Tag": []})
    refused(403, "SnapshotCreatedImage", "DeleteSnapshot", **snapshot_id)
    ask("DeleteImage", ImageId=image["ImageId"])
    refused(403, "SnapshotCreatedDisk", "DeleteSnapshot", **snapshot_id)
    ask("DeleteDisk", DiskId=disk["DiskId"])

    # Delete.
    assert ask("DeleteSnapshot", **snapshot_id)["RequestId"]
    assert shown() == []
    refused(404, "InvalidSnapshotId.NotFound", "DeleteSnapshot", **snapshot_id)


@pytest.mark.parametrize("accept_format", ["JSON"], indirect=True)
def test_the_life_of_a_group_of_snapshots(request_of, sandbox):
    """Create of two disks, wait, find, modify, tag, delete."""
    client = AcsClient(*sandbox.key, "cn-hangzhou")

    def ask(action, **parameters):
        return json.loads(client.do_action_with_exception(request_of(parameters, action)))

    def shown(**parameters):
        return ask("DescribeSnapshotGroups", **parameters)["SnapshotGroups"]["SnapshotGroup"]

    create = {"DiskId": ["d-web", "d-data"], "Name": "both", "ClientToken": "once"}
    create["Tag"] = [{"Key": "说明", "Value": "a=b&c"}]
    group_id = ask("CreateSnapshotGroup", **create)["SnapshotGroupId"]
    assert ask("CreateSnapshotGroup", **create)["SnapshotGroupId"] == group_id
    [group] = shown()
    assert (group["SnapshotGroupId"], group["Name"], group["Status"]) == (group_id, "both", "progressing")
    assert (group["InstanceId"], group["Tags"]["Tag"]) == ("i-web", create["Tag"])
    members = group["Snapshots"]["Snapshot"]
    assert {member["SourceDiskId"] for member in members} == {"d-web", "d-data"}
    for member in members:
        assert member["Tags"]["Tag"] == [{"Key": "acs:ecs:createFrom", "Value": "i-web"}]
    assert shown(Status=["accomplished", "failed"]) == []
    sandbox.advance(2)
    [group] = shown(Status=["accomplished"], InstanceId="i-web", SnapshotGroupId=[group_id])
    assert [member["Progress"] for member in group["Snapshots"]["Snapshot"]] == ["100%", "100%"]

    ask("ModifySnapshotGroup", SnapshotGroupId=group_id, Name="changed", Description="of two disks")
    [group] = shown(Name="changed")
    assert (group["Name"], group["Description"]) == ("changed", "of two disks")
    env = {"Key": "env", "Value": "test"}
    ask("TagResources", ResourceType="snapshotgroup", ResourceId=[group_id], Tag=[env])
    [group] = shown(Tag=[env])
    assert group["Tags"]["Tag"] == [env, *create["Tag"]]

    progress = ask("DeleteSnapshotGroup", SnapshotGroupId=group_id)["OperationProgressSet"]["OperationProgress"]
    told = [(of["OperationStatus"], of["RelatedItemSet"]["RelatedItem"][0]["Value"]) for of in progress]
    assert told == [("Success", member["SnapshotId"]) for member in members]
    assert shown() == []
    with pytest.raises(ServerException) as caught:
        client.do_action_with_exception(request_of({"SnapshotGroupId": group_id}, "DeleteSnapshotGroup"))
    refusal = (caught.value.get_http_status(), caught.value.get_error_code())
    assert refusal == (404, "InvalidSnapshotGroup.NotFound")


@pytest.mark.parametrize("accept_format", ["JSON"], indirect=True)
def test_a_policy_and_its_disk(request_of, sandbox):
    """Create, find, modify, apply, find from both sides, cancel, delete, and what is refused meanwhile."""
    client = AcsClient(*sandbox.key, "cn-hangzhou")

    def ask(action, **parameters):
        return json.loads(client.do_action_with_exception(request_of(parameters, action)))

    times = {"timePoints": '["1","22"]', "repeatWeekdays": '["1"]', "retentionDays": 30}
    made = ask("CreateAutoSnapshotPolicy", autoSnapshotPolicyName="夜间", **times)
    policy_id = made["AutoSnapshotPolicyId"]

    def shown():
        reply = ask("DescribeAutoSnapshotPolicyEx", AutoSnapshotPolicyId=policy_id)
        return reply["AutoSnapshotPolicies"]["AutoSnapshotPolicy"]

    [policy] = shown()
    assert (policy["AutoSnapshotPolicyName"], policy["Status"], policy["DiskNums"]) == ("夜间", "Normal", 0)
    assert (policy["TimePoints"], policy["RetentionDays"]) == ('["1","22"]', 30)
    ask("ModifyAutoSnapshotPolicyEx", autoSnapshotPolicyId=policy_id, retentionDays=-1)
    assert shown()[0]["RetentionDays"] == -1
    ask("ApplyAutoSnapshotPolicy", autoSnapshotPolicyId=policy_id, diskIds='["d-web"]')
    [disk] = ask("DescribeDisks", AutoSnapshotPolicyId=policy_id)["Disks"]["Disk"]
    assert (disk["DiskId"], disk["AutoSnapshotPolicyId"]) == ("d-web", policy_id)
    pairs = ask("DescribeAutoSnapshotPolicyAssociations", DiskId="d-web")["AutoSnapshotPolicyAssociations"]
    pair = {"AutoSnapshotPolicyId": policy_id, "DiskId": "d-web"}
    assert pairs == {"AutoSnapshotPolicyAssociation": [pair]}
    ask("CancelAutoSnapshotPolicy", diskIds='["d-web"]')
    assert ask("DescribeDisks", AutoSnapshotPolicyId=policy_id)["Disks"]["Disk"] == []
    ask("DeleteAutoSnapshotPolicy", autoSnapshotPolicyId=policy_id)
    assert shown() == []
    with pytest.raises(ServerException) as caught:
        client.do_action_with_exception(request_of({"autoSnapshotPolicyId": policy_id}, "DeleteAutoSnapshotPolicy"))
    assert (caught.value.get_http_status(), caught.value.get_error_code()) == (404, "ParameterInvalid")
