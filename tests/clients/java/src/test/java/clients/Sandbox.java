package clients;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** A sandbox of one's own, until it is closed. Its clock stands, and a snapshot takes two seconds. */
final class Sandbox implements AutoCloseable {
    private static final Gson GSON = new Gson();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final String name = UUID.randomUUID().toString();

    /** Its key. */
    final Suite.Signing signing;

    Sandbox(JsonObject state) throws Exception {
        var sandbox = Map.of(
                "Name", name,
                "From", "empty",
                "Clock", Map.of("Mode", "frozen"),
                "Settings", Map.of("SnapshotSeconds", 2));
        var created = GSON.fromJson(send("POST", "", sandbox, 201), JsonObject.class);
        signing = new Suite.Signing(
                created.get("AccessKeyId").getAsString(), created.get("AccessKeySecret").getAsString());
        send("POST", "/" + name + "/state", state, 200);
    }

    /** Moves its clock, which brings snapshots along that are being made. */
    void advance(int seconds) throws Exception {
        send("POST", "/" + name + "/clock/advance", Map.of("Seconds", seconds), 200);
    }

    /** Has something go wrong with the calls of an action. */
    void plan(String action, Map<String, ?> effect, Map<String, ?> others) throws Exception {
        var fault = new HashMap<String, Object>(others);
        fault.put("Match", Map.of("Action", action));
        fault.put("Effect", effect);
        send("POST", "/" + name + "/faults", fault, 201);
    }

    /** How often it was asked for an action. */
    int attempts(String action) throws Exception {
        var verified = send("POST", "/" + name + "/requests/verify", Map.of("Action", action), 200);
        return GSON.fromJson(verified, JsonObject.class).get("Matching").getAsInt();
    }

    /** How many snapshots there are. */
    int snapshots() throws Exception {
        var listed = send("GET", "/" + name + "/snapshots", null, 200);
        return GSON.fromJson(listed, JsonObject.class).get("TotalCount").getAsInt();
    }

    @Override
    public void close() throws Exception {
        send("DELETE", "/" + name, null, 204);
    }

    /** A request of the control plane, below the sandboxes. */
    private static String send(String method, String path, Object body, int status) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://" + Suite.HOST + "/_mock/v1/sandboxes" + path))
                .version(HttpClient.Version.HTTP_1_1)
                .header("Content-Type", "application/json")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(GSON.toJson(body)))
                .build();
        var response = HTTP.send(request, BodyHandlers.ofString());
        assertEquals(status, response.statusCode(), () -> method + " " + path + ": " + response.body());
        return response.body();
    }
}
