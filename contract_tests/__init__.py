"""One set of checks for the token APIs, of the mock and of the vendors' services.

`test_<vendor>.py` and `test_<vendor>_in_use.py` hold one check for each statement about buying a
token and about using it; `<vendor>.py` beside them sends the requests and names the sources.
`test_evidence.py` compares the mock with the exchanges that the pages print. Everything else, such
as the client, the judgment of an answer and the reports, is in `mockserver.verification`.

`pytest contract_tests` starts a mock for the run. `--vendor-url VENDOR=URL` points the checks of
one vendor at another server, `--only-vendor NAME` leaves the other vendors out. See
`docs/how-to/verify.md`.

A tag says how well a statement is known: S, the page that this project implements; P, another page
of the vendor or code that it publishes; C, third-party client code; X, our choice.

This folder is the package `contract_tests` in the repository and `mockserver._contract_tests` in
the wheel. Its modules therefore import each other relatively, and all else absolutely.
"""

import pkgutil

import pytest

# pytest explains a failed assert in test modules only, unless a module is registered.
pytest.register_assert_rewrite(
    *(f"{__name__}.{module.name}" for module in pkgutil.iter_modules(__path__))
)
