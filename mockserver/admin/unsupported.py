"""What WireMock has under `/__admin` and this product has not: refused by name."""

from mockserver.model.errors import Refusal

_FEATURES = {
    "/mappings/save": "saving of stubs",
    "/mappings/import": "import of stubs",
    "/mappings/edit": "editing of stubs as in version 1",
    "/mappings/unmatched": "list of stubs that never acted",
    "/mappings/find-by-metadata": "search of stubs by metadata",
    "/mappings/remove-by-metadata": "removal of stubs by metadata",
    "/requests/remove-by-metadata": "removal of requests by metadata",
    "/settings/extended": "settings of extensions",
    "/recordings": "recording",
    "/recorder": "recording",
    "/files": "store of files",
    "/shutdown": "shutdown by a call",
    "/docs": "documentation page",
    "/certs": "certificate authority",
    "/channels": "message channels",
    "/channel-providers": "message channels",
    "/messages": "message journal",
    "/message-mappings": "message stubs",
}


def refuse_absent(path: str) -> None:
    """Refuse (404) a path that is WireMock's and not ours, and whatever is below it."""
    for place, feature in _FEATURES.items():
        if path == place or path.startswith(f"{place}/"):
            raise Refusal(f"not supported: WireMock's {feature}", status=404)
