#!/usr/bin/env bash
# PyJWT cuts the fraction of `exp` and refuses a token that has most of a second left.
#
# Versions: PyJWT 2.15.1, joserfc 1.8.0, freezegun 1.5.5, Python 3.11.
# Expected: RFC 7519 lets a NumericDate have a fraction, and "exp" is the time on or after which the
#   token must not be accepted: a token with `exp` 0.9 s ahead is good.
# Behavior: PyJWT compares the whole seconds of `exp` with a clock that has fractions, and raises
#   ExpiredSignatureError. joserfc accepts the token.
# Seen: the two lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/judge.py" <<'PYTHON'
import freezegun
import joserfc.jwk
import joserfc.jwt
import jwt

KEY = "k" * 32


def with_pyjwt(token):
    jwt.decode(token, KEY, algorithms=["HS256"])


def with_joserfc(token):
    claims = joserfc.jwt.decode(token, joserfc.jwk.OctKey.import_key(KEY)).claims
    joserfc.jwt.JWTClaimsRegistry().validate(claims)


with freezegun.freeze_time("2026-11-27T10:00:00.050Z"):
    token = jwt.encode({"exp": 1795773600.95}, KEY, "HS256")
    for judge in (with_pyjwt, with_joserfc):
        try:
            judge(token)
            print(judge.__name__, "accepted")
        except Exception as error:
            print(judge.__name__, type(error).__name__)
PYTHON
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q pyjwt==2.15.1 joserfc==1.8.0 freezegun==1.5.5
"$folder/venv/bin/python" "$folder/judge.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
with_pyjwt ExpiredSignatureError
with_joserfc accepted
SEEN
