"""Fields that tell an answer of ours from that of another server."""

from mockserver.admin.routes import BY_NAME

FIELDS: dict[str, tuple[str, ...]] = {
    "Account": ("id", "credentials"),
    "Clock": ("now", "frozen"),
    "Count": ("count",),
    "Explanation": ("accepted", "reason"),
    "Requests": ("requests",),
    "Health": ("status", "version"),
    "Journal": ("requests",),
    "Mapping": ("id",),
    "MintedToken": ("id", "token", "expires"),
    "NearMisses": ("nearMisses",),
    "Tokens": ("tokens",),
    "Vendors": ("vendors",),
    "Waited": ("count",),
}
"""By schema, the fields that our clients read."""


def is_ours(call: str, value: object) -> bool:
    """Return True if a mock may have given this answer to the call of this name."""
    schema = BY_NAME[call].gives
    if not isinstance(value, dict) or (schema == "Nothing" and value):
        return False
    return all(field in value for field in FIELDS.get(schema, ()))
