"""The console in a browser: each screen by clicks, live, narrow, by keyboard, dark and light."""

import re
from functools import partial

import pytest
import requests
from selenium.webdriver.common.keys import Keys

from mockserver import TokenServer
from tests.pages.browser import Browser
from tests.pages.conftest import SCREENSHOTS

NAMES = ("tokens", "clock", "faults", "verdicts", "contract")
SCREENS = (
    "",
    *(f"console/{name}" for name in ("tokens", "clock", "faults", "verdicts", "contract")),
)


def buy(server: TokenServer) -> requests.Response:
    account = server.kitegateway.account
    return requests.post(
        f"{server.kitegateway.base_url}/v1/auth/token",
        json={"api_key": account.api_key},
        headers={"Secret-Key": account.secret_key},
    )


def use(server: TokenServer, token: str) -> int:
    url = f"{server.kitegateway.base_url}/v1/data/wallets/balances"
    return requests.get(url, headers={"Authorization": token}).status_code


def some_traffic(server: TokenServer) -> None:
    use(server, buy(server).json()["data"]["token"])
    use(server, "JWT x.y.z")
    requests.get(f"{server.url}/v1/auth/tokn")
    server.fail("dstor", status=503, times=2)
    key = {"api-key": server.dstor.account.api_key}
    requests.get(f"{server.dstor.base_url}/v1/dev/temp-token", headers=key)
    login = ("myUser", "myPassword")
    requests.post(f"{server.datasentinel.base_url}/ds-api/user-token", auth=login)


def test_the_first_look_says_what_to_do(browser: Browser, server: TokenServer) -> None:
    browser.go("/")
    curl = next(text for text in browser.texts("pre") if "Secret-Key" in text)
    assert f"{server.url}/kitegateway/v1/auth/token" in curl
    browser.click("Open the console")
    browser.until_text("No requests yet")
    assert any("curl -sS" in text for text in browser.texts("#empty pre"))


def test_requests_appear_as_they_come(browser: Browser, server: TokenServer) -> None:
    browser.go("/__admin/")
    browser.until(lambda: browser.find("#live").is_displayed())
    some_traffic(server)
    browser.until(lambda: len(browser.texts("#requests tr[data-id]")) == 6)
    newest, *_, oldest = browser.texts("#requests tr[data-id] .what")
    assert "/datasentinel/ds-api/user-token" in newest
    assert "/kitegateway/v1/auth/token" in oldest
    assert not browser.find("#empty").is_displayed()
    [unmatched] = browser.texts("tr.unmatched .why")
    assert "matched nothing; nearest: POST /v1/auth/token" in unmatched
    curl = browser.all("#requests [data-copy^=curl]")[-1].get_attribute("data-copy") or ""
    assert "Secret-Key: YOUR_SECRET" in curl
    assert "2882jj2hh288282jj2" in curl
    line = browser.all("#requests [data-copy^=token_mock]")[-1].get_attribute("data-copy")
    assert line == 'token_mock.requests.assert_called("kitegateway", "create_token")'
    server.reset()
    browser.until_text("No requests yet")


def test_a_filter_and_the_page_of_a_request(browser: Browser, server: TokenServer) -> None:
    some_traffic(server)
    browser.go("/__admin/")
    browser.find("[name=unmatched]").click()
    browser.click("Filter")
    browser.until(lambda: len(browser.texts("#requests tr[data-id]")) == 1)
    browser.click("/v1/auth/tokn")
    browser.until_text("Unmatched: the near misses")
    assert "kitegateway create_token" in browser.find("pre").text


def test_the_clock_decides_what_a_token_says(browser: Browser, server: TokenServer) -> None:
    token = buy(server).json()["data"]["token"]
    browser.go("/__admin/console/tokens")
    counting = browser.texts(".left")[0]
    assert re.match(r"in 1[45] m", counting)
    browser.until(lambda: browser.texts(".left")[0] != counting)
    browser.click("Clock")
    browser.click("Advance by 30m")
    browser.until_text("Clock moved +30 m")
    browser.click("Freeze")
    browser.until_text("Clock frozen")
    assert use(server, token) == 401
    browser.click("Tokens")
    browser.until(lambda: "expired" in browser.texts(".badge"))
    assert "Clock frozen" in browser.find("header").text
    browser.click("Clock")
    browser.fill("[name=now]", "2030-01-01T00:00:00Z")
    browser.click("Go")
    browser.until(lambda: server.clock.now().year == 2030)
    browser.click("Back to this machine's time")
    browser.until_text("Running with this machine's clock")
    assert use(server, token) == 200
    browser.click("Tokens")
    server.clock.freeze("2030-01-01T00:00:00Z")
    browser.until(lambda: browser.texts(".badge")[0] == "expired")
    server.clock.reset()
    browser.until(lambda: browser.texts(".badge")[0] == "active")


@pytest.mark.parametrize("screen", ["/", *(f"/__admin/{each}" for each in SCREENS)])
def test_a_clock_moved_elsewhere_is_seen(
    browser: Browser, server: TokenServer, screen: str
) -> None:
    browser.go(screen)
    browser.until(lambda: browser.all("body[data-live=yes]"))
    server.clock.advance(days=1)
    browser.until_text("Clock moved +1 d")
    server.clock.freeze()
    browser.until_text("Clock frozen")
    if "clock" in screen:
        assert browser.says(".face", "Frozen")
        browser.until(lambda: browser.texts("#stop button")[0] == "Release")
    server.reset()
    browser.until(lambda: "Clock frozen" not in browser.find("header").text)


def test_revoke_mint_and_explain(browser: Browser, server: TokenServer) -> None:
    token = buy(server).json()["data"]["token"]
    assert use(server, token) == 200
    browser.go("/__admin/console/tokens")
    browser.find("tbody tr .do button").click()
    browser.until(lambda: browser.texts(".badge")[0] == "revoked")
    assert use(server, token) == 401
    browser.select("form:has([value=mint]) [name=vendor]", "kitegateway")
    browser.click("Mint")
    minted = browser.until(lambda: browser.find("#minted").text)
    assert use(server, minted) == 200
    for each, verdict in ((minted, "accepts"), (token, "refuses")):
        says = f"kitegateway {verdict}"
        browser.select("form:has([value=explain]) [name=vendor]", "kitegateway")
        browser.fill("[name=token]", each)
        browser.click("Explain")
        browser.until(partial(browser.says, "#explained", says))
    assert "revoked" in browser.find("#explained").text


def test_a_fault_set_by_click_is_met_by_a_client(browser: Browser, server: TokenServer) -> None:
    browser.go("/__admin/console/faults")
    browser.select("[name=endpoint]", "kitegateway create_token")
    browser.fill("[name=times]", "2")
    browser.find("form:has([value=add-fault]) button").click()
    browser.until_text("the vendor's own error 503")
    assert buy(server).status_code == 503
    browser.go("/__admin/console/faults")
    assert browser.texts("tr[data-stub] td")[3] == "1"
    browser.click("Remove the stub for kitegateway create_token")
    browser.until_text("Nothing is set")
    assert buy(server).status_code == 200
    browser.fill("[name=mapping]", "{")
    browser.find("form:has([value=add-stub]) button").click()
    browser.until_text("The mapping is not JSON.")
    browser.allowed_errors.append("400 (Bad Request)")


def test_verdicts_and_contract(browser: Browser, server: TokenServer) -> None:
    some_traffic(server)
    browser.go("/__admin/console/verdicts")
    assert "no-cache" in browser.find("main").text
    browser.click("Contract")
    browser.until(lambda: browser.all("details"))
    browser.all("summary")[0].click()
    assert "Source:" in browser.find("details[open]").text


def test_a_thousand_requests_are_little_work(browser: Browser, server: TokenServer) -> None:
    with requests.Session() as session:
        for number in range(1010):
            session.get(f"{server.url}/v1/nothing/{number}")
    browser.go("/__admin/")
    browser.until(lambda: browser.find("#live").is_displayed())
    assert len(browser.texts("#requests tr[data-id]")) == 200
    assert sum("nearest" in why for why in browser.texts("#requests .why")) == 20
    assert set(browser.requested_paths()) == {
        "/__admin/",
        *(f"/__admin/console/static/{name}" for name in ("console.css", "console.js", "icon.svg")),
        "/__admin/requests/events",
    }
    browser.click("Older")
    browser.until_text("page 2 of 5")


def test_without_its_token_a_form_does_nothing(server: TokenServer) -> None:
    page = requests.get(f"{server.url}/__admin/console/clock")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["Referrer-Policy"] == "no-referrer"
    fields = {"do": "advance", "by": "1d", "page_token": "x"}
    action = f"{server.url}/__admin/console/clock"
    assert requests.post(action, data=fields).status_code == 403
    foreign = {"Origin": "https://evil.example"}
    fields["page_token"] = re.findall(r'name="page_token" value="(\w+)"', page.text)[0]
    assert requests.post(action, data=fields, headers=foreign).status_code == 403
    assert server.clock.now().year < 2100
    answer = requests.post(action, data=fields, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, "../console/clock")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1280])
def test_narrow_dark_and_accessible(
    browser: Browser, server: TokenServer, axe: str, width: int, scheme: str
) -> None:
    some_traffic(server)
    browser.size(width, 900, scheme)
    for screen in ("/", *(f"/__admin/{each}" for each in SCREENS), "/dapi/connect"):
        browser.go(screen)
        content, window = browser.widths()
        assert content <= window, screen
        assert browser.violations(axe) == [], screen


@pytest.mark.parametrize(("screen", "control", "then"), [
    ("/", "Open the console", "unmatched only"),
    ("/__admin/", "/v1/auth/tokn", "Unmatched: the near misses"),
    ("/__admin/console/tokens", "Mint", "It is shown only once."),
    ("/__admin/console/clock", "Advance by 1d", "Clock moved +1 d"),
    ("/__admin/console/faults", "Set", "2 set"),
    ("/__admin/console/verdicts", "Faults", "Set a stub"),
    ("/__admin/console/contract", "summary", "Source:"),
    ("/dapi/connect", "DAPIBANK_AE_ADCB", "Log in at Sandbox ADCB"),
])  # fmt: skip
def test_by_keyboard_alone(
    browser: Browser, server: TokenServer, screen: str, control: str, then: str
) -> None:
    """Tab reaches everything that can be operated, and Enter operates it."""
    some_traffic(server)
    browser.go(screen)
    before = browser.find("body").text
    assert then not in before
    reached = browser.tab_through()
    assert browser.unreached() == []
    assert {outline for _, outline in reached} == {"solid"}
    number = next(n for n, (text, _) in enumerate(reached, 1) if control in text)
    browser.go(screen)
    browser.press(*[Keys.TAB] * number, Keys.ENTER)
    browser.until_text(then)
    if control == "Advance by 1d":
        again = browser.driver.switch_to.active_element
        assert again.get_attribute("aria-label") == control


def test_connect_by_keyboard_alone(browser: Browser) -> None:
    browser.go("/dapi/connect")
    browser.press(Keys.TAB, Keys.TAB, Keys.ENTER)
    browser.until_text("Log in at Sandbox ENBD")
    browser.press("dapi_user1", Keys.TAB, "dapi_password1", Keys.TAB, Keys.ENTER)
    browser.until_text("One-time password")
    browser.press("123456", Keys.ENTER)
    browser.until_text("This is what Connect hands to an app")


def test_screenshots_of_the_documentation(browser: Browser, server: TokenServer) -> None:
    browser.size(1120, 620)
    server.clock.freeze("2030-01-01T09:00:00Z")
    some_traffic(server)
    pages = {
        "landing": "/",
        "requests": "/__admin/",
        "tokens": "/__admin/console/tokens",
        "clock": "/__admin/console/clock",
        "connect": "/dapi/connect",
    }
    for name, screen in pages.items():
        browser.go(screen)
        if name == "requests":
            browser.until(lambda: browser.find("#live").is_displayed())
        file = SCREENSHOTS / f"{name}.png"
        assert browser.driver.save_screenshot(str(file))
        assert file.stat().st_size < 150_000
