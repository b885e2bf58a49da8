"""Actions that follow the import of a module.

A mock changes functions of libraries that take long to import and that few tests use. It does not
import them: its change follows when the test imports one.
"""

import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, cast


class AfterImport:
    """Calls `action` as soon as `module` is imported, from `begin` to `cancel`.

    Until then it is the first finder of the import system. It finds what the finders after it
    find. Of several, the one that began first acts first.
    """

    def __init__(self, module: str, action: Callable[[], None]) -> None:
        self._module = module
        self._action = action

    def begin(self) -> None:
        """Call the action now if the module is imported, or else right after its import."""
        if self._module in sys.modules:
            self._action()
        elif self not in sys.meta_path:
            sys.meta_path = [self, *sys.meta_path]

    def cancel(self) -> None:
        """Do not call the action any more."""
        # A new list, because an import in another thread may be going through the old one.
        sys.meta_path = [finder for finder in sys.meta_path if finder is not self]

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the module's spec, whose loader calls the action at its end; None for others."""
        finders = sys.meta_path
        if name != self._module or self not in finders:
            return None
        for finder in finders[finders.index(self) + 1 :]:
            find = getattr(finder, "find_spec", None)  # old finders have none
            spec: ModuleSpec | None = find and find(name, path, target)
            if spec is not None:
                spec.loader = cast(Any, _Loader(spec.loader, self._act))
                return spec
        return None

    def _act(self) -> None:
        if self in sys.meta_path:
            self.cancel()
            self._action()


class _Loader:
    """Loads a module as its own loader does, and calls a function at the end."""

    def __init__(self, loader: Any, at_end: Callable[[], None]) -> None:
        self._loader = loader
        self._at_end = at_end

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        module: ModuleType | None = self._loader.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        # Nothing else shows that there was another loader.
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        self._at_end()
