package clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.aliyun.ecs20140526.Client;
import com.aliyun.teaopenapi.models.Config;
import com.aliyun.teautil.models.RuntimeOptions;
import com.aliyuncs.DefaultAcsClient;
import com.aliyuncs.ecs.model.v20140526.CreateSnapshotRequest;
import com.aliyuncs.ecs.model.v20140526.DescribeSnapshotsRequest;
import com.aliyuncs.policy.retry.RetryPolicy;
import com.aliyuncs.profile.DefaultProfile;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What the SDKs send again by themselves, and what comes of it. */
class RetriesTest {
    /** They go wrong with every call, for as long as they are planned. */
    private static final Map<String, Map<String, ?>> EFFECTS = Map.of(
            "Throttling", Map.of("Code", "Throttling", "Status", 400, "Message", "Too many."),
            "Throttling.User", Map.of("Throttling", Map.of()),
            "503", Map.of("Code", "ServiceUnavailable"),
            "reset", Map.of("Connection", "reset"),
            "empty", Map.of("Connection", "empty"));

    private interface Call {
        void send(Sandbox sandbox) throws Exception;
    }

    private static Stream<DynamicTest> attempts(Call call, Map<String, Integer> expected) {
        return expected.entrySet().stream().map(entry -> dynamicTest(entry.getKey(), () -> {
            try (var sandbox = Suite.sandbox()) {
                sandbox.plan("*", EFFECTS.get(entry.getKey()), Map.of());
                assertThrows(Exception.class, () -> call.send(sandbox));
                assertEquals(entry.getValue(), sandbox.attempts("DescribeSnapshots"));
            }
        }));
    }

    private static DefaultAcsClient v1(Sandbox sandbox, RetryPolicy policy) {
        var key = sandbox.signing;
        var client = new DefaultAcsClient(
                DefaultProfile.getProfile("cn-hangzhou", key.accessKeyId(), key.accessKeySecret()));
        if (policy != null) {
            client.setSysRetryPolicy(policy);
        }
        return client;
    }

    private static void describeV1(Sandbox sandbox, RetryPolicy policy) throws Exception {
        var request = new DescribeSnapshotsRequest();
        request.setSysEndpoint(Suite.HOST);
        v1(sandbox, policy).getAcsResponse(request);
    }

    private static void describeV3(Sandbox sandbox, RuntimeOptions runtime) throws Exception {
        var config = new Config()
                .setEndpoint(Suite.HOST)
                .setProtocol("http")
                .setAccessKeyId(sandbox.signing.accessKeyId())
                .setAccessKeySecret(sandbox.signing.accessKeySecret());
        var request = new com.aliyun.ecs20140526.models.DescribeSnapshotsRequest().setRegionId("cn-hangzhou");
        new Client(config).describeSnapshotsWithOptions(request, runtime);
    }

    @TestFactory
    Stream<DynamicTest> theOldOneByItself() {
        return attempts(
                sandbox -> describeV1(sandbox, null),
                Map.of("Throttling", 1, "Throttling.User", 1, "503", 1, "reset", 1, "empty", 1));
    }

    @TestFactory
    Stream<DynamicTest> theOldOneWithItsDefaultPolicy() {
        return attempts(
                sandbox -> describeV1(sandbox, RetryPolicy.defaultRetryPolicy(false)),
                Map.of("Throttling", 1, "Throttling.User", 1, "503", 4, "reset", 4, "empty", 4));
    }

    @TestFactory
    Stream<DynamicTest> theNewOneByItself() {
        return attempts(
                sandbox -> describeV3(sandbox, new RuntimeOptions()),
                Map.of("Throttling", 1, "Throttling.User", 1, "503", 1, "reset", 1, "empty", 1));
    }

    @TestFactory
    Stream<DynamicTest> theNewOneWithAutoretry() {
        return attempts(
                sandbox -> describeV3(sandbox, new RuntimeOptions().setAutoretry(true).setMaxAttempts(3)),
                Map.of("Throttling", 1, "Throttling.User", 1, "503", 1, "reset", 4, "empty", 4));
    }

    /** The old one, with its default policy. */
    @TestFactory
    Stream<DynamicTest> aLostAnswer() {
        return Map.of("once", 1, "", 2).entrySet().stream()
                .map(entry -> dynamicTest("ClientToken '" + entry.getKey() + "'", () -> {
                    try (var sandbox = Suite.sandbox()) {
                        sandbox.plan("CreateSnapshot", EFFECTS.get("empty"), Map.of("Times", 1, "When", "after"));
                        var create = new CreateSnapshotRequest();
                        create.setSysEndpoint(Suite.HOST);
                        create.setDiskId("d-web");
                        if (!entry.getKey().isEmpty()) {
                            create.setClientToken(entry.getKey());
                        }
                        v1(sandbox, RetryPolicy.defaultRetryPolicy(false)).getAcsResponse(create);
                        assertEquals(2, sandbox.attempts("CreateSnapshot"));
                        assertEquals(entry.getValue(), sandbox.snapshots());
                    }
                }));
    }
}
