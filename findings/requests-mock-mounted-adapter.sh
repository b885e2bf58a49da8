#!/usr/bin/env bash
# requests-mock does not ask an adapter that the user mounted; responses does.
#
# Versions: requests-mock 1.12.1, responses 0.26.0, requests 2.34.2, Python 3.11.
# Expected: a transport adapter that a session has mounted for a prefix is asked for its URLs, as requests
#   documents it; both libraries stand in for the network.
# Behavior: `requests_mock.Mocker` replaces `Session.get_adapter`, so the mounted adapter is not asked, and a URL
#   that no rule has raises NoMockAddress. `responses` replaces `HTTPAdapter.send`, so it is asked.
# Seen: the three lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/send.py" <<'PYTHON'
import requests
import requests_mock
import responses


class InProcess(requests.adapters.BaseAdapter):
    def send(self, request, **_):
        answer = requests.Response()
        answer.status_code, answer.url, answer.request = 204, request.url, request
        return answer

    def close(self):
        pass


def status():
    try:
        return session.get("https://service.example/").status_code
    except requests_mock.NoMockAddress as error:
        return type(error).__name__


session = requests.Session()
session.mount("https://service.example/", InProcess())
print("alone", status())
with responses.RequestsMock():
    print("responses", status())
with requests_mock.Mocker():
    print("requests-mock", status())
PYTHON
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q requests-mock==1.12.1 responses==0.26.0 requests==2.34.2
"$folder/venv/bin/python" "$folder/send.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
alone 204
responses 204
requests-mock NoMockAddress
SEEN
