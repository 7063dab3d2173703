package clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.stream;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.ToNumberPolicy;
import com.google.gson.annotations.SerializedName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

/** Holds for both SDKs; a subclass makes the requests with one of them. */
abstract class Suite {
    /** The server's host and port. */
    static final String HOST = environment("ECS_MOCK_HOST");

    /** The contents of cases.json. Parameters go by the API's names; Tag and Filter are lists. */
    private record Cases(
            List<FilterCase> filters,
            List<ErrorCase> errors,
            Map<String, Refusal> refusals,
            List<JsonObject> snapshots,
            JsonObject state) {}

    private record FilterCase(
            String name,
            Map<String, Object> parameters,
            @SerializedName("SnapshotIds") List<String> snapshotIds,
            @SerializedName("TotalCount") Integer totalCount) {}

    private record ErrorCase(String name, Map<String, Object> parameters, int status, String code) {}

    private record Refusal(int status, String code, String message) {}

    private static final Cases CASES = cases();

    /** What a request is signed with. Without a date or a nonce, the SDK's own is. */
    record Signing(String accessKeyId, String accessKeySecret, String date, String nonce) {
        Signing(String accessKeyId, String accessKeySecret) {
            this(accessKeyId, accessKeySecret, null, null);
        }
    }

    static final Signing USUAL = new Signing("testid", "testsecret");

    /** What the suite compares of a reply. */
    record Page(List<String> ids, int pageNumber, int pageSize, int totalCount, String nextToken) {}

    /** What the suite compares of an error. */
    record Failure(int status, String code, String message, String requestId) {}

    /** Parameters that find nothing. */
    static final Map<String, ?> EMPTY = Map.of("RegionId", "cn-shanghai");

    /** Those of cn-hangzhou. */
    static final List<String> ZONES = List.of("cn-hangzhou-a", "cn-hangzhou-b", "cn-hangzhou-g", "cn-hangzhou-h");

    abstract Page describe(Map<String, ?> parameters, Signing signing) throws Exception;

    /** Takes apart what {@link #describe} threw. */
    abstract Failure failure(Exception error);

    /** The fields of a snapshot as the API shows them. */
    abstract JsonObject fields(String regionId, String snapshotId) throws Exception;

    final Page describe(Map<String, ?> parameters) throws Exception {
        return describe(parameters, USUAL);
    }

    final Failure failure(Map<String, ?> parameters, Signing signing) {
        return failure(assertThrows(Exception.class, () -> describe(parameters, signing)));
    }

    final Failure failure(Map<String, ?> parameters) {
        return failure(parameters, USUAL);
    }

    @TestFactory
    Stream<DynamicTest> filters() {
        return stream(CASES.filters.stream(), FilterCase::name, test -> {
            var page = describe(test.parameters);
            var totalCount = test.totalCount == null ? test.snapshotIds.size() : test.totalCount;
            assertEquals(test.snapshotIds, page.ids, test.name);
            assertEquals(totalCount, page.totalCount, test.name);
        });
    }

    @TestFactory
    Stream<DynamicTest> errors() {
        return stream(CASES.errors.stream(), ErrorCase::name, test -> {
            var failure = failure(test.parameters);
            assertEquals(test.status, failure.status, test.name);
            assertEquals(test.code, failure.code, test.name);
        });
    }

    @TestFactory
    Stream<DynamicTest> snapshots() {
        return stream(CASES.snapshots.stream(), snapshot -> text(snapshot, "SnapshotId"), snapshot -> {
            var id = text(snapshot, "SnapshotId");
            var expected = snapshot.deepCopy();
            // The API documents the size of the disk as a text and sends a number; the SDKs go by the documentation.
            expected.addProperty("SourceDiskSize", text(snapshot, "SourceDiskSize"));
            // Newer than both SDKs.
            expected.remove("FullSnapshotSizeInBytes");
            var fields = fields(text(snapshot, "RegionId"), id);
            assertEquals(tags(expected), tags(fields), id);
            expected.remove("Tags");
            fields.remove("Tags");
            assertEquals(expected, fields, id);
        });
    }

    @Test
    void error() {
        var failure = failure(Map.of("RegionId", "cn-hangzhou", "Usage", "backup"));
        assertEquals(new Failure(404, "InvalidUsage", "The specified Usage is not valid", failure.requestId), failure);
        assertTrue(failure.requestId.matches("[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}"), failure.requestId);
    }

    @Test
    void emptyList() throws Exception {
        assertEquals(new Page(List.of(), 1, 10, 0, null), describe(EMPTY));
    }

    @Test
    void pagesByNumber() throws Exception {
        var found = new ArrayList<String>();
        var number = 0;
        for (var length : List.of(7, 7, 7, 7, 7, 1, 0)) {
            number++;
            var page = describe(Map.of("RegionId", "cn-hangzhou", "PageNumber", number, "PageSize", 7));
            assertEquals(length, page.ids.size());
            assertEquals(new Page(page.ids, number, 7, 36, null), page);
            found.addAll(page.ids);
        }
        assertEquals(everything(), found);
    }

    @Test
    void pagesByToken() throws Exception {
        var found = new ArrayList<String>();
        var parameters = new HashMap<String, Object>(Map.of("RegionId", "cn-hangzhou", "MaxResults", 10));
        for (var length : List.of(10, 10, 10, 6)) {
            var page = describe(parameters);
            assertEquals(length, page.ids.size());
            found.addAll(page.ids);
            assertEquals(length == 6, page.nextToken == null);
            parameters.put("NextToken", page.nextToken);
        }
        assertEquals(everything(), found);
    }

    private List<String> everything() throws Exception {
        var ids = describe(Map.of("RegionId", "cn-hangzhou", "PageSize", 100)).ids;
        assertEquals(36, new HashSet<>(ids).size());
        return ids;
    }

    @Test
    void unknownKey() {
        assertRefusal("unknown key", failure(EMPTY, new Signing("nobody", "testsecret")));
    }

    @Test
    void staleClock() {
        var anHourAgo = Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(1, ChronoUnit.HOURS).toString();
        assertRefusal("stale clock", failure(EMPTY, new Signing("testid", "testsecret", anHourAgo, null)));
    }

    @Test
    void nonceUsedTwice() throws Exception {
        var signing = new Signing("testid", "testsecret", null, UUID.randomUUID().toString());
        assertEquals(List.of(), describe(EMPTY, signing).ids);
        assertRefusal("nonce used twice", failure(EMPTY, signing));
    }

    private static void assertRefusal(String name, Failure failure) {
        assertEquals(CASES.refusals.get(name), new Refusal(failure.status, failure.code, failure.message));
    }

    /** Says that the SDK makes its own exception of the answer to a call. */
    final void assertRefused(int status, String code, Executable call) {
        var failure = failure(assertThrows(Exception.class, call));
        assertEquals(List.of(status, code), List.of(failure.status, failure.code));
    }

    /** A sandbox with the state of cases.json. */
    static Sandbox sandbox() throws Exception {
        return new Sandbox(CASES.state);
    }

    /** Names a single snapshot. */
    static Map<String, String> one(String regionId, String snapshotId) {
        return Map.of("RegionId", regionId, "SnapshotIds", "[\"%s\"]".formatted(snapshotId));
    }

    private static Map<String, String> tags(JsonObject snapshot) {
        var tags = new HashMap<String, String>();
        for (var tag : snapshot.getAsJsonObject("Tags").getAsJsonArray("Tag")) {
            tags.put(text(tag.getAsJsonObject(), "TagKey"), text(tag.getAsJsonObject(), "TagValue"));
        }
        return tags;
    }

    private static String text(JsonObject object, String name) {
        return object.get(name).getAsString();
    }

    private static Cases cases() {
        var gson = new GsonBuilder().setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE).create();
        try {
            return gson.fromJson(Files.readString(Path.of(environment("ECS_MOCK_CASES"))), Cases.class);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    private static String environment(String name) {
        return Objects.requireNonNull(System.getenv(name), "tests/clients/run sets " + name);
    }
}
