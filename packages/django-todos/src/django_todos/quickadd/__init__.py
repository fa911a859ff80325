"""Quick add: one line of words makes a todo. Pure functions that other projects can call.

`parse` reads a line, `parse_lines` a paste, `parse_date` and `parse_repeat` a field. What they
read is in docs/quickadd.md, with an example for each form.
"""

from .fields import parse_date, parse_repeat
from .line import parse
from .lines import ParsedLine, escape, parse_lines
from .parts import ParsedTodo, Part
from .repeats import RepeatRule
from .words import ENGLISH, Words

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
