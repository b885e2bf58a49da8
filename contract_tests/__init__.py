"""One set of checks for the token APIs, of the mock and of the vendors' services.

`test_<vendor>.py` and `test_<vendor>_in_use.py` contain one check for each statement about
obtaining a token and about using it; `<vendor>.py` sends the requests and names the sources.
`test_evidence.py` compares the mock with the exchanges that the pages print. Everything else, such
as the client, the comparison of responses and the reports, is in `mockserver.verification`.

`pytest contract_tests` starts a mock for the run. With `--vendor-url VENDOR=URL`, the checks of one
vendor test another server; with `--only-vendor NAME`, only that vendor is checked. See
`docs/how-to/verify.md`.

A tag says how well a statement is known: S, the page that this project implements; P, another page
of the vendor or code that it publishes; C, third-party client code; X, our choice.

This folder is the package `contract_tests` in the repository and `mockserver._contract_tests` in
the wheel. Its modules therefore import each other by relative imports, all others by absolute ones.
"""

import pkgutil

import pytest

# Without this, pytest explains failed assertions only in test modules.
pytest.register_assert_rewrite(
    *(f"{__name__}.{module.name}" for module in pkgutil.iter_modules(__path__))
)
