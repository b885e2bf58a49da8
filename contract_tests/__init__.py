"""One set of checks for the four token APIs: the mock is judged by it, and the vendors too.

How to find your way:

* `test_<vendor>.py`, `test_<vendor>_in_use.py`: what the vendor's pages say of buying a token and
  of using it, one check a statement; `<vendor>.py`: who asks in them, and the sources they name.
* `test_evidence.py`: what the pages print (`exchanges.py` reads it).
* `statements.py`: a check's statement, its tag and its source.
* `client.py` sends a request and has the answer judged against the contract by `judge.py` (status,
  headers), `shapes.py` (JSON) and `tokens.py` (JWTs); `differences.py` says what is wrong.
* `contract.py`: a vendor's contract as a tree that knows where each part comes from.
* `targets.py`, `control.py`, `credentials.py`: who is asked, and with what. `doors.py` and
  `server.py`: the mock of the run. `options.py` and `run.py`: what pytest was told.
* `outcomes.py`: what came of a check, as a finding; `mockserver.verification` reports it.

`pytest contract_tests` starts a mock for the run. `--vendor-url VENDOR=URL` points the checks of
one vendor at another, `--only-vendor NAME` leaves the other vendors out; `docs/verify.md` has more.

A tag says how well known a statement is: S, the page that this project implements; P, another page
of the vendor or code that it publishes; C, third-party client code; X, our choice.

The modules import each other relatively: the folder is a package of its own in the repository, and
the package `mockserver._contract_tests` in the wheel, with the same files.
"""

import pkgutil

import pytest

# An assert that fails in any module here is explained, as pytest does for test modules.
pytest.register_assert_rewrite(
    *(f"{__name__}.{module.name}" for module in pkgutil.iter_modules(__path__))
)
