#!/usr/bin/env bash
# needle on a Node that uses proxies by itself: the proxy's port appears in the address of the target.
#
# Versions: needle 3.5.0, Node 24.11.0 (npm package node).
# Expected: with HTTP_PROXY set, needle sends `GET http://service.example/a`, with or without
#   NODE_USE_ENV_PROXY=1, which tells Node's own http module to use the proxy.
# Behavior: with NODE_USE_ENV_PROXY=1 both act. needle has put the proxy's port into the options, and
#   Node makes the target of the request from them: `http://service.example:PORT/a`. A proxy that
#   connects to what it is asked for goes to the wrong port.
# Seen: the two lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > get.cjs <<'JAVASCRIPT'
const http = require("node:http");
const { spawn } = require("node:child_process");

const proxy = http.createServer((request, response) => {
  const port = String(proxy.address().port);
  console.log(process.argv[2], request.url.replace(port, "PORT"));
  response.end("ok");
});
proxy.listen(0, "127.0.0.1", () => {
  const code = 'require("needle")("get", "http://service.example/a").then(() => process.exit())';
  const env = { ...process.env, HTTP_PROXY: `http://127.0.0.1:${proxy.address().port}` };
  if (process.argv[2] === "both") env.NODE_USE_ENV_PROXY = "1";
  spawn(process.execPath, ["-e", code], { env, stdio: "inherit" }).on("exit", () => process.exit());
});
JAVASCRIPT
npm install --silent --no-save --no-fund --no-audit needle@3.5.0 node@24.11.0 > /dev/null
unset http_proxy https_proxy HTTPS_PROXY NO_PROXY no_proxy NODE_USE_ENV_PROXY
for who in needle both; do
    node_modules/.bin/node get.cjs "$who"
done | tee seen
diff seen - <<'SEEN'
needle http://service.example/a
both http://service.example:PORT/a
SEEN
