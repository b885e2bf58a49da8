#!/usr/bin/env bash
# Java: with an Authenticator, a wrong password is sent 4 or about 20 times, and HttpClient reports no status 401.
#
# Version: OpenJDK 17.0.15 (Debian package openjdk-17-jdk-headless 17.0.15+6-1~deb12u1), Python 3.11.
# Expected: credentials that were refused are not sent again: after 401 a client may repeat the request "with a new or
#   replaced Authorization header field" (RFC 9110, section 15.5.2). The response 401 is returned, as without an
#   Authenticator.
# Behavior: HttpClient sends the same credentials four times and throws an IOException; the body of the 401, which
#   names the reason, is lost. If the 401 has no `WWW-Authenticate`, it throws another IOException. HttpURLConnection
#   sends the credentials until its limit of 20 redirects and returns 401. A service that locks an account after a few
#   wrong passwords locks it at the first call.
# Seen: the five lines that this script prints.
set -euo pipefail
java -version 2>&1 | grep -q '(build 17\.0\.15+6-Debian-1deb12u1)' || {
    echo "needs OpenJDK 17.0.15 (Debian package openjdk-17-jdk-headless 17.0.15+6-1~deb12u1)" >&2
    exit 2
}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/Post.java" <<'JAVA'
import java.io.IOException;
import java.net.Authenticator;
import java.net.HttpURLConnection;
import java.net.PasswordAuthentication;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

class Post {
    static Authenticator authenticator = new Authenticator() {
        protected PasswordAuthentication getPasswordAuthentication() {
            return new PasswordAuthentication("user", "wrong".toCharArray());
        }
    };

    public static void main(String[] url) throws Exception {
        var client = HttpClient.newBuilder().authenticator(authenticator).build();
        var body = HttpRequest.BodyPublishers.ofString("text");
        for (var path : new String[] {"/HttpClient", "/without"}) {
            try {
                var request = HttpRequest.newBuilder(URI.create(url[0] + path)).POST(body).build();
                System.out.println(client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode());
            } catch (IOException error) {
                System.out.println(error.getMessage());
            }
        }
        Authenticator.setDefault(authenticator);
        var connection = (HttpURLConnection) URI.create(url[0] + "/HttpURLConnection").toURL().openConnection();
        connection.setDoOutput(true);
        connection.getOutputStream().write(65);
        System.out.println(connection.getResponseCode());
        System.exit(0);
    }
}
JAVA
cat > "$folder/serve.py" <<'PYTHON'
import subprocess
import sys
from collections import Counter
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        passwords[self.path[1:]] += "Authorization" in self.headers
        self.send_response(401)
        if self.path != "/without":
            self.send_header("WWW-Authenticate", 'Basic realm="service"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


passwords = Counter()
server = HTTPServer(("127.0.0.1", 0), Handler)
Thread(target=server.serve_forever, daemon=True).start()
subprocess.run(["java", sys.argv[1], f"http://127.0.0.1:{server.server_port}"], check=True, timeout=60)
print("HttpClient sent the password", passwords["HttpClient"], "times")
print("HttpURLConnection sent it 19 or 20 times:", passwords["HttpURLConnection"] in (19, 20))
PYTHON
python3 "$folder/serve.py" "$folder/Post.java" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
too many authentication attempts. Limit: 3
WWW-Authenticate header missing for response code 401
401
HttpClient sent the password 4 times
HttpURLConnection sent it 19 or 20 times: True
SEEN
