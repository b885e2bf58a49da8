#!/usr/bin/env bash
# Node's fetch fails if the server sends a "100 Continue" that the client did not request; axios and got do not.
#
# Versions: Node 20, undici 7.30.2, axios 1.21.1, got 14.6.6, node-fetch 3.3.2 (npm).
# Expected: a client parses responses with a status of 1xx that it does not expect (RFC 9110, section 15.2: "MUST").
#   Some servers and gateways send 100 for every request with a body.
# Behavior: undici, on which Node's fetch is built, closes the connection: "fetch failed", and "bad response" as the
#   message of the cause. The other clients use node:http, which skips the response.
# Seen: the five lines that this script prints.
set -euo pipefail
node --version 2> /dev/null | grep -q '^v20\.' || {
    echo "needs Node 20" >&2
    exit 2
}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > post.mjs <<'JAVASCRIPT'
import net from "node:net";
import axios from "axios";
import got from "got";
import nodeFetch from "node-fetch";
import { request } from "undici";

const server = net.createServer((socket) =>
  socket.once("data", () =>
    socket.end("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
  ),
);
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const url = `http://127.0.0.1:${server.address().port}/`;
const options = { method: "POST", body: "text" };
const clients = {
  fetch: async () => (await fetch(url, options)).status,
  undici: async () => (await request(url, options)).statusCode,
  axios: async () => (await axios.post(url, "text")).status,
  got: async () => (await got.post(url, { body: "text" })).statusCode,
  "node-fetch": async () => (await nodeFetch(url, options)).status,
};
for (const [name, post] of Object.entries(clients)) {
  try {
    console.log(name, await post());
  } catch (error) {
    console.log(name, [error.name, error.message, error.cause?.message].filter(Boolean).join(": "));
  }
}
process.exit();
JAVASCRIPT
npm install --silent --no-save --no-fund --no-audit undici@7.30.2 axios@1.21.1 got@14.6.6 node-fetch@3.3.2 > /dev/null
node post.mjs | tee seen
diff seen - <<'SEEN'
fetch TypeError: fetch failed: bad response
undici SocketError: bad response
axios 201
got 201
node-fetch 201
SEEN
