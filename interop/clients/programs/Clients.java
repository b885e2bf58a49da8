import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/** `java Clients.java CLIENT`: buys a token as a program does that knows nothing of a mock. */
class Clients {
  static final URI VENDOR = URI.create("https://kitegateway.com/v1/auth/token");
  static final String BODY = "{\"api_key\": \"2882jj2hh288282jj2\"}";
  static final String[] HEADERS = {
    "Content-Type", "application/json", "Accept", "application/json", "Secret-Key", "YOUR_SECRET"
  };

  public static void main(String[] arguments) throws Exception {
    System.out.println(arguments[0].equals("HttpClient") ? withHttpClient() : withUrlConnection());
  }

  static String withHttpClient() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(VENDOR)
            .headers(HEADERS)
            .POST(HttpRequest.BodyPublishers.ofString(BODY))
            .build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  static String withUrlConnection() throws Exception {
    HttpURLConnection connection = (HttpURLConnection) VENDOR.toURL().openConnection();
    connection.setDoOutput(true);
    for (int at = 0; at < HEADERS.length; at += 2) {
      connection.setRequestProperty(HEADERS[at], HEADERS[at + 1]);
    }
    connection.getOutputStream().write(BODY.getBytes(StandardCharsets.UTF_8));
    try (InputStream answer = connection.getInputStream()) {
      return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
