package clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.aliyuncs.AcsRequest;
import com.aliyuncs.AcsResponse;
import com.aliyuncs.CommonRequest;
import com.aliyuncs.DefaultAcsClient;
import com.aliyuncs.auth.ISignatureComposer;
import com.aliyuncs.auth.SignatureVersion;
import com.aliyuncs.auth.Signer;
import com.aliyuncs.ecs.model.v20140526.ApplyAutoSnapshotPolicyRequest;
import com.aliyuncs.ecs.model.v20140526.CancelAutoSnapshotPolicyRequest;
import com.aliyuncs.ecs.model.v20140526.CopySnapshotRequest;
import com.aliyuncs.ecs.model.v20140526.CreateAutoSnapshotPolicyRequest;
import com.aliyuncs.ecs.model.v20140526.CreateDiskRequest;
import com.aliyuncs.ecs.model.v20140526.CreateImageRequest;
import com.aliyuncs.ecs.model.v20140526.CreateSnapshotGroupRequest;
import com.aliyuncs.ecs.model.v20140526.CreateSnapshotRequest;
import com.aliyuncs.ecs.model.v20140526.DeleteAutoSnapshotPolicyRequest;
import com.aliyuncs.ecs.model.v20140526.DeleteDiskRequest;
import com.aliyuncs.ecs.model.v20140526.DeleteImageRequest;
import com.aliyuncs.ecs.model.v20140526.DeleteSnapshotGroupRequest;
import com.aliyuncs.ecs.model.v20140526.DeleteSnapshotRequest;
import com.aliyuncs.ecs.model.v20140526.DescribeAutoSnapshotPolicyExRequest;
import com.aliyuncs.ecs.model.v20140526.DescribeDisksRequest;
import com.aliyuncs.ecs.model.v20140526.DescribeInstancesRequest;
import com.aliyuncs.ecs.model.v20140526.DescribeRegionsRequest;
import com.aliyuncs.ecs.model.v20140526.DescribeSnapshotGroupsRequest;
import com.aliyuncs.ecs.model.v20140526.DescribeSnapshotsRequest;
import com.aliyuncs.ecs.model.v20140526.DescribeSnapshotsResponse.Snapshot;
import com.aliyuncs.ecs.model.v20140526.DescribeSnapshotsResponse;
import com.aliyuncs.ecs.model.v20140526.DescribeZonesRequest;
import com.aliyuncs.ecs.model.v20140526.ListTagResourcesRequest;
import com.aliyuncs.ecs.model.v20140526.ListTagResourcesResponse.TagResource;
import com.aliyuncs.ecs.model.v20140526.ModifyAutoSnapshotPolicyExRequest;
import com.aliyuncs.ecs.model.v20140526.ModifySnapshotAttributeRequest;
import com.aliyuncs.ecs.model.v20140526.ModifySnapshotGroupRequest;
import com.aliyuncs.ecs.model.v20140526.TagResourcesRequest;
import com.aliyuncs.ecs.model.v20140526.UntagResourcesRequest;
import com.aliyuncs.exceptions.ClientException;
import com.aliyuncs.http.FormatType;
import com.aliyuncs.http.HttpResponse;
import com.aliyuncs.http.MethodType;
import com.aliyuncs.profile.DefaultProfile;
import com.aliyuncs.reader.ReaderFactory;
import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** aliyun-java-sdk-ecs, the old SDK: signature V1, typed requests and typed replies. */
class V1Test extends Suite {
    /** The SDK's fields, private ones, have the API's names but for the first letter. */
    private static final Gson GSON =
            new GsonBuilder().setFieldNamingPolicy(FieldNamingPolicy.UPPER_CAMEL_CASE).create();

    FormatType format() {
        return FormatType.JSON;
    }

    /** Of the last reply; the SDK's exceptions don't tell. */
    private int status;

    private DefaultAcsClient client(Signing signing) {
        return client(signing, "cn-qingdao");
    }

    private DefaultAcsClient client(Signing signing, String regionId) {
        var profile = DefaultProfile.getProfile(regionId, signing.accessKeyId(), signing.accessKeySecret());
        return new DefaultAcsClient(profile) {
            @Override
            public <T extends AcsResponse> HttpResponse doAction(AcsRequest<T> request) throws ClientException {
                var response = super.doAction(request);
                status = response.getStatus();
                assertEquals(format(), response.getHttpContentType());
                return response;
            }
        };
    }

    private DescribeSnapshotsResponse response(Map<String, ?> parameters, Signing signing) throws Exception {
        return client(signing).getAcsResponse(request(parameters, signing));
    }

    /** Fills the typed request. What it has no field for goes the way that the SDK has for it. */
    private DescribeSnapshotsRequest request(Map<String, ?> parameters, Signing signing) throws Exception {
        var request = new Request(signing);
        request.setSysEndpoint(HOST);
        request.setSysAcceptFormat(format());
        for (var parameter : parameters.entrySet()) {
            var value = parameter.getValue();
            switch (parameter.getKey()) {
                case "RegionId" -> request.setSysRegionId((String) value);
                case "Tag" -> set(request, "Tags", value);
                case "Filter" -> {
                    var number = 0;
                    for (var condition : (List<?>) value) {
                        number++;
                        for (var part : ((Map<?, ?>) condition).entrySet()) {
                            set(request, "Filter" + number + part.getKey(), part.getValue());
                        }
                    }
                }
                default -> set(request, parameter.getKey(), value);
            }
        }
        return request;
    }

    private static void set(DescribeSnapshotsRequest request, String name, Object value) throws Exception {
        for (var method : DescribeSnapshotsRequest.class.getDeclaredMethods()) {
            if (method.getName().equals("set" + name)) {
                var type = method.getGenericParameterTypes()[0];
                method.invoke(request, GSON.<Object>fromJson(GSON.toJsonTree(value), type));
                return;
            }
        }
        request.putQueryParameter(name, value);
    }

    /** The SDK chooses date and nonce where it signs, so they are replaced there. */
    private static class Request extends DescribeSnapshotsRequest {
        Request(Signing signing) {
            var usual = composer;
            composer = new ISignatureComposer() {
                @Override
                public Map<String, String> refreshSignParameters(
                        Map<String, String> parameters, Signer signer, String accessKeyId, FormatType format) {
                    var refreshed = usual.refreshSignParameters(parameters, signer, accessKeyId, format);
                    if (signing.date() != null) {
                        refreshed.put("Timestamp", signing.date());
                    }
                    if (signing.nonce() != null) {
                        refreshed.put("SignatureNonce", signing.nonce());
                    }
                    return refreshed;
                }

                @Override
                public String composeStringToSign(
                        MethodType method,
                        String uriPattern,
                        Signer signer,
                        Map<String, String> queries,
                        Map<String, String> headers,
                        Map<String, String> paths) {
                    return usual.composeStringToSign(method, uriPattern, signer, queries, headers, paths);
                }

                @Override
                public String getAuthorization(Signer signer, String accessKeyId, String signature) {
                    return usual.getAuthorization(signer, accessKeyId, signature);
                }
            };
        }
    }

    @Override
    Page describe(Map<String, ?> parameters, Signing signing) throws Exception {
        var response = response(parameters, signing);
        return new Page(
                ids(response.getSnapshots()),
                response.getPageNumber(),
                response.getPageSize(),
                response.getTotalCount(),
                response.getNextToken());
    }

    @Override
    Failure failure(Exception error) {
        var client = assertInstanceOf(ClientException.class, error);
        return new Failure(status, client.getErrCode(), client.getErrMsg(), client.getRequestId());
    }

    @Override
    JsonObject fields(String regionId, String snapshotId) throws Exception {
        var fields = GSON.toJsonTree(snapshot(regionId, snapshotId)).getAsJsonObject();
        // The typed reply leaves out the level that the API has around the list.
        var tags = new JsonObject();
        tags.add("Tag", fields.get("Tags"));
        fields.add("Tags", tags);
        return fields;
    }

    private Snapshot snapshot(String regionId, String snapshotId) throws Exception {
        var snapshots = response(one(regionId, snapshotId), USUAL).getSnapshots();
        assertEquals(1, snapshots.size());
        return snapshots.get(0);
    }

    private static List<String> ids(List<Snapshot> snapshots) {
        return snapshots.stream().map(Snapshot::getSnapshotId).toList();
    }

    private static Map<String, String> tags(Snapshot snapshot) {
        var tags = new HashMap<String, String>();
        snapshot.getTags().forEach(tag -> tags.put(tag.getTagKey(), tag.getTagValue()));
        return tags;
    }

    @Test
    void regionIdIsTheClientsByDefault() throws Exception {
        assertEquals(List.of("s-943ypfgic", "s-94osg320e"), describe(Map.of("PageSize", 2)).ids());
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
        assertEquals(List.of(), unnamed.getTags());

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
        // The SDK's own code for a mismatch where the server signed the same string as the SDK.
        assertEquals("SDK.InvalidAccessKeySecret", failure.code());
    }

    @Test
    void signatureV3() throws Exception {
        var request = request(Map.of("PageSize", 2), USUAL);
        request.setSysSignatureVersion(SignatureVersion.V3);
        // With this signature the SDK doesn't fill it in.
        request.putQueryParameter("RegionId", "cn-qingdao");
        var snapshots = client(USUAL).getAcsResponse(request).getSnapshots();
        assertEquals(List.of("s-943ypfgic", "s-94osg320e"), ids(snapshots));
    }

    private <T extends AcsResponse> T answer(DefaultAcsClient client, AcsRequest<T> request) throws Exception {
        request.setSysEndpoint(HOST);
        request.setSysAcceptFormat(format());
        return client.getAcsResponse(request);
    }

    /** An action that is newer than the SDK goes by name; its reply is text, which the SDK's reader takes apart. */
    private Map<String, String> answer(DefaultAcsClient client, String action, Map<String, String> parameters)
            throws Exception {
        var request = new CommonRequest();
        request.setSysDomain(HOST);
        request.setSysVersion("2014-05-26");
        request.setSysAction(action);
        request.setSysAccept(format());
        parameters.forEach(request::putQueryParameter);
        var reply = client.getCommonResponse(request).getData();
        return ReaderFactory.createInstance(format()).read(reply, action + "Response");
    }

    private List<Snapshot> shown(DefaultAcsClient client, Map<String, String> tags) throws Exception {
        var request = new DescribeSnapshotsRequest();
        request.setTags(tags.entrySet().stream()
                .map(tag -> {
                    var condition = new DescribeSnapshotsRequest.Tag();
                    condition.setKey(tag.getKey());
                    condition.setValue(tag.getValue());
                    return condition;
                })
                .toList());
        return answer(client, request).getSnapshots();
    }

    private Snapshot shown(DefaultAcsClient client) throws Exception {
        var snapshots = shown(client, Map.of());
        assertEquals(1, snapshots.size());
        return snapshots.get(0);
    }

    /** Create of two disks, wait, find, modify, tag, delete. */
    @Test
    void theLifeOfAGroupOfSnapshots() throws Exception {
        try (var sandbox = sandbox()) {
            var client = client(sandbox.signing, "cn-hangzhou");
            var create = new CreateSnapshotGroupRequest();
            create.setDiskIds(List.of("d-web", "d-data"));
            create.setName("both");
            // The SDK is older than this token of groups.
            create.putQueryParameter("ClientToken", "once");
            var tag = new CreateSnapshotGroupRequest.Tag();
            tag.setKey("说明");
            tag.setValue("a=b&c");
            create.setTags(List.of(tag));
            var groupId = answer(client, create).getSnapshotGroupId();
            assertEquals(groupId, answer(client, create).getSnapshotGroupId());
            var all = new DescribeSnapshotGroupsRequest();
            var groups = answer(client, all).getSnapshotGroups();
            assertEquals(1, groups.size());
            var group = groups.get(0);
            assertEquals(groupId, group.getSnapshotGroupId());
            assertEquals("both", group.getName());
            assertEquals("progressing", group.getStatus());
            assertEquals("i-web", group.getInstanceId());
            assertEquals("说明", group.getTags().get(0).getKey());
            var members = group.getSnapshots();
            assertEquals(List.of("d-data", "d-web"), members.stream().map(member -> member.getSourceDiskId()).sorted().toList());
            for (var member : members) {
                assertEquals("acs:ecs:createFrom", member.getTags1().get(0).getKey());
                assertEquals("i-web", member.getTags1().get(0).getValue());
            }
            sandbox.advance(2);
            var accomplished = new DescribeSnapshotGroupsRequest();
            accomplished.setStatuss(List.of("accomplished"));
            accomplished.setInstanceId("i-web");
            accomplished.setSnapshotGroupIds(List.of(groupId));
            assertEquals("100%", answer(client, accomplished).getSnapshotGroups().get(0).getSnapshots().get(1).getProgress());

            var modify = new ModifySnapshotGroupRequest();
            modify.setSnapshotGroupId(groupId);
            modify.setName("changed");
            modify.setDescription("of two disks");
            answer(client, modify);
            var env = new TagResourcesRequest.Tag();
            env.setKey("env");
            env.setValue("test");
            var tagResources = new TagResourcesRequest();
            tagResources.setResourceType("snapshotgroup");
            tagResources.setResourceIds(List.of(groupId));
            tagResources.setTags(List.of(env));
            answer(client, tagResources);
            var condition = new DescribeSnapshotGroupsRequest.Tag();
            condition.setKey("env");
            condition.setValue("test");
            var changed = new DescribeSnapshotGroupsRequest();
            changed.setName("changed");
            changed.setTags(List.of(condition));
            groups = answer(client, changed).getSnapshotGroups();
            assertEquals("of two disks", groups.get(0).getDescription());
            assertEquals(2, groups.get(0).getTags().size());

            var delete = new DeleteSnapshotGroupRequest();
            delete.setSnapshotGroupId(groupId);
            var progress = answer(client, delete).getOperationProgressSet();
            assertEquals(2, progress.size());
            for (var number : List.of(0, 1)) {
                assertEquals("Success", progress.get(number).getOperationStatus());
                var item = progress.get(number).getRelatedItemSet().get(0);
                assertEquals(members.get(number).getSnapshotId(), item.getValue());
            }
            assertEquals(List.of(), answer(client, all).getSnapshotGroups());
            assertRefused(404, "InvalidSnapshotGroup.NotFound", () -> answer(client, delete));
        }
    }

    /** Create, wait, tag, find by tag, modify, copy, lock, image, disk, delete, and what is refused meanwhile. */
    @Test
    void theLifeOfASnapshot() throws Exception {
        try (var sandbox = sandbox()) {
            var client = client(sandbox.signing, "cn-hangzhou");

            // Create and wait. A request that is sent again makes no second snapshot.
            var create = new CreateSnapshotRequest();
            create.setDiskId("d-web");
            create.setSnapshotName("nightly");
            create.setClientToken("once");
            var tag = new CreateSnapshotRequest.Tag();
            tag.setKey("说明");
            tag.setValue("a=b&c");
            create.setTags(List.of(tag));
            var made = answer(client, create);
            var again = answer(client, create);
            assertEquals(made.getSnapshotId(), again.getSnapshotId());
            assertNotEquals(made.getRequestId(), again.getRequestId());
            var other = new CreateSnapshotRequest();
            other.setDiskId("d-web");
            other.setClientToken("once");
            assertRefused(403, "IdempotentParameterMismatch", () -> answer(client, other));
            var snapshotId = made.getSnapshotId();
            var modify = new ModifySnapshotAttributeRequest();
            modify.setSnapshotId(snapshotId);
            modify.setDescription("changed");
            modify.setRetentionDays(30);
            assertRefused(400, "InvalidSnapshotId.NotReady", () -> answer(client, modify));

            var progressing = shown(client);
            assertEquals("progressing", progressing.getStatus());
            assertEquals("0%", progressing.getProgress());
            assertEquals(2, progressing.getRemainTime());
            assertTrue(progressing.getAvailable());
            assertNull(progressing.getRetentionDays());
            sandbox.advance(2);
            var accomplished = shown(client);
            assertEquals("accomplished", accomplished.getStatus());
            assertEquals("100%", accomplished.getProgress());
            assertNull(accomplished.getRemainTime());
            assertEquals(snapshotId, accomplished.getSnapshotId());
            assertEquals("nightly", accomplished.getSnapshotName());
            assertEquals("d-web", accomplished.getSourceDiskId());
            assertEquals("20", accomplished.getSourceDiskSize());

            // Tag, find by tag, untag.
            var env = new TagResourcesRequest.Tag();
            env.setKey("env");
            env.setValue("test");
            var tagResources = new TagResourcesRequest();
            tagResources.setResourceType("snapshot");
            tagResources.setResourceIds(List.of(snapshotId));
            tagResources.setTags(List.of(env));
            answer(client, tagResources);
            var tags = Map.of("env", "test", "说明", "a=b&c");
            assertEquals(List.of(snapshotId), ids(shown(client, tags)));
            var list = new ListTagResourcesRequest();
            list.setResourceType("snapshot");
            list.setResourceIds(List.of(snapshotId));
            assertEquals(
                    tags,
                    answer(client, list).getTagResources().stream()
                            .collect(Collectors.toMap(TagResource::getTagKey, TagResource::getTagValue)));
            var untag = new UntagResourcesRequest();
            untag.setResourceType("snapshot");
            untag.setResourceIds(List.of(snapshotId));
            untag.setTagKeys(List.of("env"));
            answer(client, untag);
            assertEquals(List.of(), shown(client, tags));

            // Modify.
            answer(client, modify);
            assertEquals("changed", shown(client).getDescription());
            assertEquals(30, shown(client).getRetentionDays());

            // Copy.
            var copy = new CopySnapshotRequest();
            copy.setSnapshotId(snapshotId);
            copy.setDestinationRegionId("cn-beijing");
            copy.setDestinationSnapshotName("copy");
            copy.setDestinationSnapshotDescription("of the nightly one");
            var copyId = answer(client, copy).getSnapshotId();
            sandbox.advance(2);
            var copied = shown(client(sandbox.signing, "cn-beijing"));
            assertEquals(copyId, copied.getSnapshotId());
            assertEquals("copy", copied.getSnapshotName());
            assertEquals(snapshotId, copied.getSourceSnapshotId());
            assertEquals("cn-hangzhou", copied.getSourceRegionId());
            assertEquals("accomplished", copied.getStatus());

            // Lock: nobody deletes it, and while it cools off it can be unlocked.
            var identity = Map.of("RegionId", "cn-hangzhou", "SnapshotId", snapshotId);
            var lock = new HashMap<>(Map.of("LockMode", "compliance", "LockDuration", "7", "CoolOffPeriod", "3"));
            lock.putAll(identity);
            var locked = answer(client, "LockSnapshot", lock);
            assertEquals("compliance-cooloff", locked.get("LockSnapshotResponse.LockedSnapshotInfo.LockStatus"));
            assertEquals("7", locked.get("LockSnapshotResponse.LockedSnapshotInfo.LockDuration"));
            var delete = new DeleteSnapshotRequest();
            delete.setSnapshotId(snapshotId);
            assertRefused(403, "InvalidOperation.SnapshotLocked", () -> answer(client, delete));
            var ofHangzhou = Map.of("RegionId", "cn-hangzhou");
            assertTrue(answer(client, "DescribeLockedSnapshots", ofHangzhou).containsValue(snapshotId));
            answer(client, "UnlockSnapshot", identity);
            assertFalse(answer(client, "DescribeLockedSnapshots", ofHangzhou).containsValue(snapshotId));

            // An image and a disk of it, which keep it.
            var createImage = new CreateImageRequest();
            createImage.setSnapshotId(snapshotId);
            createImage.setImageName("of-the-nightly");
            var imageId = answer(client, createImage).getImageId();
            var createDisk = new CreateDiskRequest();
            createDisk.setSnapshotId(snapshotId);
            createDisk.setZoneId("cn-hangzhou-h");
            createDisk.setDiskCategory("cloud_essd");
            var diskId = answer(client, createDisk).getDiskId();
            assertEquals("image_disk", shown(client).getUsage());
            var describeDisks = new DescribeDisksRequest();
            describeDisks.setSnapshotId(snapshotId);
            var disks = answer(client, describeDisks).getDisks();
            assertEquals(1, disks.size());
            assertEquals(diskId, disks.get(0).getDiskId());
            assertEquals(20, disks.get(0).getSize());
            assertEquals("Available", disks.get(0).getStatus());
            assertTrue(disks.get(0).getPortable());
            assertEquals(snapshotId, disks.get(0).getSourceSnapshotId());
            assertEquals(List.of(), disks.get(0).getTags());
            assertRefused(403, "SnapshotCreatedImage", () -> answer(client, delete));
            var deleteImage = new DeleteImageRequest();
            deleteImage.setImageId(imageId);
            answer(client, deleteImage);
            assertRefused(403, "SnapshotCreatedDisk", () -> answer(client, delete));
            var deleteDisk = new DeleteDiskRequest();
            deleteDisk.setDiskId(diskId);
            answer(client, deleteDisk);

            // Delete.
            assertNotNull(answer(client, delete).getRequestId());
            assertEquals(List.of(), shown(client, Map.of()));
            assertRefused(404, "InvalidSnapshotId.NotFound", () -> answer(client, delete));
        }
    }

    @Test
    void instancesRegionsAndZones() throws Exception {
        try (var sandbox = sandbox()) {
            var client = client(sandbox.signing, "cn-hangzhou");
            var instances = answer(client, new DescribeInstancesRequest()).getInstances();
            assertEquals(1, instances.size());
            var web = instances.get(0);
            assertEquals("i-web", web.getInstanceId());
            assertEquals("网站 & web", web.getInstanceName());
            assertEquals("Running", web.getStatus());
            assertEquals(2, web.getCpu());
            assertEquals(8192, web.getMemory());
            assertTrue(web.getDeletionProtection());
            assertEquals(1, web.getTags().size());
            assertEquals("env", web.getTags().get(0).getTagKey());
            assertEquals("production", web.getTags().get(0).getTagValue());
            assertEquals(List.of(), web.getOperationLocks());
            assertEquals(List.of(), web.getSecurityGroupIds());

            var describeRegions = new DescribeRegionsRequest();
            describeRegions.setAcceptLanguage("en-US");
            var hangzhou = answer(client, describeRegions).getRegions().stream()
                    .filter(region -> region.getRegionId().equals("cn-hangzhou"))
                    .toList();
            assertEquals(1, hangzhou.size());
            assertEquals("China (Hangzhou)", hangzhou.get(0).getLocalName());
            assertEquals(HOST, hangzhou.get(0).getRegionEndpoint());

            var zones = answer(client, new DescribeZonesRequest()).getZones();
            assertEquals(ZONES, zones.stream().map(zone -> zone.getZoneId()).toList());
            for (var zone : zones) {
                assertTrue(zone.getAvailableDiskCategories().contains("cloud_essd"));
                assertEquals(List.of(), zone.getAvailableInstanceTypes());
                assertEquals(1, zone.getAvailableResources().size());
                var resources = zone.getAvailableResources().get(0);
                assertTrue(resources.getIoOptimized());
                assertTrue(resources.getDataDiskCategories().contains("cloud_essd"));
            }
        }
    }

    /** Create, find, modify, apply, find by the policy, cancel, delete, and what is refused meanwhile. */
    @Test
    void aPolicyAndItsDisk() throws Exception {
        try (var sandbox = sandbox()) {
            var client = client(sandbox.signing, "cn-hangzhou");
            var create = new CreateAutoSnapshotPolicyRequest();
            create.setAutoSnapshotPolicyName("夜间");
            create.setTimePoints("[\"1\",\"22\"]");
            create.setRepeatWeekdays("[\"1\",\"7\"]");
            create.setRetentionDays(30);
            var policyId = answer(client, create).getAutoSnapshotPolicyId();
            var describe = new DescribeAutoSnapshotPolicyExRequest();
            describe.setAutoSnapshotPolicyId(policyId);
            var policies = answer(client, describe).getAutoSnapshotPolicies();
            assertEquals(1, policies.size());
            assertEquals("夜间", policies.get(0).getAutoSnapshotPolicyName());
            assertEquals("Normal", policies.get(0).getStatus());
            assertEquals("[\"1\",\"22\"]", policies.get(0).getTimePoints());
            assertEquals(30, policies.get(0).getRetentionDays());
            var modify = new ModifyAutoSnapshotPolicyExRequest();
            modify.setAutoSnapshotPolicyId(policyId);
            modify.setRetentionDays(-1);
            answer(client, modify);
            assertEquals(-1, answer(client, describe).getAutoSnapshotPolicies().get(0).getRetentionDays());

            var apply = new ApplyAutoSnapshotPolicyRequest();
            apply.setAutoSnapshotPolicyId(policyId);
            apply.setDiskIds("[\"d-web\"]");
            answer(client, apply);
            var ofPolicy = new DescribeDisksRequest();
            ofPolicy.setAutoSnapshotPolicyId(policyId);
            var disks = answer(client, ofPolicy).getDisks();
            assertEquals(1, disks.size());
            assertEquals("d-web", disks.get(0).getDiskId());
            assertEquals(policyId, disks.get(0).getAutoSnapshotPolicyId());
            var cancel = new CancelAutoSnapshotPolicyRequest();
            cancel.setDiskIds("[\"d-web\"]");
            answer(client, cancel);
            assertEquals(List.of(), answer(client, ofPolicy).getDisks());

            var delete = new DeleteAutoSnapshotPolicyRequest();
            delete.setAutoSnapshotPolicyId(policyId);
            answer(client, delete);
            assertEquals(List.of(), answer(client, describe).getAutoSnapshotPolicies());
        }
    }
}
