"""How people write dates and times where they live: only the default, until somebody chooses in Settings.

It goes by the *region* that a browser names (``en-US``), never by a language: an American reading German still writes
3/4 for the fourth of March. Source: the CLDR's short dates and preferred hours. Day first and 24 hours elsewhere, and
where no region is known.
"""

from __future__ import annotations

import re

MONTH_FIRST = frozenset("AS CA CN FM GU HU JP KR LT MH MN MP PA PH PR PW TW UM US VI".split())
TWELVE_HOURS = frozenset(
    "AE AG AS AU BB BD BH BM BS CA CO DM DO EG FJ FM GD GH GU GY IN IQ JM JO KN KW KY LB LC MH MP MW MY NA NZ OM PA"
    " PH PK PR PW QA SA SB SD SG SL SY TC TO TT UM US VC VE VG VI WS YE ZM".split()
)
_REGION = re.compile(r"^\s*[a-z]{2,3}(?:-[a-z]{4})?-([a-z]{2})\s*(?:$|[;,-])", re.IGNORECASE)


def region_of(accept_language: str) -> str:
    """The first region that an Accept-Language header names: ``US`` of “de, en-US;q=0.8”; empty without one."""
    for asked in accept_language[:200].split(","):
        if found := _REGION.match(asked):
            return found[1].upper()
    return ""
