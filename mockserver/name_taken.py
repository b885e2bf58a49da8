"""The error for a public name of ours in an import package `mockserver` that is not ours.

The wheel has this file once for each public name, as `mockserver/TokenMock.py` and so on. Python
looks there for `from mockserver import TokenMock` only if `mockserver/__init__.py` does not
define the name: it is then the file of another distribution, or was removed with one.
"""

raise ImportError(
    "the import package mockserver is not token-mockserver's here, because another distribution "
    "(mockserver-client) has the same file mockserver/__init__.py; import from token_mockserver"
)
