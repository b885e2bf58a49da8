import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;

/** Asks the server at args[0] in the ways of Java's HttpClient, and prints what it answers. */
class Client {
    static String url;

    public static void main(String[] args) throws Exception {
        url = args[0];
        System.out.println(ask(get("/a")).body());
        System.out.println(ask(post(BodyPublishers.ofString("abc"))).body());
        System.out.println(ask(post(stream("streamed"))).body());
        BodyPublisher body = BodyPublishers.ofString("expected");
        System.out.println(ask(to("/a").expectContinue(true).POST(body).build()).body());
        HttpResponse<String> empty = ask(get("/204"));
        System.out.println(empty.version() + " " + empty.statusCode());
        List<String> outcomes = new ArrayList<>();
        for (String fault : List.of("EMPTY_RESPONSE", "CONNECTION_RESET_BY_PEER",
                "MALFORMED_RESPONSE_CHUNK", "RANDOM_DATA_THEN_CLOSE")) {
            outcomes.add(outcome("/" + fault));
        }
        System.out.println(String.join(" ", outcomes));
    }

    /** By a new client, so that each asks for HTTP/2 anew. */
    static HttpResponse<String> ask(HttpRequest request) throws Exception {
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }

    static HttpRequest get(String path) {
        return to(path).build();
    }

    static HttpRequest post(BodyPublisher body) {
        return to("/a").POST(body).build();
    }

    static HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create(url + path));
    }

    static BodyPublisher stream(String text) {
        return BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(text.getBytes()));
    }

    static String outcome(String path) throws Exception {
        try {
            ask(get(path));
            return "answered";
        } catch (IOException broken) {
            return "failed";
        }
    }
}
