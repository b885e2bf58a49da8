"""Directives that write reference tables from what the package itself declares.

`admin-reference`: every call of `/__admin`, from its OpenAPI document. `flag-table COMMAND`: the
flags of a command with their variables and defaults. `vendor-settings` and `vendor-table`: the
declarations of each vendor.
"""

import inspect
from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_origin, get_type_hints

import click
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from mockserver.admin.openapi import document
from mockserver.admin.routes import ROUTES
from mockserver.cli import commands
from mockserver.cli.shared_flags import file_key
from mockserver.model.settings import Address
from mockserver.vendors import discover

JSON = "application/json"


class MarkdownDirective(SphinxDirective):
    """A directive that is replaced by Markdown text."""

    def run(self) -> list[nodes.Node]:
        """Return the nodes of `text()`."""
        return self.parse_text_to_nodes("\n".join(self.text()), allow_section_headings=True)

    def text(self) -> Iterator[str]:
        """Yield the lines of Markdown."""
        raise NotImplementedError


class AdminReference(MarkdownDirective):
    """Every call of `/__admin`: parameters, body, answer; then the schemas."""

    def text(self) -> Iterator[str]:
        """Yield one section for each group of calls, and one for the schemas."""
        described = document(ROUTES)
        for group, calls in _groups(described["paths"]).items():
            yield from (f"## {group.capitalize()}", "")
            for line, operation in calls:
                yield from _call(line, operation)
        yield from ("## Schemas", "")
        for name, schema in described["components"]["schemas"].items():
            yield from _schema(name, schema)


def _groups(paths: Mapping[str, Any]) -> dict[str, list[tuple[str, Any]]]:
    groups: dict[str, list[tuple[str, Any]]] = {}
    for path, operations in paths.items():
        for method, operation in operations.items():
            line = f"{method.upper()} {path}"
            groups.setdefault(operation["tags"][0], []).append((line, operation))
    return groups


def _call(line: str, operation: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"### `{line}`", "", operation["summary"], "")
    for parameter in operation.get("parameters", ()):
        kind = "in the path" if parameter["in"] == "path" else "in the query"
        yield f"* `{parameter['name']}` ({kind}): {_kind(parameter['schema'])}"
    body = operation.get("requestBody")
    if body:
        yield from _fields(body["content"][JSON]["schema"])
    yield ""
    answers = ((status, answer) for status, answer in operation["responses"].items())
    for status, answer in answers:
        if status != "default":
            ((media_type, content),) = answer["content"].items()
            schema = content.get("schema")
            yield f"Returns {status}: {_kind(schema) if schema else f'`{media_type}`'}."
    yield ""


def _schema(name: str, schema: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"({_anchor(name)})=", f"### {name}", "", schema.get("description", ""), "")
    yield from _fields(schema)
    yield ""


def _fields(schema: Mapping[str, Any]) -> Iterator[str]:
    if "properties" not in schema:
        yield f"* {_kind(schema)}"
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        yield f"* `{name}`{' (required)' if name in required else ''}: {_kind(field)}"


def _kind(schema: Any) -> str:
    """Return a schema in one line: its type or reference, bounds, default, description."""
    if not isinstance(schema, Mapping):
        return "any value"
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{_anchor(name)})"
    parts = [_type(schema)]
    parts += [
        f"{word} {schema[word]}" for word in ("minimum", "maximum", "default") if word in schema
    ]
    text = ", ".join(part for part in parts if part) or "any value"
    return f"{text}. {schema['description']}" if "description" in schema else text


def _type(schema: Mapping[str, Any]) -> str:
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return "one of " + ", ".join(f"`{value}`" for value in schema["enum"])
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return " or ".join(_kind(choice) for choice in schema[word])
    named = schema.get("type", "")
    types = [named] if isinstance(named, str) else named
    if "array" in types and "items" in schema:
        return f"array of {_kind(schema['items'])}"
    return " or ".join(filter(None, types))


def _anchor(name: str) -> str:
    return f"schema-{name.lower()}"


class FlagTable(MarkdownDirective):
    """The flags of one command as a table of flag, variable, key in the file, and default."""

    required_arguments = 1

    def text(self) -> Iterator[str]:
        """Yield the table."""
        command = commands.commands[self.arguments[0]]
        yield "| flag | environment variable | key in the file | default | meaning |"
        yield "| --- | --- | --- | --- | --- |"
        for option in command.params:
            if isinstance(option, click.Option) and option.name != "help":
                key = f"`{file_key(option)}`" if option.expose_value else ""
                cells = (f"`{option.opts[0]}`", _variables(option), key, _default(option))
                yield f"| {' | '.join(cells)} | {option.help} |"


def _variables(option: click.Option) -> str:
    named = option.envvar or ()
    return ", ".join(f"`{name}`" for name in ([named] if isinstance(named, str) else named))


def _default(option: click.Option) -> str:
    simple = isinstance(option.default, (str, int)) and not isinstance(option.default, bool)
    return f"`{option.default}`" if simple else ""


def _setting_values(hint: Any) -> str:
    if get_origin(hint) is tuple:
        return "a list of URLs" if get_args(hint)[0] is Address else "a list of strings"
    words = get_args(hint)
    return ", ".join(f"`{word}`" for word in words) if words else "a whole number"


class VendorSettings(MarkdownDirective):
    """The settings of each vendor: the words or numbers that they take, and their meaning."""

    def text(self) -> Iterator[str]:
        """Yield a table and a paragraph for each vendor."""
        for vendor in discover():
            kind: Any = vendor.settings
            hints = get_type_hints(kind)
            yield from (f"### `[{vendor.name}]`", "", inspect.getdoc(kind) or "", "")
            yield from ("| setting | values | default |", "| --- | --- | --- |")
            for name, default in kind._field_defaults.items():
                values = _setting_values(hints[name])
                yield f"| `{name}` | {values} | {f'`{default}`' if default != () else 'none'} |"
            yield ""


class VendorTable(MarkdownDirective):
    """Hosts, endpoints and built-in credentials of each vendor, and its notes."""

    def text(self) -> Iterator[str]:
        """Yield one section for each vendor."""
        for vendor in discover():
            yield from (
                f"### {vendor.name}",
                "",
                f"Hosts: {', '.join(f'`{host}`' for host in vendor.hosts)}",
                "",
            )
            yield from ("| endpoint | method | path |", "| --- | --- | --- |")
            for endpoint in vendor.endpoints:
                paths = ", ".join(f"`{path}`" for path in endpoint.paths)
                yield f"| `{endpoint.name}` | {endpoint.method} | {paths} |"
            yield from ("", "Built-in account:", "")
            yield from (
                f"* `{name}`: {_credential(value)}" for name, value in vendor.accounts[0].items()
            )
            yield ""


def _credential(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"`{name}` / `{secret}`" for name, secret in value.items())
    return f"`{value}`"


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directives."""
    app.add_directive("admin-reference", AdminReference)
    app.add_directive("flag-table", FlagTable)
    app.add_directive("vendor-settings", VendorSettings)
    app.add_directive("vendor-table", VendorTable)
    return {"parallel_read_safe": True}
