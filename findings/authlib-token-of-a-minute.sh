#!/usr/bin/env bash
# Authlib requests a new token for every call if tokens are valid for a minute or less.
#
# Versions: Authlib 1.9.10, requests 2.34.2, freezegun 1.5.5, Python 3.11.
# Expected: `expires_in` is the lifetime of the token in seconds (RFC 6749, section 5.1). A session that was given the
#   token endpoint and `grant_type="client_credentials"` uses its token until it has expired.
# Behavior: a token counts as expired 60 seconds before it is, the default of the parameter `leeway`. A token of 60
#   seconds is therefore expired when it is new: each call obtains another one, even the call directly after
#   fetch_token. A token of 61 seconds is used. A test that shortens the lifetime of tokens sees a request for a token
#   per call; requests-oauthlib makes none.
# Seen: the three lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/calls.py" <<'PYTHON'
import requests
from authlib.integrations.requests_client import OAuth2Session
from freezegun import freeze_time


class Service(requests.adapters.BaseAdapter):
    def __init__(self, lifetime):
        self.lifetime, self.paths = lifetime, []

    def send(self, request, **_):
        self.paths.append(request.path_url)
        answer = requests.Response()
        answer.status_code, answer.url, answer.request = 200, request.url, request
        answer._content = b'{"access_token": "a", "token_type": "Bearer", "expires_in": %d}' % self.lifetime
        return answer

    def close(self):
        pass


for lifetime in (900, 61, 60):
    service, endpoint = Service(lifetime), "https://service.example/token"
    with freeze_time("2026-01-01T00:00:00.5Z"):
        session = OAuth2Session("id", "secret", token_endpoint=endpoint, grant_type="client_credentials")
        session.mount("https://", service)
        session.fetch_token(endpoint)
        session.get("https://service.example/data")
        session.get("https://service.example/data")
    print(lifetime, *service.paths)
PYTHON
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q authlib==1.9.10 requests==2.34.2 freezegun==1.5.5
"$folder/venv/bin/python" -W ignore "$folder/calls.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
900 /token /data /data
61 /token /data /data
60 /token /token /data /token /data
SEEN
