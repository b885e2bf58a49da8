#!/usr/bin/env bash
# JavaScript: three libraries read a JWT with its scheme in front in three ways, and none names the scheme.
#
# Versions: jose 6.1.0, jsonwebtoken 9.0.2, jwt-decode 4.0.0 (npm).
# Expected: `JWT eyJ...`, a header's value instead of the token alone, is refused by each function that
#   decodes a token, since a space is not a base64url character (RFC 7515, section 2).
# Behavior: jose's decodeJwt and jwt-decode return the claims, because they look at the second part
#   alone. jose's decodeProtectedHeader throws. jsonwebtoken's decode returns null. So one code base can
#   read the expiry of a token whose header it cannot read. (None of these functions verifies a token.)
# Seen: the four lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > decode.mjs <<'JAVASCRIPT'
import { decodeJwt, decodeProtectedHeader } from "jose";
import jsonwebtoken from "jsonwebtoken";
import { jwtDecode } from "jwt-decode";

const token = jsonwebtoken.sign({ sub: "account" }, "k".repeat(32), { noTimestamp: true });
const decoders = { decodeJwt, decodeProtectedHeader, "jsonwebtoken.decode": jsonwebtoken.decode, jwtDecode };
for (const [name, decode] of Object.entries(decoders)) {
  try {
    console.log(name, JSON.stringify(decode(`JWT ${token}`)));
  } catch (error) {
    console.log(name, error.name);
  }
}
JAVASCRIPT
npm install --silent --no-save --no-fund --no-audit jose@6.1.0 jsonwebtoken@9.0.2 jwt-decode@4.0.0 > /dev/null
node decode.mjs | tee seen
diff seen - <<'SEEN'
decodeJwt {"sub":"account"}
decodeProtectedHeader TypeError
jsonwebtoken.decode null
jwtDecode {"sub":"account"}
SEEN
