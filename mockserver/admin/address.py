"""Where the control interface is."""

PREFIX = "/__admin"


def is_control(path: str) -> bool:
    """Whether a path belongs to this interface."""
    return path == PREFIX or path.startswith(PREFIX + "/")
