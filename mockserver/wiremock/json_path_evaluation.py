"""The parts of a JSONPath, and their evaluation on a document."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from mockserver.wiremock.json_path_operators import (
    FUNCTIONS,
    Document,
    EvaluationError,
    NotFoundError,
)


class Property(NamedTuple):
    """`.name` or `['name', 'other']`."""

    names: tuple[str, ...]


class Indexes(NamedTuple):
    """`[0]` or `[0, 2]`."""

    indexes: tuple[int, ...]


class Slice(NamedTuple):
    """`[1:3]`."""

    start: int | None
    stop: int | None


class Filter(NamedTuple):
    """`[?(...)]`."""

    test: Callable[[Any, Document], bool]


class Function(NamedTuple):
    """`.length()`."""

    name: str
    argument: int | None


class Wildcard(NamedTuple):
    """`[*]`."""


class Descendants(NamedTuple):
    """`..`, always before another token."""


Token = Property | Indexes | Slice | Filter | Function | Wildcard | Descendants


class JsonPath:
    """A compiled path.

    Args:
        tokens: The parts of the path after `$` or `@`.
        from_root: True if the path begins at the document, not at the item of a filter.
    """

    def __init__(self, tokens: tuple[Token, ...], *, from_root: bool) -> None:
        self.tokens = tokens
        self.from_root = from_root
        definite = [
            _is_definite(token, index == len(tokens) - 1) for index, token in enumerate(tokens)
        ]
        self.is_definite = all(definite)
        self.definite_before = [all(definite[:index]) for index in range(len(tokens))]

    def find(self, item: Any, document: Document, *, must_exist: bool = False) -> Any:
        """Return the value at a definite path, or the list of all values at another.

        Args:
            item: The JSON value at which the path begins.
            document: The document that contains the item.
            must_exist: Raise NotFoundError for a property that is absent.

        Raises:
            EvaluationError: The path does not fit the document, or a definite path has no value.
            TookTooLong: The document's steps are used up.
        """
        evaluation = _Evaluation(self, document, must_exist)
        evaluation.step(0, item)
        if not self.is_definite:
            return evaluation.found
        if not evaluation.found:
            raise NotFoundError
        return evaluation.found[-1]


class _Evaluation:
    """The evaluation of one path on one document."""

    def __init__(self, path: JsonPath, document: Document, must_exist: bool) -> None:
        self._path = path
        self._document = document
        self._must_exist = must_exist
        self._appliers: dict[type, Callable[[int, Any, Any], None]] = {
            Property: self._property,
            Indexes: lambda index, token, value: self._elements(index, value, token.indexes),
            Slice: self._slice,
            Filter: self._filter,
            Wildcard: self._wildcard,
            Function: self._function,
            Descendants: lambda index, _token, value: self._descend(index + 1, value),
        }
        self.found: list[Any] = []

    def step(self, index: int, value: Any) -> None:
        """Apply the tokens from `index` on to a value."""
        self._document.budget.spend()
        if index == len(self._path.tokens):
            self.found.append(value)
            return
        token = self._path.tokens[index]
        self._appliers[type(token)](index, token, value)

    def _fits(self, index: int, *, fits: bool) -> bool:
        """Return `fits`; if it is False, raise an error unless the path may lead to many values."""
        if not fits and self._path.definite_before[index]:
            # Jayway treats a missing value in a filter as a value. A filter that is applied to a
            # string or number is an error.
            is_filter = isinstance(self._path.tokens[index], Filter)
            raise EvaluationError if is_filter else NotFoundError
        return fits

    def _property(self, index: int, token: Property, value: Any) -> None:
        if not self._fits(index, fits=isinstance(value, dict)):
            return
        is_last = index == len(self._path.tokens) - 1
        missing = [name for name in token.names if name not in value]
        is_required = not is_last and self._path.definite_before[index] and len(token.names) == 1
        if missing and (self._must_exist or is_required):
            raise NotFoundError
        if is_last and len(token.names) > 1:
            self.found.append({name: value[name] for name in token.names if name in value})
            return
        for name in token.names:
            if name in value:
                self.step(index + 1, value[name])

    def _elements(self, index: int, value: Any, indexes: Any) -> None:
        if self._fits(index, fits=isinstance(value, list)):
            for each in indexes:
                if -len(value) <= each < len(value):
                    self.step(index + 1, value[each])

    def _slice(self, index: int, token: Slice, value: Any) -> None:
        length = len(value) if isinstance(value, list) else 0
        self._elements(index, value, _range(token, length))

    def _filter(self, index: int, token: Filter, value: Any) -> None:
        if isinstance(value, dict):
            if token.test(value, self._document):
                self.step(index + 1, value)
        elif self._fits(index, fits=isinstance(value, list)):
            for element in value:
                if token.test(element, self._document):
                    self.step(index + 1, element)

    def _wildcard(self, index: int, _token: Wildcard, value: Any) -> None:
        for inner in _children(value):
            self.step(index + 1, inner)

    def _function(self, index: int, token: Function, value: Any) -> None:
        if isinstance(value, list | dict):
            self._document.budget.spend(len(value))
        self.step(index + 1, FUNCTIONS[token.name](value, token.argument))

    def _descend(self, index: int, value: Any) -> None:
        """Apply the token at `index` to a value and everything in it."""
        self._document.budget.spend()
        if isinstance(value, dict | list) and self._applies(index, value):
            self.step(index, value)
        for inner in _children(value):
            self._descend(index, inner)

    def _applies(self, index: int, value: Any) -> bool:
        token, is_last = self._path.tokens[index], index == len(self._path.tokens) - 1
        match token:
            case Property():
                several = len(token.names) > 1 and not is_last
                return isinstance(value, dict) and (
                    several or all(name in value for name in token.names)
                )
            case Indexes() | Slice():
                return isinstance(value, list)
            case Filter():
                return token.test(value, self._document) and (is_last or isinstance(value, dict))
        return True


def _is_definite(token: Token, is_last: bool) -> bool:
    match token:
        case Property(names):
            return len(names) == 1 or is_last
        case Indexes(indexes):
            return len(indexes) == 1
        case Function():
            return True
    return False


def _range(cut: Slice, length: int) -> range:
    """Return the indexes of a slice. With two bounds they are not counted from the end."""
    if cut.start is not None and cut.stop is not None:
        return range(cut.start, min(length, cut.stop))
    if cut.start is not None:
        return range(max(cut.start + length if cut.start < 0 else cut.start, 0), length)
    stop = cut.stop or 0
    return range(min(stop + length if stop < 0 else stop, length))


def _children(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value
