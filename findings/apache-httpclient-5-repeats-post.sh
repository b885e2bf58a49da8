#!/usr/bin/env bash
# Apache HttpClient 5 sends a POST a second time after a response with status 503; version 4 does not.
#
# Versions: Apache HttpClient 5.2.1 and 4.5.14 from Debian 12 (libhttpclient5-java, libhttpclient-java), Java 17.
# Expected: a POST is not idempotent, so a client does not repeat it unless it is told to (RFC 9110,
#   section 9.2.2), and both versions do the same with their defaults.
# Behavior: version 4 returns the first 503. Version 5 waits one second, sends the POST again and returns the
#   second response, so that the caller never sees the 503. A GET is repeated as well.
# Seen: the two lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
apt-get -qq download libhttpclient5-java=5.2.1-1 libhttpcore5-java=5.2.1-1 libslf4j-java=1.7.32-1 \
    libhttpclient-java=4.5.14-1 libhttpcore-java=4.4.16-1 libcommons-logging-java=1.2-3 2> /dev/null
for package in *.deb; do
    dpkg -x "$package" packages
done
cat > Post.java <<'JAVA'
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

class Post {
  static final AtomicInteger requests = new AtomicInteger();

  public static void main(String[] arguments) throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(requests.incrementAndGet() == 1 ? 503 : 201, -1);
          exchange.close();
        });
    server.start();
    String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    print("HttpClient 4", version4(url));
    requests.set(0);
    print("HttpClient 5", version5(url));
    server.stop(0);
  }

  static void print(String name, int status) {
    System.out.printf("%s: %d requests, status %d%n", name, requests.get(), status);
  }

  static int version4(String url) throws Exception {
    try (var client = org.apache.http.impl.client.HttpClients.createDefault();
        var response = client.execute(new org.apache.http.client.methods.HttpPost(url))) {
      return response.getStatusLine().getStatusCode();
    }
  }

  static int version5(String url) throws Exception {
    try (var client = org.apache.hc.client5.http.impl.classic.HttpClients.createDefault()) {
      return client.execute(
          new org.apache.hc.client5.http.classic.methods.HttpPost(url),
          response -> response.getCode());
    }
  }
}
JAVA
java -cp "$folder/packages/usr/share/java/*" Post.java 2> /dev/null | tee seen
diff seen - <<'SEEN'
HttpClient 4: 1 requests, status 503
HttpClient 5: 2 requests, status 201
SEEN
