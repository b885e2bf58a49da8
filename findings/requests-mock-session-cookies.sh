#!/usr/bin/env bash
# requests-mock: a session does not keep the cookies of mocked responses; with responses it does.
#
# Versions: requests-mock 1.12.1, responses 0.26.3, requests 2.34.2, Python 3.11.
# Expected: "The Session object ... persists cookies across all requests made from the Session instance"
#   (documentation of requests); both libraries stand in for the network.
# Behavior: with requests-mock, `response.cookies` has the cookie, but `session.cookies` stays empty and the next
#   request sends none, for the header `Set-Cookie` as for the parameter `cookies`. A test of a login by cookie fails
#   although the client is right.
# Seen: the three lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/login.py" <<'PYTHON'
import requests
import requests_mock
import responses

URL = "https://service.example"


def log_in(mock, name, **rule):
    mock.get(f"{URL}/login", **rule)
    mock.get(f"{URL}/data")
    session = requests.Session()
    login = session.get(f"{URL}/login")
    sent = session.get(f"{URL}/data").request.headers.get("Cookie")
    print(name, login.cookies.get_dict(), session.cookies.get_dict(), sent)


header = {"Set-Cookie": "id=1; Path=/"}
with responses.RequestsMock() as mock:
    log_in(mock, "responses", headers=header)
with requests_mock.Mocker() as mock:
    log_in(mock, "requests-mock, header", headers=header)
with requests_mock.Mocker() as mock:
    log_in(mock, "requests-mock, cookies", cookies={"id": "1"})
PYTHON
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q requests-mock==1.12.1 responses==0.26.3 requests==2.34.2
"$folder/venv/bin/python" "$folder/login.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
responses {'id': '1'} {'id': '1'} id=1
requests-mock, header {'id': '1'} {} None
requests-mock, cookies {'id': '1'} {} None
SEEN
