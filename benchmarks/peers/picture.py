"""The rates as bars: SVG that reads on light and dark pages."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from benchmarks.peers.measuring import Seen

_WIDTH, _ROW, _TOP = 720, 34, 56
_LEFT, _RIGHT = 180, 110
_STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #57606a }
  .title { font-size: 15px; font-weight: 600 }
  .bar { fill: #8c959f }
  .ours { fill: #1f6feb }
  @media (prefers-color-scheme: dark) { text { fill: #b1bac4 } .bar { fill: #6e7681 } }
"""


def draw(seen: Sequence[Seen]) -> str:
    """Return an SVG with a bar for each system: tokens obtained per second."""
    longest = max(each.rate("W1") for each in seen)
    height = _TOP + _ROW * len(seen) + 8
    bars = [_bar(each, position, longest) for position, each in enumerate(seen)]
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">',
        "<title>Tokens bought in a second, one processor core, 16 connections</title>",
        f"<style>{_STYLE}</style>",
        '<text class="title" x="12" y="26">Tokens bought in a second</text>',
        '<text x="12" y="44">one processor core, 16 kept connections; more is better</text>',
        *bars,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _bar(each: Seen, position: int, longest: float) -> str:
    rate = each.rate("W1")
    top = _TOP + _ROW * position
    width = max(1, (_WIDTH - _LEFT - _RIGHT) * rate / longest)
    kind = "bar ours" if each.system.own else "bar"
    return (
        f'<text x="{_LEFT - 8}" y="{top + 19}" text-anchor="end">{escape(each.system.name)}</text>'
        f'<rect class="{kind}" x="{_LEFT}" y="{top + 4}" width="{width:.0f}" height="22" rx="3"/>'
        f'<text x="{_LEFT + width + 8:.0f}" y="{top + 19}">{rate:,.0f}</text>'
    )
