"""Quick add: one line of words makes a todo. Pure functions that other projects can call.

`parse` reads a line, `parse_lines` a paste, `parse_date` and `parse_repeat` a field. What they
read is in docs/quickadd.md, with an example for each form.
"""

from .english import ENGLISH, Words
from .line import ParsedLine, escape, parse, parse_date, parse_lines, parse_repeat
from .result import ParsedTodo, Part, RepeatRule

__all__ = [
    "ENGLISH",
    "ParsedLine",
    "ParsedTodo",
    "Part",
    "RepeatRule",
    "Words",
    "escape",
    "parse",
    "parse_date",
    "parse_lines",
    "parse_repeat",
]
