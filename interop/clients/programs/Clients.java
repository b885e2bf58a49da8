import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * `java Clients.java CLIENT [METHOD...]`: sends requests for a token, one after another, as a
 * program does that knows nothing of a mock. Without a method it sends one POST.
 */
class Clients {
  static final URI VENDOR = URI.create("https://kitegateway.com/v1/auth/token");
  static final String BODY = "{\"api_key\": \"2882jj2hh288282jj2\"}";
  static final String[] HEADERS = {
    "Content-Type", "application/json", "Accept", "application/json", "Secret-Key", "YOUR_SECRET"
  };
  static final HttpClient CLIENT = HttpClient.newHttpClient();

  public static void main(String[] arguments) throws Exception {
    boolean withHttpClient = arguments[0].equals("HttpClient");
    String[] methods = Arrays.copyOfRange(arguments, 1, arguments.length);
    for (String method : methods.length > 0 ? methods : new String[] {"POST"}) {
      System.out.println(withHttpClient ? withHttpClient(method) : withUrlConnection(method));
    }
  }

  static String withHttpClient(String method) throws Exception {
    HttpRequest.BodyPublisher body =
        method.equals("POST")
            ? HttpRequest.BodyPublishers.ofString(BODY)
            : HttpRequest.BodyPublishers.noBody();
    HttpRequest request =
        HttpRequest.newBuilder(VENDOR).headers(HEADERS).method(method, body).build();
    return CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  static String withUrlConnection(String method) throws Exception {
    HttpURLConnection connection = (HttpURLConnection) VENDOR.toURL().openConnection();
    for (int at = 0; at < HEADERS.length; at += 2) {
      connection.setRequestProperty(HEADERS[at], HEADERS[at + 1]);
    }
    if (method.equals("POST")) {
      connection.setDoOutput(true);
      connection.getOutputStream().write(BODY.getBytes(StandardCharsets.UTF_8));
    }
    try (InputStream answer = connection.getInputStream()) {
      return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
