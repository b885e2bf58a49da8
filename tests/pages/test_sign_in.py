"""A server with an admin token: the page asks for it, and keeps it in the tab."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from mockserver.admin.application import new_application
from mockserver.console import answer_page
from mockserver.server import listen, server_of
from tests.pages.browser import Browser

TOKEN = "an-admin-token"


@pytest.fixture
def guarded() -> Iterator[str]:
    application = new_application({}, admin_token=TOKEN, pages=answer_page)
    server = server_of(application, listen("127.0.0.1", 0))
    server.start()
    yield f"http://127.0.0.1:{server.port}"
    server.stop()


def test_signing_in_once_for_the_tab(chromium: Any, guarded: str) -> None:
    browser = Browser(chromium, guarded)
    browser.size(1280, 900)
    browser.go("/__admin/")
    assert "Requests" not in browser.find("body").text
    browser.fill("#admin-token", "wrong")
    browser.click("Sign in")
    browser.until_text("This token is not accepted.")
    browser.fill("#admin-token", TOKEN)
    browser.click("Sign in")
    browser.until_text("No requests yet")
    browser.until(lambda: browser.find("#live").is_displayed())
    requests.get(f"{guarded}/v1/nothing")
    browser.until(lambda: browser.texts("#requests tr[data-id]"))
    browser.click("Clock")
    browser.click("Advance by 1d")
    browser.until_text("Clock moved +1 d")
    browser.go("/__admin/console/tokens")
    browser.until_text("issued")
    assert TOKEN not in browser.driver.current_url
    assert TOKEN not in browser.driver.page_source
    browser.allowed_errors += ["401 (Unauthorized)"]
    browser.check()
    browser.driver.switch_to.new_window("tab")
    browser.go("/__admin/")
    browser.until_text("Sign in")
    browser.driver.close()
    browser.driver.switch_to.window(browser.driver.window_handles[0])
