"""Configuration of Sphinx. `tox -e docs` builds the site; every warning is an error."""

import sys
from pathlib import Path

from token_mockserver import __version__

sys.path.insert(0, str(Path(__file__).with_name("_extensions")))

project = "token-mockserver"
author = "the token-mockserver contributors"
release = version = __version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_click",
    "sphinx_copybutton",
    "reference_tables",
    "rule_pages",
]
exclude_patterns = ["_build"]
source_suffix = [".md"]

myst_enable_extensions = ["attrs_inline"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
# A parameter's default is shown as it is written, not as its value.
autodoc_preserve_defaults = True
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_custom_sections = [("Source", "notes_style")]

# Signatures name classes of the standard library, of pytest and of responses. Their inventories are
# on the network, which a build does not use. Names of our own must resolve.
nitpicky = True
nitpick_ignore_regex = [
    ("py:class", r"mockserver\.testing\.token_mock\.Decorated"),  # a type variable
    ("py:.*", r"(?!mockserver).*"),
    ("py:.*", r"mockserver\.(emulator|admin|adapters|model)\..*"),
    ("py:class", r"mockserver\.testing\.handles\.(Send|VendorOrName)"),  # types of parameters
]

html_theme = "furo"
html_title = f"token-mockserver {release}"
html_theme_options = {"navigation_with_keys": True}
html_show_sphinx = False
