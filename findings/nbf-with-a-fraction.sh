#!/usr/bin/env bash
# jose, jsonwebtoken and joserfc refuse a token for the rest of the second in which it becomes valid.
#
# Versions: jose 6.2.18, jsonwebtoken 9.0.3, fast-jwt 6.3.6 (npm), joserfc 1.8.0, PyJWT 2.15.1, freezegun 1.5.5,
#   Python 3.11.
# Expected: RFC 7519 lets a NumericDate have a fraction. A token with `nbf` and `iat` 0.3 s ago is valid, for example
#   one whose claims are `time.time()` and that is used at once.
# Behavior: jose, jsonwebtoken and joserfc compare the fraction of the claim with a clock of whole seconds. joserfc
#   says that the token "was issued in the future" even without `nbf`. fast-jwt and PyJWT accept the token.
# Seen: the six lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > verify.mjs <<'JAVASCRIPT'
import { jwtVerify } from "jose";
import jsonwebtoken from "jsonwebtoken";
import { createVerifier } from "fast-jwt";

const key = "k".repeat(32);
const now = 1795773600.5;
Date = class extends Date {
  constructor(...parts) { super(...(parts.length ? parts : [now * 1000])); }
  static now() { return now * 1000; }
};
const token = jsonwebtoken.sign({ nbf: now - 0.3, exp: now + 900 }, key, { noTimestamp: true });
const verifiers = {
  jose: () => jwtVerify(token, Buffer.from(key)),
  jsonwebtoken: () => jsonwebtoken.verify(token, key),
  "fast-jwt": () => createVerifier({ key })(token),
};
for (const [name, verify] of Object.entries(verifiers)) {
  try {
    await verify();
    console.log(name, "accepted");
  } catch (error) {
    console.log(name, error.message);
  }
}
JAVASCRIPT
cat > verify.py <<'PYTHON'
import freezegun
import joserfc.jwk
import joserfc.jwt
import jwt

KEY = "k" * 32
NOW = 1795773600.5


def with_joserfc(token):
    claims = joserfc.jwt.decode(token, joserfc.jwk.OctKey.import_key(KEY)).claims
    joserfc.jwt.JWTClaimsRegistry().validate(claims)


def with_pyjwt(token):
    jwt.decode(token, KEY, algorithms=["HS256"])


for verify, claim in ((with_joserfc, "nbf"), (with_joserfc, "iat"), (with_pyjwt, "nbf")):
    with freezegun.freeze_time("2026-11-27T10:00:00.500Z"):
        token = jwt.encode({claim: NOW - 0.3, "exp": NOW + 900}, KEY, "HS256")
        try:
            verify(token)
            print(verify.__name__, claim, "accepted")
        except Exception as error:
            print(verify.__name__, claim, error)
PYTHON
npm install --silent --no-save --no-fund --no-audit jose@6.2.18 jsonwebtoken@9.0.3 fast-jwt@6.3.6 > /dev/null
python3 -m venv venv
venv/bin/pip install -q joserfc==1.8.0 pyjwt==2.15.1 freezegun==1.5.5
{ node verify.mjs; venv/bin/python verify.py; } | tee seen
diff seen - <<'SEEN'
jose "nbf" claim timestamp check failed
jsonwebtoken jwt not active
fast-jwt accepted
with_joserfc nbf invalid_claim: The token is not yet valid
with_joserfc iat invalid_claim: The token was issued in the future
with_pyjwt nbf accepted
SEEN
