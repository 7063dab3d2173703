package clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.aliyun.ecs20140526.Client;
import com.aliyun.ecs20140526.models.ApplyAutoSnapshotPolicyRequest;
import com.aliyun.ecs20140526.models.CancelAutoSnapshotPolicyRequest;
import com.aliyun.ecs20140526.models.CopySnapshotRequest;
import com.aliyun.ecs20140526.models.CreateAutoSnapshotPolicyRequest;
import com.aliyun.ecs20140526.models.CreateDiskRequest;
import com.aliyun.ecs20140526.models.CreateImageRequest;
import com.aliyun.ecs20140526.models.CreateSnapshotGroupRequest;
import com.aliyun.ecs20140526.models.CreateSnapshotGroupRequest.CreateSnapshotGroupRequestTag;
import com.aliyun.ecs20140526.models.CreateSnapshotRequest;
import com.aliyun.ecs20140526.models.CreateSnapshotRequest.CreateSnapshotRequestTag;
import com.aliyun.ecs20140526.models.CreateSnapshotRequest;
import com.aliyun.ecs20140526.models.DeleteAutoSnapshotPolicyRequest;
import com.aliyun.ecs20140526.models.DeleteDiskRequest;
import com.aliyun.ecs20140526.models.DeleteImageRequest;
import com.aliyun.ecs20140526.models.DeleteSnapshotGroupRequest;
import com.aliyun.ecs20140526.models.DeleteSnapshotRequest;
import com.aliyun.ecs20140526.models.DescribeAutoSnapshotPolicyExRequest;
import com.aliyun.ecs20140526.models.DescribeDisksRequest;
import com.aliyun.ecs20140526.models.DescribeInstancesRequest;
import com.aliyun.ecs20140526.models.DescribeRegionsRequest;
import com.aliyun.ecs20140526.models.DescribeSnapshotGroupsRequest;
import com.aliyun.ecs20140526.models.DescribeSnapshotGroupsRequest.DescribeSnapshotGroupsRequestTag;
import com.aliyun.ecs20140526.models.DescribeSnapshotsRequest;
import com.aliyun.ecs20140526.models.DescribeSnapshotsRequest.DescribeSnapshotsRequestTag;
import com.aliyun.ecs20140526.models.DescribeSnapshotsRequest;
import com.aliyun.ecs20140526.models.DescribeSnapshotsResponseBody.DescribeSnapshotsResponseBodySnapshotsSnapshot;
import com.aliyun.ecs20140526.models.DescribeSnapshotsResponseBody;
import com.aliyun.ecs20140526.models.DescribeZonesRequest;
import com.aliyun.ecs20140526.models.ListTagResourcesRequest;
import com.aliyun.ecs20140526.models.ListTagResourcesResponseBody.ListTagResourcesResponseBodyTagResourcesTagResource;
import com.aliyun.ecs20140526.models.ModifyAutoSnapshotPolicyExRequest;
import com.aliyun.ecs20140526.models.ModifySnapshotAttributeRequest;
import com.aliyun.ecs20140526.models.ModifySnapshotGroupRequest;
import com.aliyun.ecs20140526.models.TagResourcesRequest;
import com.aliyun.ecs20140526.models.TagResourcesRequest.TagResourcesRequestTag;
import com.aliyun.ecs20140526.models.TagResourcesRequest;
import com.aliyun.ecs20140526.models.UntagResourcesRequest;
import com.aliyun.tea.TeaException;
import com.aliyun.teaopenapi.models.Config;
import com.aliyun.teaopenapi.models.OpenApiRequest;
import com.aliyun.teaopenapi.models.Params;
import com.aliyun.teautil.Common;
import com.aliyun.teautil.models.ExtendsParameters;
import com.aliyun.teautil.models.RuntimeOptions;
import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** ecs20140526, the new SDK: signature V3, typed requests and typed replies. */
class V3Test extends Suite {
    private static DescribeSnapshotsResponseBody body(Map<String, ?> parameters, Signing signing) throws Exception {
        return body(parameters, signing, config(signing));
    }

    private static Config config(Signing signing) {
        return new Config()
                .setEndpoint(HOST)
                .setProtocol("http")
                .setAccessKeyId(signing.accessKeyId())
                .setAccessKeySecret(signing.accessKeySecret());
    }

    private static DescribeSnapshotsResponseBody body(Map<String, ?> parameters, Signing signing, Config config)
            throws Exception {
        var request = DescribeSnapshotsRequest.build(parameters);
        // What the request class does not know goes the way that the SDK has for it.
        var others = new HashMap<String, String>();
        parameters.forEach((name, value) -> others.put(name, value.toString()));
        others.keySet().removeAll(request.toMap().keySet());
        // The SDK adds its own date and nonce where these are null, and signs afterwards.
        var headers = new HashMap<String, String>();
        headers.put("x-acs-date", signing.date());
        headers.put("x-acs-signature-nonce", signing.nonce());
        var runtime = new RuntimeOptions()
                .setExtendsParameters(new ExtendsParameters().setQueries(others).setHeaders(headers));
        return new Client(config).describeSnapshotsWithOptions(request, runtime).getBody();
    }

    @Override
    Page describe(Map<String, ?> parameters, Signing signing) throws Exception {
        var body = body(parameters, signing);
        return new Page(
                ids(body), body.getPageNumber(), body.getPageSize(), body.getTotalCount(), body.getNextToken());
    }

    @Override
    Failure failure(Exception error) {
        var tea = assertInstanceOf(TeaException.class, error);
        var data = tea.getData();
        return new Failure(
                tea.getStatusCode(), tea.getCode(), (String) data.get("Message"), (String) data.get("RequestId"));
    }

    @Override
    JsonObject fields(String regionId, String snapshotId) throws Exception {
        return new Gson().toJsonTree(snapshot(regionId, snapshotId).toMap()).getAsJsonObject();
    }

    private static DescribeSnapshotsResponseBodySnapshotsSnapshot snapshot(String regionId, String snapshotId)
            throws Exception {
        var snapshots = body(one(regionId, snapshotId), USUAL).getSnapshots().getSnapshot();
        assertEquals(1, snapshots.size());
        return snapshots.get(0);
    }

    private static List<String> ids(DescribeSnapshotsResponseBody body) {
        return body.getSnapshots().getSnapshot().stream()
                .map(DescribeSnapshotsResponseBodySnapshotsSnapshot::getSnapshotId)
                .toList();
    }

    private static Map<String, String> tags(DescribeSnapshotsResponseBodySnapshotsSnapshot snapshot) {
        var tags = new HashMap<String, String>();
        snapshot.getTags().getTag().forEach(tag -> tags.put(tag.getTagKey(), tag.getTagValue()));
        return tags;
    }

    @Test
    void regionIdIsRequired() {
        var failure = failure(Map.of());
        assertEquals("MissingParameter", failure.code());
        assertTrue(failure.message().contains("\"RegionId\""), failure.message());
    }

    @Test
    void fields() throws Exception {
        var ledger = snapshot("cn-beijing", "s-2zepayments000000001");
        assertEquals("payments-ledger-1", ledger.getSnapshotName());
        assertTrue(ledger.getEncrypted());
        assertEquals("f3a1c2d4-7b1e-4c55-9d0a-5c1f0e6b2a77", ledger.getKMSKeyId());
        assertEquals("200", ledger.getSourceDiskSize());
        assertEquals(3, ledger.getInstantAccessRetentionDays());
        assertNull(ledger.getRemainTime());

        var unnamed = snapshot("cn-hangzhou", "s-23odd0002");
        assertNull(unnamed.getSnapshotName());
        assertEquals("never got a name", unnamed.getDescription());
        assertEquals(List.of(), unnamed.getTags().getTag());

        var awkward = snapshot("cn-hangzhou", "s-23odd0001");
        assertEquals("迁移前 & <备份> \"一\"", awkward.getSnapshotName());
        assertEquals(Map.of("说明", "a=b&c", "empty", ""), tags(awkward));

        var until2066 = snapshot("cn-beijing", "s-2zestate00000000000d");
        assertEquals("progressing", until2066.getStatus());
        assertFalse(until2066.getAvailable());
        assertTrue(until2066.getRemainTime() > 0);
    }

    @Test
    void wrongSecret() {
        var failure = failure(EMPTY, new Signing("testid", "not the secret"));
        assertEquals(400, failure.status());
        assertEquals("SignatureDoesNotMatch", failure.code());
        var beginning = "Specified signature does not match our calculation. server StringToSign is [ACS3-";
        assertTrue(failure.message().startsWith(beginning), failure.message());
        assertTrue(failure.message().contains("] server CanonicalRequest is [POST\n"), failure.message());
    }

    @Test
    void signatureV1() throws Exception {
        var config = config(USUAL).setSignatureAlgorithm("v2");
        var body = body(Map.of("RegionId", "cn-qingdao", "PageSize", 2), USUAL, config);
        assertEquals(List.of("s-943ypfgic", "s-94osg320e"), ids(body));
    }

    /** An action that is newer than the SDK goes by name, and its reply is a map. */
    private static Map<String, Object> call(Client client, String action, Map<String, String> parameters)
            throws Exception {
        var params = new Params()
                .setAction(action)
                .setVersion("2014-05-26")
                .setProtocol("HTTP")
                .setPathname("/")
                .setMethod("POST")
                .setAuthType("AK")
                .setStyle("RPC")
                .setReqBodyType("formData")
                .setBodyType("json");
        var reply = client.callApi(params, new OpenApiRequest().setQuery(parameters), new RuntimeOptions());
        return Common.assertAsMap(reply.get("body"));
    }

    private static DescribeSnapshotsResponseBody shown(Client client, String regionId, Map<String, String> tags)
            throws Exception {
        var conditions = tags.entrySet().stream()
                .map(tag -> new DescribeSnapshotsRequestTag().setKey(tag.getKey()).setValue(tag.getValue()))
                .toList();
        var request = new DescribeSnapshotsRequest().setRegionId(regionId).setTag(conditions);
        return client.describeSnapshots(request).getBody();
    }

    private static DescribeSnapshotsResponseBodySnapshotsSnapshot shown(Client client, String regionId)
            throws Exception {
        var snapshots = shown(client, regionId, Map.of()).getSnapshots().getSnapshot();
        assertEquals(1, snapshots.size());
        return snapshots.get(0);
    }

    private static List<?> lockedIds(Client client) throws Exception {
        var body = call(client, "DescribeLockedSnapshots", Map.of("RegionId", "cn-hangzhou"));
        var infos = (List<?>) body.get("LockedSnapshotsInfo");
        return infos.stream().map(info -> ((Map<?, ?>) info).get("SnapshotId")).toList();
    }

    /** Create of two disks, wait, find, modify, tag, delete. */
    @Test
    void theLifeOfAGroupOfSnapshots() throws Exception {
        try (var sandbox = sandbox()) {
            var region = "cn-hangzhou";
            var client = new Client(config(sandbox.signing));
            var create = new CreateSnapshotGroupRequest()
                    .setRegionId(region)
                    .setDiskId(List.of("d-web", "d-data"))
                    .setName("both")
                    .setClientToken("once")
                    .setTag(List.of(new CreateSnapshotGroupRequestTag().setKey("说明").setValue("a=b&c")));
            var groupId = client.createSnapshotGroup(create).getBody().getSnapshotGroupId();
            assertEquals(groupId, client.createSnapshotGroup(create).getBody().getSnapshotGroupId());
            var all = new DescribeSnapshotGroupsRequest().setRegionId(region);
            var groups = client.describeSnapshotGroups(all).getBody().getSnapshotGroups().getSnapshotGroup();
            assertEquals(1, groups.size());
            var group = groups.get(0);
            assertEquals(groupId, group.getSnapshotGroupId());
            assertEquals("both", group.getName());
            assertEquals("progressing", group.getStatus());
            assertEquals("i-web", group.getInstanceId());
            assertEquals("说明", group.getTags().getTag().get(0).getKey());
            var members = group.getSnapshots().getSnapshot();
            assertEquals(List.of("d-data", "d-web"), members.stream().map(member -> member.getSourceDiskId()).sorted().toList());
            for (var member : members) {
                assertTrue(member.getAvailable());
                assertEquals("acs:ecs:createFrom", member.getTags().getTag().get(0).getKey());
                assertEquals("i-web", member.getTags().getTag().get(0).getValue());
            }
            sandbox.advance(2);
            var accomplished = new DescribeSnapshotGroupsRequest()
                    .setRegionId(region)
                    .setStatus(List.of("accomplished"))
                    .setInstanceId("i-web")
                    .setSnapshotGroupId(List.of(groupId));
            groups = client.describeSnapshotGroups(accomplished).getBody().getSnapshotGroups().getSnapshotGroup();
            assertEquals("100%", groups.get(0).getSnapshots().getSnapshot().get(1).getProgress());

            client.modifySnapshotGroup(new ModifySnapshotGroupRequest()
                    .setRegionId(region)
                    .setSnapshotGroupId(groupId)
                    .setName("changed")
                    .setDescription("of two disks"));
            client.tagResources(new TagResourcesRequest()
                    .setRegionId(region)
                    .setResourceType("snapshotgroup")
                    .setResourceId(List.of(groupId))
                    .setTag(List.of(new TagResourcesRequestTag().setKey("env").setValue("test"))));
            var changed = new DescribeSnapshotGroupsRequest()
                    .setRegionId(region)
                    .setName("changed")
                    .setTag(List.of(new DescribeSnapshotGroupsRequestTag().setKey("env").setValue("test")));
            groups = client.describeSnapshotGroups(changed).getBody().getSnapshotGroups().getSnapshotGroup();
            assertEquals("of two disks", groups.get(0).getDescription());
            assertEquals(2, groups.get(0).getTags().getTag().size());

            var delete = new DeleteSnapshotGroupRequest().setRegionId(region).setSnapshotGroupId(groupId);
            var progress = client.deleteSnapshotGroup(delete).getBody().getOperationProgressSet().getOperationProgress();
            assertEquals(2, progress.size());
            for (var number : List.of(0, 1)) {
                assertEquals("Success", progress.get(number).getOperationStatus());
                var item = progress.get(number).getRelatedItemSet().getRelatedItem().get(0);
                assertEquals(members.get(number).getSnapshotId(), item.getValue());
            }
            assertEquals(List.of(), client.describeSnapshotGroups(all).getBody().getSnapshotGroups().getSnapshotGroup());
            assertRefused(404, "InvalidSnapshotGroup.NotFound", () -> client.deleteSnapshotGroup(delete));
        }
    }

    /** Create, wait, tag, find by tag, modify, copy, lock, image, disk, delete, and what is refused meanwhile. */
    @Test
    void theLifeOfASnapshot() throws Exception {
        try (var sandbox = sandbox()) {
            var region = "cn-hangzhou";
            var client = new Client(config(sandbox.signing));

            // Create and wait. A request that is sent again makes no second snapshot.
            var create = new CreateSnapshotRequest()
                    .setDiskId("d-web")
                    .setSnapshotName("nightly")
                    .setClientToken("once")
                    .setTag(List.of(new CreateSnapshotRequestTag().setKey("说明").setValue("a=b&c")));
            var made = client.createSnapshot(create).getBody();
            var again = client.createSnapshot(create).getBody();
            assertEquals(made.getSnapshotId(), again.getSnapshotId());
            assertNotEquals(made.getRequestId(), again.getRequestId());
            var other = new CreateSnapshotRequest().setDiskId("d-web").setClientToken("once");
            assertRefused(403, "IdempotentParameterMismatch", () -> client.createSnapshot(other));
            var snapshotId = made.getSnapshotId();
            var modify = new ModifySnapshotAttributeRequest()
                    .setSnapshotId(snapshotId)
                    .setDescription("changed")
                    .setRetentionDays(30);
            assertRefused(400, "InvalidSnapshotId.NotReady", () -> client.modifySnapshotAttribute(modify));

            var progressing = shown(client, region);
            assertEquals("progressing", progressing.getStatus());
            assertEquals("0%", progressing.getProgress());
            assertEquals(2, progressing.getRemainTime());
            assertTrue(progressing.getAvailable());
            assertNull(progressing.getRetentionDays());
            sandbox.advance(2);
            var accomplished = shown(client, region);
            assertEquals("accomplished", accomplished.getStatus());
            assertEquals("100%", accomplished.getProgress());
            assertNull(accomplished.getRemainTime());
            assertEquals(snapshotId, accomplished.getSnapshotId());
            assertEquals("nightly", accomplished.getSnapshotName());
            assertEquals("d-web", accomplished.getSourceDiskId());
            assertEquals("20", accomplished.getSourceDiskSize());

            // Tag, find by tag, untag.
            client.tagResources(new TagResourcesRequest()
                    .setRegionId(region)
                    .setResourceType("snapshot")
                    .setResourceId(List.of(snapshotId))
                    .setTag(List.of(new TagResourcesRequestTag().setKey("env").setValue("test"))));
            var tags = Map.of("env", "test", "说明", "a=b&c");
            assertEquals(List.of(snapshotId), ids(shown(client, region, tags)));
            var list = new ListTagResourcesRequest()
                    .setRegionId(region)
                    .setResourceType("snapshot")
                    .setResourceId(List.of(snapshotId));
            assertEquals(
                    tags,
                    client.listTagResources(list).getBody().getTagResources().getTagResource().stream()
                            .collect(Collectors.toMap(
                                    ListTagResourcesResponseBodyTagResourcesTagResource::getTagKey,
                                    ListTagResourcesResponseBodyTagResourcesTagResource::getTagValue)));
            client.untagResources(new UntagResourcesRequest()
                    .setRegionId(region)
                    .setResourceType("snapshot")
                    .setResourceId(List.of(snapshotId))
                    .setTagKey(List.of("env")));
            assertEquals(List.of(), ids(shown(client, region, tags)));

            // Modify.
            client.modifySnapshotAttribute(modify);
            assertEquals("changed", shown(client, region).getDescription());
            assertEquals(30, shown(client, region).getRetentionDays());

            // Copy.
            var copy = new CopySnapshotRequest()
                    .setRegionId(region)
                    .setSnapshotId(snapshotId)
                    .setDestinationRegionId("cn-beijing")
                    .setDestinationSnapshotName("copy")
                    .setDestinationSnapshotDescription("of the nightly one");
            var copyId = client.copySnapshot(copy).getBody().getSnapshotId();
            sandbox.advance(2);
            var copied = shown(client, "cn-beijing");
            assertEquals(copyId, copied.getSnapshotId());
            assertEquals("copy", copied.getSnapshotName());
            assertEquals(snapshotId, copied.getSourceSnapshotId());
            assertEquals(region, copied.getSourceRegionId());
            assertEquals("accomplished", copied.getStatus());

            // Lock: nobody deletes it, and while it cools off it can be unlocked.
            var identity = Map.of("RegionId", region, "SnapshotId", snapshotId);
            var lock = new HashMap<>(Map.of("LockMode", "compliance", "LockDuration", "7", "CoolOffPeriod", "3"));
            lock.putAll(identity);
            var locked = Common.assertAsMap(call(client, "LockSnapshot", lock).get("LockedSnapshotInfo"));
            assertEquals("compliance-cooloff", locked.get("LockStatus"));
            assertEquals(7, ((Number) locked.get("LockDuration")).intValue());
            var delete = new DeleteSnapshotRequest().setSnapshotId(snapshotId);
            assertRefused(403, "InvalidOperation.SnapshotLocked", () -> client.deleteSnapshot(delete));
            assertEquals(List.of(snapshotId), lockedIds(client));
            call(client, "UnlockSnapshot", identity);
            assertEquals(List.of(), lockedIds(client));

            // An image and a disk of it, which keep it.
            var createImage = new CreateImageRequest()
                    .setRegionId(region)
                    .setSnapshotId(snapshotId)
                    .setImageName("of-the-nightly");
            var imageId = client.createImage(createImage).getBody().getImageId();
            var createDisk = new CreateDiskRequest()
                    .setRegionId(region)
                    .setSnapshotId(snapshotId)
                    .setZoneId("cn-hangzhou-h")
                    .setDiskCategory("cloud_essd");
            var diskId = client.createDisk(createDisk).getBody().getDiskId();
            assertEquals("image_disk", shown(client, region).getUsage());
            var describeDisks = new DescribeDisksRequest().setRegionId(region).setSnapshotId(snapshotId);
            var disks = client.describeDisks(describeDisks).getBody().getDisks().getDisk();
            assertEquals(1, disks.size());
            assertEquals(diskId, disks.get(0).getDiskId());
            assertEquals(20, disks.get(0).getSize());
            assertEquals("Available", disks.get(0).getStatus());
            assertTrue(disks.get(0).getPortable());
            assertEquals(snapshotId, disks.get(0).getSourceSnapshotId());
            assertEquals(List.of(), disks.get(0).getTags().getTag());
            assertRefused(403, "SnapshotCreatedImage", () -> client.deleteSnapshot(delete));
            client.deleteImage(new DeleteImageRequest().setRegionId(region).setImageId(imageId));
            assertRefused(403, "SnapshotCreatedDisk", () -> client.deleteSnapshot(delete));
            client.deleteDisk(new DeleteDiskRequest().setDiskId(diskId));

            // Delete.
            assertNotNull(client.deleteSnapshot(delete).getBody().getRequestId());
            assertEquals(List.of(), ids(shown(client, region, Map.of())));
            assertRefused(404, "InvalidSnapshotId.NotFound", () -> client.deleteSnapshot(delete));
        }
    }

    @Test
    void instancesRegionsAndZones() throws Exception {
        try (var sandbox = sandbox()) {
            var region = "cn-hangzhou";
            var client = new Client(config(sandbox.signing));
            var describeInstances = new DescribeInstancesRequest().setRegionId(region);
            var instances = client.describeInstances(describeInstances).getBody().getInstances().getInstance();
            assertEquals(1, instances.size());
            var web = instances.get(0);
            assertEquals("i-web", web.getInstanceId());
            assertEquals("网站 & web", web.getInstanceName());
            assertEquals("Running", web.getStatus());
            assertEquals(2, web.getCpu());
            assertEquals(8192, web.getMemory());
            assertTrue(web.getDeletionProtection());
            assertEquals(1, web.getTags().getTag().size());
            assertEquals("env", web.getTags().getTag().get(0).getTagKey());
            assertEquals("production", web.getTags().getTag().get(0).getTagValue());
            assertEquals(List.of(), web.getOperationLocks().getLockReason());
            assertEquals(List.of(), web.getSecurityGroupIds().getSecurityGroupId());

            var describeRegions = new DescribeRegionsRequest().setAcceptLanguage("en-US");
            var hangzhou = client.describeRegions(describeRegions).getBody().getRegions().getRegion().stream()
                    .filter(found -> found.getRegionId().equals(region))
                    .toList();
            assertEquals(1, hangzhou.size());
            assertEquals("China (Hangzhou)", hangzhou.get(0).getLocalName());
            assertEquals(HOST, hangzhou.get(0).getRegionEndpoint());

            var describeZones = new DescribeZonesRequest().setRegionId(region);
            var zones = client.describeZones(describeZones).getBody().getZones().getZone();
            assertEquals(ZONES, zones.stream().map(zone -> zone.getZoneId()).toList());
            for (var zone : zones) {
                assertTrue(zone.getAvailableDiskCategories().getDiskCategories().contains("cloud_essd"));
                assertEquals(List.of(), zone.getAvailableInstanceTypes().getInstanceTypes());
                var resources = zone.getAvailableResources().getResourcesInfo();
                assertEquals(1, resources.size());
                assertTrue(resources.get(0).getIoOptimized());
                var dataDisks = resources.get(0).getDataDiskCategories().getSupportedDataDiskCategory();
                assertTrue(dataDisks.contains("cloud_essd"));
            }
        }
    }

    /** Create, find, modify, apply, find from both sides, cancel, delete, and what is refused meanwhile. */
    @Test
    void aPolicyAndItsDisk() throws Exception {
        try (var sandbox = sandbox()) {
            var region = "cn-hangzhou";
            var client = new Client(config(sandbox.signing));
            var create = new CreateAutoSnapshotPolicyRequest()
                    .setRegionId(region)
                    .setAutoSnapshotPolicyName("夜间")
                    .setTimePoints("[\"1\",\"22\"]")
                    .setRepeatWeekdays("[\"1\",\"7\"]")
                    .setRetentionDays(30);
            var policyId = client.createAutoSnapshotPolicy(create).getBody().getAutoSnapshotPolicyId();
            var describe =
                    new DescribeAutoSnapshotPolicyExRequest().setRegionId(region).setAutoSnapshotPolicyId(policyId);
            var policies = client.describeAutoSnapshotPolicyEx(describe)
                    .getBody()
                    .getAutoSnapshotPolicies()
                    .getAutoSnapshotPolicy();
            assertEquals(1, policies.size());
            var policy = policies.get(0);
            assertEquals("夜间", policy.getAutoSnapshotPolicyName());
            assertEquals("Normal", policy.getStatus());
            assertEquals("[\"1\",\"22\"]", policy.getTimePoints());
            assertEquals("[\"1\",\"7\"]", policy.getRepeatWeekdays());
            assertEquals("[]", policy.getTargetCopyRegions());
            assertEquals(30, policy.getRetentionDays());
            assertEquals(0, policy.getDiskNums());
            client.modifyAutoSnapshotPolicyEx(new ModifyAutoSnapshotPolicyExRequest()
                    .setRegionId(region)
                    .setAutoSnapshotPolicyId(policyId)
                    .setRetentionDays(-1));
            policies = client.describeAutoSnapshotPolicyEx(describe)
                    .getBody()
                    .getAutoSnapshotPolicies()
                    .getAutoSnapshotPolicy();
            assertEquals(-1, policies.get(0).getRetentionDays());

            var diskIds = "[\"d-web\"]";
            client.applyAutoSnapshotPolicy(new ApplyAutoSnapshotPolicyRequest()
                    .setRegionId(region)
                    .setAutoSnapshotPolicyId(policyId)
                    .setDiskIds(diskIds));
            var ofPolicy = new DescribeDisksRequest().setRegionId(region).setAutoSnapshotPolicyId(policyId);
            var disks = client.describeDisks(ofPolicy).getBody().getDisks().getDisk();
            assertEquals(1, disks.size());
            assertEquals("d-web", disks.get(0).getDiskId());
            assertEquals(policyId, disks.get(0).getAutoSnapshotPolicyId());
            assertTrue(disks.get(0).getEnableAutomatedSnapshotPolicy());
            // Newer than the SDK.
            var pairs = call(
                    client, "DescribeAutoSnapshotPolicyAssociations", Map.of("RegionId", region, "DiskId", "d-web"));
            assertEquals(
                    Map.of(
                            "AutoSnapshotPolicyAssociation",
                            List.of(Map.of("AutoSnapshotPolicyId", policyId, "DiskId", "d-web"))),
                    pairs.get("AutoSnapshotPolicyAssociations"));
            client.cancelAutoSnapshotPolicy(
                    new CancelAutoSnapshotPolicyRequest().setRegionId(region).setDiskIds(diskIds));
            assertEquals(List.of(), client.describeDisks(ofPolicy).getBody().getDisks().getDisk());

            var delete = new DeleteAutoSnapshotPolicyRequest().setRegionId(region).setAutoSnapshotPolicyId(policyId);
            client.deleteAutoSnapshotPolicy(delete);
            assertRefused(404, "ParameterInvalid", () -> client.deleteAutoSnapshotPolicy(delete));
        }
    }
}
