import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.RequestBuilder;
import org.apache.http.entity.ContentType;
import org.apache.http.entity.StringEntity;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.util.EntityUtils;

/**
 * `java JavaPackages.java CLIENT [METHOD...]`: sends requests for a token, one after another, as a
 * program does that knows nothing of a mock. Without a method it sends one POST.
 */
class JavaPackages {
  static final String VENDOR = "https://kitegateway.com/v1/auth/token";
  static final String BODY = "{\"api_key\": \"2882jj2hh288282jj2\"}";
  static final OkHttpClient OKHTTP = new OkHttpClient();
  // Created "system", it obeys the properties of the virtual machine, as run sets them.
  static final CloseableHttpClient APACHE = HttpClients.createSystem();
  static final org.apache.hc.client5.http.impl.classic.CloseableHttpClient APACHE_5 =
      org.apache.hc.client5.http.impl.classic.HttpClients.createSystem();

  public static void main(String[] arguments) throws Exception {
    String[] methods = Arrays.copyOfRange(arguments, 1, arguments.length);
    for (String method : methods.length > 0 ? methods : new String[] {"POST"}) {
      String body = method.equals("POST") ? BODY : null;
      switch (arguments[0]) {
        case "OkHttp" -> System.out.println(withOkHttp(method, body));
        case "Apache HttpClient 4" -> System.out.println(withApache(method, body));
        default -> System.out.println(withApache5(method, body));
      }
    }
  }

  static String withOkHttp(String method, String body) throws Exception {
    RequestBody sent =
        body == null ? null : RequestBody.create(MediaType.get("application/json"), body);
    Request request =
        new Request.Builder()
            .url(VENDOR)
            .header("Secret-Key", "YOUR_SECRET")
            .method(method, sent)
            .build();
    try (Response answer = OKHTTP.newCall(request).execute()) {
      return answer.body().string();
    }
  }

  static String withApache(String method, String body) throws Exception {
    RequestBuilder request =
        RequestBuilder.create(method).setUri(VENDOR).addHeader("Secret-Key", "YOUR_SECRET");
    if (body != null) {
      request.setEntity(new StringEntity(body, ContentType.APPLICATION_JSON));
    }
    try (CloseableHttpResponse answer = APACHE.execute(request.build())) {
      return EntityUtils.toString(answer.getEntity(), StandardCharsets.UTF_8);
    }
  }

  static String withApache5(String method, String body) throws Exception {
    var request =
        org.apache.hc.core5.http.io.support.ClassicRequestBuilder.create(method)
            .setUri(VENDOR)
            .addHeader("Secret-Key", "YOUR_SECRET");
    if (body != null) {
      request.setEntity(body, org.apache.hc.core5.http.ContentType.APPLICATION_JSON);
    }
    return APACHE_5.execute(
        request.build(),
        answer -> org.apache.hc.core5.http.io.entity.EntityUtils.toString(answer.getEntity()));
  }
}
