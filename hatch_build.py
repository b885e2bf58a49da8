"""Files that the wheel has and the repository has not.

MockServer's client (PyPI: mockserver-client) installs an import package `mockserver`, too. The
wheel shares no path with it but `mockserver/__init__.py`. Therefore

* the types of `mockserver` are declared by a stub package and by each package below it (PEP 561),
  not by `mockserver/py.typed`;
* for each public name there is a module `mockserver/<name>.py`, whose import raises the error of
  `mockserver/name_taken.py`.
"""

import runpy
import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class SharedNameHook(BuildHookInterface):  # type: ignore[type-arg, misc, unused-ignore]
    """Adds the files to a wheel; an editable installation needs none of them."""

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

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the temporary directory."""
        if version != "editable":
            shutil.rmtree(self._folder)
