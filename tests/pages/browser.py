"""A browser as the tests of pages use it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

_FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run"
    " --disable-background-networking --disable-component-update --disable-sync"
)

_FOCUSED = """
const stop = document.activeElement;
if (stop === document.body || stop.dataset.stop) return null;
stop.dataset.stop = "yes";
const name = stop.getAttribute("aria-label") || `${stop.tagName.toLowerCase()} ${stop.textContent}`;
return [name.trim(), getComputedStyle(stop).outlineStyle];
"""
_UNREACHED = """
const all = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
return [...document.querySelectorAll(all)]
  .filter((each) => each.checkVisibility() && !each.dataset.stop).map((each) => each.outerHTML);
"""


def start_chromium(profile: Path) -> webdriver.Chrome:
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in (*_FLAGS.split(), f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))


class Browser:
    """One browser at one server; each test begins with an empty tab storage."""

    def __init__(self, driver: webdriver.Chrome, url: str) -> None:
        self.driver = driver
        self.url = url
        self.allowed_errors: list[str] = []
        driver.get("about:blank")
        driver.get_log("browser")
        driver.get_log("performance")

    def go(self, path: str) -> None:
        self.driver.get(self.url + path)

    def size(self, width: int, height: int, scheme: str = "light") -> None:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)

    def find(self, css: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, css)

    def all(self, css: str) -> list[WebElement]:
        return list(self.driver.find_elements(By.CSS_SELECTOR, css))

    def texts(self, css: str) -> list[str]:
        script = "return [...document.querySelectorAll(arguments[0])].map((e) => e.textContent)"
        return [text.strip() for text in self.driver.execute_script(script, css)]

    def click(self, text: str) -> None:
        """Click the button or link with this text or accessible name."""
        quoted = json.dumps(text)
        path = f"(//button|//a)[normalize-space()={quoted} or @aria-label={quoted}]"

        def click() -> bool:
            # If the page is replaced between the two calls, neither has had an effect.
            self.driver.find_element(By.XPATH, path).click()
            return True

        self.until(click, f"nothing to click has the text {text}")

    def fill(self, css: str, text: str) -> None:
        field = self.find(css)
        field.clear()
        field.send_keys(text)

    def select(self, css: str, text: str) -> None:
        Select(self.find(css)).select_by_visible_text(text)

    def until(self, holds: Callable[[], Any], what: str = "") -> Any:
        ignored = (IndexError, NoSuchElementException, StaleElementReferenceException)
        waiting = WebDriverWait(self.driver, 15, 0.05, ignored_exceptions=ignored)
        return waiting.until(lambda _: holds(), what)

    def says(self, css: str, text: str) -> bool:
        return text in self.find(css).text

    def until_text(self, text: str) -> None:
        # One command, because the page may be replaced between two.
        script = "return document.body ? document.body.innerText : ''"
        seen = self.driver.execute_script
        self.until(lambda: text in seen(script), f"no {text!r} on the page")

    def widths(self) -> tuple[int, int]:
        script = "return [document.documentElement.scrollWidth, window.innerWidth]"
        content, window = self.driver.execute_script(script)
        return content, window

    def press(self, *keys: str) -> None:
        ActionChains(self.driver).send_keys(*keys).perform()

    def tab_through(self) -> list[tuple[str, str]]:
        """Press Tab until the focus leaves the page; return name and outline of each stop."""
        stops: list[tuple[str, str]] = []
        while True:
            self.press(Keys.TAB)
            stop = self.driver.execute_script(_FOCUSED)
            if stop is None:
                return stops
            stops.append(tuple(stop))

    def unreached(self) -> list[str]:
        """Return the controls that `tab_through` did not focus."""
        found: list[str] = self.driver.execute_script(_UNREACHED)
        return found

    def violations(self, axe: str) -> list[str]:
        """Return the serious and critical findings of axe-core."""
        # CSP forbids inline scripts to pages, not to the driver.
        self.driver.execute_script(axe)
        script = "const done = arguments[0]; axe.run().then(r => done(r.violations))"
        found = self.driver.execute_async_script(script)
        return [
            f"{each['id']}: {[node['target'] for node in each['nodes']]}"
            for each in found
            if each["impact"] in ("serious", "critical")
        ]

    def check(self) -> None:
        """Fail if a page logged an error, or sent a request to another host."""
        logged = [each["message"] for each in self.driver.get_log("browser")]
        errors = [each for each in logged if not any(a in each for a in self.allowed_errors)]
        assert not errors, errors
        hosts = {urlsplit(url).hostname for url in self._requested() if url.startswith("http")}
        assert hosts <= {"127.0.0.1", "localhost"}

    def requested_paths(self) -> list[str]:
        """Return the paths of the requests since the last call."""
        return [urlsplit(url).path for url in self._requested()]

    def _requested(self) -> list[str]:
        messages = [json.loads(e["message"])["message"] for e in self.driver.get_log("performance")]
        sent = [each for each in messages if each["method"] == "Network.requestWillBeSent"]
        return [each["params"]["request"]["url"] for each in sent]
