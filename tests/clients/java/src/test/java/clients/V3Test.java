package clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.aliyun.ecs20140526.Client;
import com.aliyun.ecs20140526.models.DescribeSnapshotsRequest;
import com.aliyun.ecs20140526.models.DescribeSnapshotsResponseBody;
import com.aliyun.ecs20140526.models.DescribeSnapshotsResponseBody.DescribeSnapshotsResponseBodySnapshotsSnapshot;
import com.aliyun.tea.TeaException;
import com.aliyun.teaopenapi.models.Config;
import com.aliyun.teautil.models.ExtendsParameters;
import com.aliyun.teautil.models.RuntimeOptions;
import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
}
