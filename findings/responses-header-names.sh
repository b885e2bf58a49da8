#!/usr/bin/env bash
# responses: header_matcher compares header names case-sensitively, unless `strict_match=True` makes it stricter.
#
# Versions: responses 0.26.3, requests-mock 1.12.1, requests 2.34.2, Python 3.11.
# Expected: names of header fields are case-insensitive (RFC 9110, section 5.1), as in `request.headers` of requests.
# Behavior: a rule for `api-key` does not match a request with `Api-Key`; the error shows an empty set of headers. With
#   `strict_match=True` the case of names does not matter. requests-mock ignores the case.
# Seen: the three lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/match.py" <<'PYTHON'
import requests
import requests_mock
import responses
from responses.matchers import header_matcher

URL = "https://service.example/"


def send(name):
    prepared = requests.Request("GET", URL, headers={"Api-Key": "key"}).prepare()  # without other headers
    try:
        print(name, requests.Session().send(prepared).status_code)
    except requests.ConnectionError as error:
        print(name, str(error).strip().splitlines()[-1].partition(" Headers ")[2])


for strict in (False, True):
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(URL, match=[header_matcher({"api-key": "key"}, strict_match=strict)])
        send(f"responses, strict_match={strict}:")
with requests_mock.Mocker() as mock:
    mock.get(URL, request_headers={"api-key": "key"})
    send("requests-mock:")
PYTHON
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q responses==0.26.3 requests-mock==1.12.1 requests==2.34.2
"$folder/venv/bin/python" "$folder/match.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
responses, strict_match=False: do not match: {} doesn't match {'api-key': 'key'}
responses, strict_match=True: 200
requests-mock: 200
SEEN
