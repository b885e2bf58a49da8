"""Connect in a page of an app: with sdk.js, by redirect, and as text; and what it refuses."""

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from mockserver import TokenServer
from tests.pages.browser import Browser

APP = """<!doctype html><html lang="en"><title>App</title><link rel="icon" href="data:,">
<h1>App</h1><button id="open">Connect</button><pre id="said"></pre>
<script src="MOCK/dapi/connect/sdk.js"></script><script>
const said = (name) => (value) => {
  document.getElementById("said").textContent = name + " " + JSON.stringify(value || null);
};
const handler = Dapi.create({
  environment: Dapi.environments.sandbox, appKey: "app_key_value", countries: ["AE"],
  isExperimental: false,
  onSuccess: said("success"), onFailure: said("failure"), onExit: said("exit"),
  onReady: () => {
    document.getElementById("open").onclick = () => handler.open();
    document.body.dataset.ready = "yes";
  },
});
</script></html>"""


class Page(BaseHTTPRequestHandler):
    def __init__(self, text: str, *args: object) -> None:
        self.text = text
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(self.text.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def app(server: TokenServer) -> Iterator[str]:
    """Serve an app at another origin and return its address."""
    page = partial(Page, APP.replace("MOCK", server.url))
    with ThreadingHTTPServer(("127.0.0.1", 0), page) as app:
        threading.Thread(target=app.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{app.server_port}"
        app.shutdown()


def open_connect(browser: Browser, app: str) -> None:
    browser.driver.get(app)
    browser.until(lambda: browser.find("body").get_attribute("data-ready"))
    browser.find("#open").click()
    browser.driver.switch_to.frame("dapi-connect")


def log_in(browser: Browser, password: str = "dapi_password1") -> None:
    browser.fill("[name=user]", "dapi_user1")
    browser.fill("[name=password]", password)
    browser.click("Log in")


def said(browser: Browser) -> tuple[str, Any]:
    browser.driver.switch_to.default_content()
    text = browser.until(lambda: browser.find("#said").text)
    name, _, value = text.partition(" ")
    return name, json.loads(value)


def exchange(server: TokenServer, login: dict[str, str]) -> requests.Response:
    body = {
        "appSecret": "app_secret_value",
        "accessCode": login["accessCode"],
        "connectionID": login["connectionID"],
    }
    return requests.post(f"{server.dapi.base_url}/v2/auth/ExchangeToken", json=body)


def test_an_app_gets_a_code_and_exchanges_it(
    browser: Browser, server: TokenServer, app: str
) -> None:
    open_connect(browser, app)
    browser.find("[value=DAPIBANK_AE_ENBD]").click()
    log_in(browser, "wrong")
    browser.until_text("User name or password is wrong.")
    log_in(browser)
    browser.until_text("One-time password")
    browser.fill("[name=code]", "123456")
    browser.click("Confirm")
    name, login = said(browser)
    assert name == "success"
    assert set(login) >= {"accessCode", "connectionID", "userSecret", "userID", "tokenID"}
    assert exchange(server, login).json()["success"] is True
    assert browser.all("iframe") == []


def test_cancel_failure_and_timeout_reach_the_app(
    browser: Browser, server: TokenServer, app: str
) -> None:
    open_connect(browser, app)
    browser.click("Cancel")
    assert said(browser) == ("exit", None)
    open_connect(browser, app)
    browser.find("[value=DAPIBANK_AE_ADCB]").click()
    for _ in range(3):
        log_in(browser, "wrong")
    name, error = said(browser)
    assert (name, error["type"]) == ("failure", "INVALID_CREDENTIALS")
    open_connect(browser, app)
    server.clock.advance(minutes=6)
    browser.find("[value=DAPIBANK_AE_ADCB]").click()
    name, error = said(browser)
    assert (name, error["type"]) == ("failure", "TIMEOUT")


def test_by_redirect_and_as_text(browser: Browser, server: TokenServer, app: str) -> None:
    browser.go(f"/dapi/connect?redirect={app}/back&state=s1")
    browser.find("[value=DAPIBANK_AE_ADCB]").click()
    log_in(browser)
    browser.until(lambda: browser.driver.current_url.startswith(f"{app}/back"))
    query = parse_qs(urlsplit(browser.driver.current_url).query)
    assert query["state"] == ["s1"]
    login = {name: values[0] for name, values in query.items()}
    assert exchange(server, login).status_code == 200
    browser.go("/dapi/connect")
    browser.find("[value=DAPIBANK_AE_ADCB]").click()
    log_in(browser)
    text = browser.until(lambda: browser.find("#result").text)
    assert exchange(server, json.loads(text)).status_code == 200


def test_a_page_of_another_origin_gets_no_message(
    browser: Browser, server: TokenServer, app: str
) -> None:
    # It says that it is the app, and frames the page: the browser refuses the frame.
    foreign = app.replace("127.0.0.1", "localhost")
    browser.driver.get(foreign)
    browser.driver.execute_script(
        "const f = document.createElement('iframe'); f.name = 'dapi-connect';"
        "f.src = arguments[0]; document.body.append(f);"
        "addEventListener('message', (e) => { document.body.dataset.got = 'yes'; });",
        f"{server.url}/dapi/connect?origin={app}",
    )
    browser.until(lambda: "frame-ancestors" in str(browser.driver.get_log("browser")))
    assert browser.find("body").get_attribute("data-got") is None
