package clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.aliyuncs.AcsRequest;
import com.aliyuncs.AcsResponse;
import com.aliyuncs.DefaultAcsClient;
import com.aliyuncs.auth.ISignatureComposer;
import com.aliyuncs.auth.SignatureVersion;
import com.aliyuncs.auth.Signer;
import com.aliyuncs.ecs.model.v20140526.DescribeSnapshotsRequest;
import com.aliyuncs.ecs.model.v20140526.DescribeSnapshotsResponse;
import com.aliyuncs.ecs.model.v20140526.DescribeSnapshotsResponse.Snapshot;
import com.aliyuncs.exceptions.ClientException;
import com.aliyuncs.http.FormatType;
import com.aliyuncs.http.HttpResponse;
import com.aliyuncs.http.MethodType;
import com.aliyuncs.profile.DefaultProfile;
import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
        var profile = DefaultProfile.getProfile("cn-qingdao", signing.accessKeyId(), signing.accessKeySecret());
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
}
