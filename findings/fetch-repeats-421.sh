#!/usr/bin/env bash
# Node's fetch sends a POST a second time if the server answers 421; axios, got and undici's request do not.
#
# Versions: Node 20, undici 7.30.2, axios 1.21.1, got 14.6.6 (npm).
# Expected: fetch does not repeat requests by itself; Node's documentation names no repetition. RFC 9110, section
#   15.5.20: after 421 a client MAY retry "over a different connection".
# Behavior: fetch opens a second connection to the same address and sends the same body there, as the Fetch standard
#   requires. A count of requests in a test is two where the client called fetch once.
# Seen: the four lines that this script prints: the requests that the server received.
set -euo pipefail
node --version 2> /dev/null | grep -q '^v20\.' || {
    echo "needs Node 20" >&2
    exit 2
}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > post.mjs <<'JAVASCRIPT'
import http from "node:http";
import axios from "axios";
import got from "got";
import { request } from "undici";

let received = [];
const server = http.createServer(async (message, response) => {
  for await (const chunk of message) received.push(String(chunk));
  response.writeHead(421).end();
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const url = `http://127.0.0.1:${server.address().port}/`;
const options = { method: "POST", body: "code" };
const clients = {
  fetch: async () => (await fetch(url, options)).status,
  undici: async () => (await request(url, options)).statusCode,
  axios: async () => (await axios.post(url, "code", { validateStatus: null })).status,
  got: async () => (await got.post(url, { body: "code", throwHttpErrors: false })).statusCode,
};
for (const [name, post] of Object.entries(clients)) {
  received = [];
  console.log(name, await post(), ...received);
}
process.exit();
JAVASCRIPT
npm install --silent --no-save --no-fund --no-audit undici@7.30.2 axios@1.21.1 got@14.6.6 > /dev/null
node post.mjs | tee seen
diff seen - <<'SEEN'
fetch 421 code code
undici 421 code
axios 421 code
got 421 code
SEEN
