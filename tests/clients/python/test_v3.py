"""alibabacloud_ecs20140526, the current SDK: signature V3, typed requests and typed replies."""

import json
import re

import pytest
from alibabacloud_ecs20140526 import models
from alibabacloud_ecs20140526.client import Client
from alibabacloud_ecs20140526.models import DescribeSnapshotsRequest
from alibabacloud_tea_openapi.exceptions import ClientException
from alibabacloud_tea_openapi.utils_models import Config
from darabonba.runtime import ExtendsParameters, RuntimeOptions


@pytest.fixture(scope="module")
def client(host):
    """A client with a key and settings of its own."""

    def client(key, settings=None):
        access_key_id, access_key_secret = key
        keys = {"access_key_id": access_key_id, "access_key_secret": access_key_secret}
        return Client(Config(endpoint=host, protocol="http", **keys, **settings or {}))

    return client


@pytest.fixture(scope="module")
def describe(client):
    """DescribeSnapshots by parameters under the API's names; gives the typed body of the reply. A test may have a key,
    headers and settings of the client of its own."""

    def describe(key=("testid", "testsecret"), headers=None, settings=None, **parameters):
        request = DescribeSnapshotsRequest().from_map(parameters)
        # What the request class does not know goes the way that the SDK has for it.
        others = {name: value for name, value in parameters.items() if name not in request.to_map()}
        runtime = RuntimeOptions(extends_parameters=ExtendsParameters(headers=headers, queries=others))
        return client(key, settings).describe_snapshots_with_options(request, runtime).body

    return describe


@pytest.fixture(scope="module")
def snapshot(describe):
    """One snapshot, typed."""

    def snapshot(region_id, snapshot_id):
        [snapshot] = describe(RegionId=region_id, SnapshotIds=f'["{snapshot_id}"]').snapshots.snapshot
        return snapshot

    return snapshot


def ids(body):
    return [snapshot.snapshot_id for snapshot in body.snapshots.snapshot]


def test_filter(describe, filter_case):
    body = describe(**filter_case["parameters"])
    assert ids(body) == filter_case["SnapshotIds"]
    assert body.total_count == filter_case.get("TotalCount", len(filter_case["SnapshotIds"]))


def test_error(describe, error_case):
    with pytest.raises(ClientException) as caught:
        describe(**error_case["parameters"])
    assert (caught.value.status_code, caught.value.code) == (error_case["status"], error_case["code"])


def test_region_id_is_required(describe):
    with pytest.raises(ClientException) as caught:
        describe()
    assert caught.value.code == "MissingParameter"
    assert '"RegionId"' in caught.value.message


def test_snapshot(snapshot, snapshot_case):
    fields = snapshot(snapshot_case["RegionId"], snapshot_case["SnapshotId"]).to_map()
    fields["Tags"]["Tag"].sort(key=lambda tag: tag["TagKey"])
    assert fields == snapshot_case
    # True is 1 in Python, so types are compared by themselves.
    assert {name: type(value) for name, value in fields.items()} == {
        name: type(value) for name, value in snapshot_case.items()
    }


def test_attributes(snapshot):
    ledger = snapshot("cn-beijing", "s-2zepayments000000001")
    assert ledger.snapshot_name == "payments-ledger-1"
    assert ledger.encrypted is True
    assert ledger.kmskey_id == "f3a1c2d4-7b1e-4c55-9d0a-5c1f0e6b2a77"
    assert ledger.source_disk_size == 200
    assert ledger.instant_access_retention_days == 3
    assert ledger.remain_time is None
    tags = {tag.tag_key: tag.tag_value for tag in ledger.tags.tag}
    assert tags == {"app": "payments", "env": "production", "owner": "ledger-team"}


def test_snapshot_without_a_name(snapshot):
    unnamed = snapshot("cn-hangzhou", "s-23odd0002")
    assert unnamed.snapshot_name is None
    assert unnamed.description == "never got a name"
    assert unnamed.tags.tag == []


def test_awkward_characters(snapshot):
    awkward = snapshot("cn-hangzhou", "s-23odd0001")
    assert awkward.snapshot_name == '迁移前 & <备份> "一"'
    assert {tag.tag_key: tag.tag_value for tag in awkward.tags.tag} == {"说明": "a=b&c", "empty": ""}


def test_snapshot_in_progress(snapshot):
    until_2066 = snapshot("cn-beijing", "s-2zestate00000000000d")
    assert until_2066.status == "progressing"
    assert until_2066.available is False
    assert type(until_2066.remain_time) is int
    assert until_2066.remain_time > 0
    assert re.fullmatch(r"\d{1,2}%", until_2066.progress)


def test_empty_list(describe):
    body = describe(RegionId="cn-shanghai")
    assert body.snapshots.snapshot == []
    assert (body.total_count, body.page_number, body.page_size) == (0, 1, 10)


def test_pages_by_number(describe):
    expected = ids(describe(RegionId="cn-hangzhou", PageSize=100))
    assert len(set(expected)) == 36

    pages = [describe(RegionId="cn-hangzhou", PageNumber=number, PageSize=7) for number in range(1, 8)]
    assert [len(ids(page)) for page in pages] == [7, 7, 7, 7, 7, 1, 0]
    assert sum(map(ids, pages), []) == expected
    for number, page in enumerate(pages, start=1):
        assert (page.page_number, page.page_size, page.total_count) == (number, 7, 36)
        assert page.next_token is None


def test_pages_by_token(describe):
    expected = ids(describe(RegionId="cn-hangzhou", PageSize=100))

    pages = [describe(RegionId="cn-hangzhou", MaxResults=10)]
    while pages[-1].next_token:
        pages.append(describe(RegionId="cn-hangzhou", MaxResults=10, NextToken=pages[-1].next_token))
        assert len(pages) <= 4
    assert [len(ids(page)) for page in pages] == [10, 10, 10, 6]
    assert sum(map(ids, pages), []) == expected


def test_exception(describe, host):
    with pytest.raises(ClientException) as caught:
        describe(RegionId="cn-hangzhou", Usage="backup")
    error = caught.value
    assert (error.status_code, error.code) == (404, "InvalidUsage")
    assert "The specified Usage is not valid" in error.message
    assert re.fullmatch(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", error.request_id)
    assert error.data["HostId"] == host


@pytest.fixture
def refused(describe):
    """Status, code and message of the error that a request gets."""

    def refused(**signing):
        with pytest.raises(ClientException) as caught:
            describe(RegionId="cn-shanghai", **signing)
        return caught.value.status_code, caught.value.code, caught.value.data["Message"]

    return refused


def test_wrong_secret(refused):
    status, code, message = refused(key=("testid", "not the secret"))
    assert (status, code) == (400, "SignatureDoesNotMatch")
    assert message.startswith("Specified signature does not match our calculation. server StringToSign is [ACS3-")


def test_unknown_key(refused, refusal):
    assert refused(key=("nobody", "testsecret")) == refusal("unknown key")


def test_stale_clock(refused, refusal, an_hour_ago):
    assert refused(headers={"x-acs-date": an_hour_ago}) == refusal("stale clock")


def test_nonce_used_twice(describe, refused, refusal, nonce):
    headers = {"x-acs-signature-nonce": nonce}
    assert ids(describe(RegionId="cn-shanghai", headers=headers)) == []
    assert refused(headers=headers) == refusal("nonce used twice")


def test_temporary_key(describe, refused, refusal, access_key):
    key = access_key(SecurityToken="token+/=")
    assert ids(describe(RegionId="cn-shanghai", key=key, settings={"security_token": "token+/="})) == []
    assert refused(key=key) == refusal("temporary key without its token")


def test_key_without_permission(refused, refusal, access_key):
    assert refused(key=access_key(AllowedActions=["ecs:CreateSnapshot"])) == refusal("key without permission")


def test_signature_v1(describe, refused):
    settings = {"signature_algorithm": "v2"}
    assert ids(describe(RegionId="cn-qingdao", PageSize=2, settings=settings)) == ["s-943ypfgic", "s-94osg320e"]
    _, _, message = refused(key=("testid", "not the secret"), settings=settings)
    assert message.startswith("Specified signature is not matched with our calculation. server string to sign is:")


def test_the_life_of_a_snapshot(client, sandbox):
    """Create, wait, tag, find by tag, modify, copy, lock, image, disk, delete, and what is refused meanwhile."""
    region = "cn-hangzhou"
    ecs = client(sandbox.key)

    def refused(status, code, call, request):
        with pytest.raises(ClientException) as caught:
            call(request)
        assert (caught.value.status_code, caught.value.code) == (status, code)

    def shown(**parameters):
        return ecs.describe_snapshots(DescribeSnapshotsRequest(region_id=region, **parameters)).body.snapshots.snapshot

    # Create and wait. A request that is sent again makes no second snapshot.
    create = models.CreateSnapshotRequest(
        disk_id="d-web",
        snapshot_name="nightly",
        client_token="once",
        tag=[models.CreateSnapshotRequestTag(key="说明", value="a=b&c")],
    )
    made = ecs.create_snapshot(create).body
    again = ecs.create_snapshot(create).body
    assert (made.snapshot_id, made.request_id != again.request_id) == (again.snapshot_id, True)
    other = models.CreateSnapshotRequest(disk_id="d-web", client_token="once")
    refused(403, "IdempotentParameterMismatch", ecs.create_snapshot, other)
    snapshot_id = made.snapshot_id
    modify = models.ModifySnapshotAttributeRequest(snapshot_id=snapshot_id, description="changed", retention_days=30)
    refused(400, "InvalidSnapshotId.NotReady", ecs.modify_snapshot_attribute, modify)

    [snapshot] = shown()
    assert (snapshot.status, snapshot.progress, snapshot.remain_time) == ("progressing", "0%", 2)
    assert (snapshot.available, snapshot.retention_days) == (True, None)
    sandbox.advance(2)
    [snapshot] = shown()
    assert (snapshot.status, snapshot.progress, snapshot.remain_time) == ("accomplished", "100%", None)
    assert (snapshot.snapshot_id, snapshot.snapshot_name) == (snapshot_id, "nightly")
    assert (snapshot.source_disk_id, snapshot.source_disk_size) == ("d-web", 20)

    # Tag, find by tag, untag.
    types = {"region_id": region, "resource_type": "snapshot", "resource_id": [snapshot_id]}
    env = {"key": "env", "value": "test"}
    ecs.tag_resources(models.TagResourcesRequest(tag=[models.TagResourcesRequestTag(**env)], **types))
    by_tags = [models.DescribeSnapshotsRequestTag(key="说明", value="a=b&c"), models.DescribeSnapshotsRequestTag(**env)]
    assert [snapshot.snapshot_id for snapshot in shown(tag=by_tags)] == [snapshot_id]
    listed = ecs.list_tag_resources(models.ListTagResourcesRequest(**types)).body.tag_resources.tag_resource
    assert {(tag.resource_id, tag.tag_key): tag.tag_value for tag in listed} == {
        (snapshot_id, "env"): "test",
        (snapshot_id, "说明"): "a=b&c",
    }
    ecs.untag_resources(models.UntagResourcesRequest(tag_key=["env"], **types))
    assert shown(tag=by_tags) == []

    # Modify.
    ecs.modify_snapshot_attribute(modify)
    [snapshot] = shown()
    assert (snapshot.description, snapshot.retention_days) == ("changed", 30)

    # Copy.
    copy = models.CopySnapshotRequest(
        region_id=region,
        snapshot_id=snapshot_id,
        destination_region_id="cn-beijing",
        destination_snapshot_name="copy",
        destination_snapshot_description="of the nightly one",
    )
    copy_id = ecs.copy_snapshot(copy).body.snapshot_id
    sandbox.advance(2)
    in_beijing = DescribeSnapshotsRequest(region_id="cn-beijing")
    [copied] = ecs.describe_snapshots(in_beijing).body.snapshots.snapshot
    assert (copied.snapshot_id, copied.snapshot_name, copied.status) == (copy_id, "copy", "accomplished")
    assert (copied.source_snapshot_id, copied.source_region_id) == (snapshot_id, region)

    # Lock: nobody deletes it, and while it cools off it can be unlocked.
    identity = {"region_id": region, "snapshot_id": snapshot_id}
    lock = models.LockSnapshotRequest(lock_mode="compliance", lock_duration=7, cool_off_period=3, **identity)
    locked = ecs.lock_snapshot(lock).body.locked_snapshot_info
    assert (locked.lock_status, locked.lock_duration) == ("compliance-cooloff", 7)
    delete = models.DeleteSnapshotRequest(snapshot_id=snapshot_id)
    refused(403, "InvalidOperation.SnapshotLocked", ecs.delete_snapshot, delete)
    locks = models.DescribeLockedSnapshotsRequest(region_id=region)
    listed = ecs.describe_locked_snapshots(locks).body.locked_snapshots_info
    assert [info.snapshot_id for info in listed] == [snapshot_id]
    ecs.unlock_snapshot(models.UnlockSnapshotRequest(**identity))
    assert ecs.describe_locked_snapshots(locks).body.locked_snapshots_info == []

    # An image and a disk of it, which keep it.
    image_id = ecs.create_image(models.CreateImageRequest(image_name="of-the-nightly", **identity)).body.image_id
    zone = {"zone_id": "cn-hangzhou-h", "disk_category": "cloud_essd"}
    disk_id = ecs.create_disk(models.CreateDiskRequest(**zone, **identity)).body.disk_id
    assert [snapshot.usage for snapshot in shown()] == ["image_disk"]
    of_it = models.DescribeDisksRequest(region_id=region, snapshot_id=snapshot_id)
    [disk] = ecs.describe_disks(of_it).body.disks.disk
    assert (disk.disk_id, disk.size, disk.status, disk.portable) == (disk_id, 20, "Available", True)
    assert (disk.source_snapshot_id, disk.tags.tag) == (snapshot_id, [])
    refused(403, "SnapshotCreatedImage", ecs.delete_snapshot, delete)
    ecs.delete_image(models.DeleteImageRequest(region_id=region, image_id=image_id))
    refused(403, "SnapshotCreatedDisk", ecs.delete_snapshot, delete)
    ecs.delete_disk(models.DeleteDiskRequest(disk_id=disk_id))

    # Delete.
    assert ecs.delete_snapshot(delete).body.request_id
    assert shown() == []
    refused(404, "InvalidSnapshotId.NotFound", ecs.delete_snapshot, delete)


def test_the_life_of_a_group_of_snapshots(client, sandbox):
    """Create of two disks, wait, find, modify, tag, delete."""
    region = "cn-hangzhou"
    ecs = client(sandbox.key)

    def shown(**parameters):
        request = models.DescribeSnapshotGroupsRequest(region_id=region, **parameters)
        return ecs.describe_snapshot_groups(request).body.snapshot_groups.snapshot_group

    def pairs(tags):
        return {tag.key: tag.value for tag in tags.tag}

    create = models.CreateSnapshotGroupRequest(
        region_id=region,
        disk_id=["d-web", "d-data"],
        name="both",
        client_token="once",
        tag=[models.CreateSnapshotGroupRequestTag(key="说明", value="a=b&c")],
    )
    group_id = ecs.create_snapshot_group(create).body.snapshot_group_id
    assert ecs.create_snapshot_group(create).body.snapshot_group_id == group_id
    [group] = shown()
    assert (group.snapshot_group_id, group.name, group.status) == (group_id, "both", "progressing")
    assert (group.instance_id, pairs(group.tags)) == ("i-web", {"说明": "a=b&c"})
    members = group.snapshots.snapshot
    assert {(member.source_disk_id, member.source_disk_type) for member in members} == {
        ("d-web", "system"),
        ("d-data", "data"),
    }
    for member in members:
        assert (member.progress, member.available) == ("0%", True)
        assert pairs(member.tags) == {"acs:ecs:createFrom": "i-web"}
    assert shown(status=["accomplished", "failed"]) == []
    sandbox.advance(2)
    [group] = shown(status=["accomplished"], instance_id="i-web", snapshot_group_id=[group_id])
    assert [member.progress for member in group.snapshots.snapshot] == ["100%", "100%"]

    modify = {"region_id": region, "snapshot_group_id": group_id}
    changes = models.ModifySnapshotGroupRequest(name="changed", description="of two disks", **modify)
    ecs.modify_snapshot_group(changes)
    [group] = shown(name="changed")
    assert (group.name, group.description) == ("changed", "of two disks")
    types = {"region_id": region, "resource_type": "snapshotgroup", "resource_id": [group_id]}
    env = {"key": "env", "value": "test"}
    ecs.tag_resources(models.TagResourcesRequest(tag=[models.TagResourcesRequestTag(**env)], **types))
    [group] = shown(tag=[models.DescribeSnapshotGroupsRequestTag(**env)])
    assert pairs(group.tags) == {"env": "test", "说明": "a=b&c"}

    delete = models.DeleteSnapshotGroupRequest(region_id=region, snapshot_group_id=group_id)
    progress = ecs.delete_snapshot_group(delete).body.operation_progress_set.operation_progress
    told = [(of.operation_status, of.related_item_set.related_item[0].value) for of in progress]
    assert told == [("Success", member.snapshot_id) for member in members]
    assert shown() == []
    with pytest.raises(ClientException) as caught:
        ecs.delete_snapshot_group(delete)
    assert (caught.value.status_code, caught.value.code) == (404, "InvalidSnapshotGroup.NotFound")


def test_instances_regions_and_zones(client, sandbox, host):
    ecs = client(sandbox.key)
    describe_instances = models.DescribeInstancesRequest(region_id="cn-hangzhou")
    [instance] = ecs.describe_instances(describe_instances).body.instances.instance
    assert (instance.instance_id, instance.instance_name, instance.status) == ("i-web", "网站 & web", "Running")
    assert (instance.cpu, instance.memory, instance.deletion_protection) == (2, 8192, True)
    assert [(tag.tag_key, tag.tag_value) for tag in instance.tags.tag] == [("env", "production")]
    assert instance.operation_locks.lock_reason == []
    assert instance.security_group_ids.security_group_id == []

    regions = ecs.describe_regions(models.DescribeRegionsRequest(accept_language="en-US")).body.regions.region
    [hangzhou] = [region for region in regions if region.region_id == "cn-hangzhou"]
    assert (hangzhou.local_name, hangzhou.region_endpoint) == ("China (Hangzhou)", host)

    zones = ecs.describe_zones(models.DescribeZonesRequest(region_id="cn-hangzhou")).body.zones.zone
    assert [zone.zone_id for zone in zones] == [f"cn-hangzhou-{letter}" for letter in "abgh"]
    for zone in zones:
        assert "cloud_essd" in zone.available_disk_categories.disk_categories
        assert zone.available_instance_types.instance_types == []
        [resources] = zone.available_resources.resources_info
        assert resources.io_optimized is True
        assert "cloud_essd" in resources.data_disk_categories.supported_data_disk_category


def test_a_policy_and_its_disk(client, sandbox):
    """Create, find, modify, apply, find from both sides, cancel, delete, and what is refused meanwhile."""
    ecs = client(sandbox.key)
    region = {"region_id": "cn-hangzhou"}
    create = models.CreateAutoSnapshotPolicyRequest(
        auto_snapshot_policy_name="夜间",
        time_points='["1","22"]',
        repeat_weekdays='["1","7"]',
        retention_days=30,
        tag=[models.CreateAutoSnapshotPolicyRequestTag(key="env", value="test")],
        **region,
    )
    policy_id = ecs.create_auto_snapshot_policy(create).body.auto_snapshot_policy_id
    policy = {"auto_snapshot_policy_id": policy_id, **region}

    def shown():
        request = models.DescribeAutoSnapshotPolicyExRequest(**policy)
        return ecs.describe_auto_snapshot_policy_ex(request).body.auto_snapshot_policies.auto_snapshot_policy

    [found] = shown()
    assert (found.auto_snapshot_policy_name, found.status, found.disk_nums) == ("夜间", "Normal", 0)
    assert (found.time_points, found.repeat_weekdays, found.retention_days) == ('["1","22"]', '["1","7"]', 30)
    assert (found.target_copy_regions, found.enable_cross_region_copy) == ("[]", False)
    assert [(tag.tag_key, tag.tag_value) for tag in found.tags.tag] == [("env", "test")]
    ecs.modify_auto_snapshot_policy_ex(models.ModifyAutoSnapshotPolicyExRequest(retention_days=-1, **policy))
    assert [found.retention_days for found in shown()] == [-1]

    def disk():
        [disk] = ecs.describe_disks(models.DescribeDisksRequest(disk_ids='["d-web"]', **region)).body.disks.disk
        return disk.enable_automated_snapshot_policy, disk.auto_snapshot_policy_id

    def pairs(**of):
        request = models.DescribeAutoSnapshotPolicyAssociationsRequest(**of, **region)
        body = ecs.describe_auto_snapshot_policy_associations(request).body
        pairs = body.auto_snapshot_policy_associations.auto_snapshot_policy_association
        return [(pair.auto_snapshot_policy_id, pair.disk_id) for pair in pairs]

    assert disk() == (False, "")
    ecs.apply_auto_snapshot_policy(models.ApplyAutoSnapshotPolicyRequest(disk_ids='["d-web"]', **policy))
    assert disk() == (True, policy_id)
    assert pairs(disk_id="d-web") == pairs(auto_snapshot_policy_id=policy_id) == [(policy_id, "d-web")]
    with pytest.raises(ClientException) as caught:
        ecs.apply_auto_snapshot_policy(models.ApplyAutoSnapshotPolicyRequest(disk_ids='["d-x"]', **policy))
    assert (caught.value.status_code, caught.value.code) == (404, "InvalidDiskId.NotFound")
    ecs.cancel_auto_snapshot_policy(models.CancelAutoSnapshotPolicyRequest(disk_ids='["d-web"]', **region))
    assert (disk(), pairs(auto_snapshot_policy_id=policy_id)) == ((False, ""), [])

    delete = models.DeleteAutoSnapshotPolicyRequest(**policy)
    ecs.delete_auto_snapshot_policy(delete)
    assert shown() == []
    with pytest.raises(ClientException) as caught:
        ecs.delete_auto_snapshot_policy(delete)
    assert (caught.value.status_code, caught.value.code) == (404, "ParameterInvalid")


def test_a_month_of_two_policies(client, sandbox):
    """Seven days of daily snapshots of three disks, and a month of weekly ones with copies in another region."""
    ecs = client(sandbox.key)
    region = {"region_id": "cn-hangzhou"}
    sandbox.call("PUT", "/clock", {"Mode": "frozen", "Time": "2029-12-31T16:00:00Z"})
    disks = ["d-month-1", "d-month-2", "d-month-3"]
    sandbox.call("POST", "/state", {"Disks": [{"DiskId": disk_id, "Category": "cloud_essd"} for disk_id in disks]})

    def create(**fields):
        request = models.CreateAutoSnapshotPolicyRequest(**fields, **region)
        policy_id = ecs.create_auto_snapshot_policy(request).body.auto_snapshot_policy_id
        apply = {"auto_snapshot_policy_id": policy_id, "disk_ids": json.dumps(disks), **region}
        ecs.apply_auto_snapshot_policy(models.ApplyAutoSnapshotPolicyRequest(**apply))
        return policy_id

    def made(region_id, policy_id):
        request = DescribeSnapshotsRequest(region_id=region_id, page_size=100)
        snapshots = ecs.describe_snapshots(request).body.snapshots.snapshot
        own = [snapshot for snapshot in snapshots if snapshot.snapshot_name.endswith(policy_id)]
        assert all(snapshot.snapshot_type == "timer" for snapshot in own)
        return own

    daily = create(time_points='["1"]', repeat_weekdays=json.dumps([str(day) for day in range(1, 8)]), retention_days=7)
    weekly = create(
        time_points='["2"]',
        repeat_weekdays='["7"]',
        retention_days=30,
        enable_cross_region_copy=True,
        target_copy_regions='["cn-beijing"]',
        copied_snapshots_retention_days=90,
    )
    sandbox.advance(2_592_000)
    assert [len(made("cn-hangzhou", policy)) for policy in (daily, weekly)] == [21, 12]
    assert [len(made("cn-beijing", policy)) for policy in (daily, weekly)] == [0, 12]
    oldest = made("cn-hangzhou", daily)[-1]
    assert (oldest.snapshot_name, oldest.creation_time) == (f"auto2.0_20300124_{daily}", "2030-01-23T17:00:00Z")
