"""Files that the wheel has and the repository has not.

MockServer's client (PyPI: mockserver-client) installs an import package `mockserver`, too. The
wheel shares no path with it but `mockserver/__init__.py`. Therefore

* the types of `mockserver` are declared by a stub package and by each package below it (PEP 561),
  not by `mockserver/py.typed`;
* for each public name there is a module `mockserver/<name>.py`, whose import raises the error of
  `mockserver/name_taken.py`.

With TOKEN_MOCKSERVER_COMPILED=1 the modules through which every request goes are compiled by mypyc
from the same source, and the wheel is one for this platform. Their source is in it, too.
"""

import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

COMPILED = {
    "model": (
        "accounts clock http known_secrets memo request_content token_registry tokens vendor"
        " vendor_state"
    ),
    "vendors/dapi": "connect data exchange",
    "vendors/datasentinel": "user_token",
    "vendors/dstor": "temp_token",
    "vendors/kitegateway": "auth_token",
    "storage": "memory",
    "wiremock": "delays stub_registry",
    "emulator": "engine gates journal journal_entry phases routing state",
    "admin": "application",
    "server": (
        "chunked_body connection connection_end connection_state event_loop limits"
        " proxy_connection request_head request_reader server_state write_batch"
    ),
}
"""By package, the modules that are compiled.

Others are left out because mypyc cannot compile them (docs/decisions says which and why), because
tests and users replace parts of them, or because a request spends no time in them.
"""

_MYPY = "mypy==2.4.1"
_SETTINGS = "[mypy]\nignore_missing_imports = True\nfollow_imports = silent\n"
_SETUP = """
import sys
from mypyc.build import mypycify
from setuptools import setup
modules = mypycify(
    sys.argv[1:], opt_level="3", debug_level="0", group_name="token_mockserver"
)
sys.argv[1:] = ["build_ext", "--inplace"]
setup(name="token-mockserver", packages=[], ext_modules=modules)
"""


class SharedNameHook(BuildHookInterface):  # type: ignore[type-arg, misc, unused-ignore]
    """Adds the files to a wheel; an editable installation needs none of them."""

    def dependencies(self) -> list[str]:
        """Return what a compiled build needs beside hatchling."""
        return [_MYPY, "setuptools>=75"] if _is_compiled() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the files to a temporary directory and include them from there."""
        if version == "editable":
            return
        self._folder = Path(mkdtemp())
        package = Path(self.root, "mockserver")
        names = runpy.run_path(str(package / "public_names.py"))["MODULES"]
        error = (package / "name_taken.py").read_text()
        files = {f"mockserver/{name}.py": error for name in names}
        files |= {
            f"mockserver/{each.parent.name}/py.typed": "" for each in package.glob("*/__init__.py")
        }
        files["mockserver-stubs/__init__.pyi"] = (package / "__init__.pyi").read_text()
        # "partial": what the stub package lacks is looked for in the package itself.
        files["mockserver-stubs/py.typed"] = "partial\n"
        for path, text in files.items():
            source = self._folder / path
            source.parent.mkdir(parents=True, exist_ok=True)
            source.write_text(text)
            build_data["force_include"][str(source)] = path
        if _is_compiled():
            build_data["pure_python"] = False
            build_data["infer_tag"] = True
            for library in self._compiled():
                build_data["force_include"][str(library)] = str(library.relative_to(self._folder))

    def _compiled(self) -> list[Path]:
        """Compile the modules in the temporary directory and return the libraries."""
        shutil.copytree(
            Path(self.root, "mockserver"),
            self._folder / "mockserver",
            ignore=shutil.ignore_patterns("__pycache__"),
            dirs_exist_ok=True,
        )
        (self._folder / "mypy.ini").write_text(_SETTINGS)
        modules = [
            f"mockserver/{package}/{name}.py"
            for package, names in COMPILED.items()
            for name in names.split()
        ]
        subprocess.run([sys.executable, "-c", _SETUP, *modules], cwd=self._folder, check=True)
        suffixes = (".so", ".pyd")
        return [
            each
            for each in self._folder.rglob("*")
            if each.suffix in suffixes and ("build" not in each.relative_to(self._folder).parts)
        ]

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the temporary directory."""
        if version != "editable":
            shutil.rmtree(self._folder)


def _is_compiled() -> bool:
    return os.environ.get("TOKEN_MOCKSERVER_COMPILED") == "1"
