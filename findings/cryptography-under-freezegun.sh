#!/usr/bin/env bash
# cryptography first used under freezegun refuses real datetimes afterwards.
#
# Versions: cryptography 50.0.2, freezegun 1.5.5, Python 3.11.
# Expected: after `freeze_time` has ended, a certificate can be signed as in a process that was never frozen.
# Behavior: cryptography keeps the class `datetime.datetime` that it finds when it first needs it. Inside
#   `freeze_time` that is freezegun's FakeDatetime, and every later signature of the process fails with
#   TypeError. Whether a test fails therefore depends on the order of the tests.
# Seen: the two lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/sign.py" <<'PYTHON'
import datetime

import freezegun
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec


def sign():
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = x509.CertificateBuilder(x509.Name([]), x509.Name([]), key.public_key(), 1)
    builder = builder.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    return builder.sign(key, hashes.SHA256())


with freezegun.freeze_time("2026-01-01"):
    sign()
    print("under freezegun: signed")
try:
    sign()
except TypeError as error:
    print(f"afterwards: {error}")
PYTHON
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q cryptography==50.0.2 freezegun==1.5.5
"$folder/venv/bin/python" "$folder/sign.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
under freezegun: signed
afterwards: 'datetime' object is not an instance of 'FakeDatetime'
SEEN
