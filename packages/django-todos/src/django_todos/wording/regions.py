"""How people write dates and times where they live, and when their week starts: only the default, until somebody chooses in Settings.

It goes by the *region* that a browser names (``en-US``), never by a language: an American reading German still writes
3/4 for the fourth of March. Day first and 24 hours where no list names a region, and where no region is known.

Checked against the CLDR 47 as Babel 2.18.0 has it: of a region's official languages the one that most people speak and
that has data of its own; its pattern for a day and a month (``Md``), for a short time, and the first day of its week.
"""

from __future__ import annotations

import re

MONTH_FIRST = frozenset(
    "AF AS BT CN GU HU IR JP KP KR LK LT MH MN MP PA PH PR SO TW UM US VI ZA".split()
)
TWELVE_HOURS = frozenset(
    "AE AG AL AR AS AU BB BD BH BM BN BO BS BT CA CL CO CR CU CY DJ DM DO DZ EC EG EH ER ET FJ FM GD GH GM GR GT GU GY HK"
    " HN IN IQ JM JO KH KI KN KP KR KW KY LB LC LR LS LY MH MO MP MR MW MX MY NA NI NZ OM PA PE PG PH PK PR PS PW QA SA"
    " SB SD SG SL SO SS SV SY SZ TC TD TN TO TT TW UM US UY VC VE VG VI VU WS YE ZM".split()
)
_WEEKS = {
    6: "AG AO AS BD BR BS BT BW BZ CA CO CV DM DO ET GT GU GW HK HN ID IL IN JM JP KE KH KR LA MH MM MO MT MX MZ NI NP PA PE PH"
    " PK PR PT PY SA SG ST SV TH TL TT TW UM US VE VI WS YE ZA ZW",
    5: "AF BH DJ DZ EG IQ IR JO KW LY OM QA SD SY",
    4: "MV",
}
WEEK_STARTS = {region: day for day, regions in _WEEKS.items() for region in regions.split()}
"""The first day of the week, 0 for Monday, where it is another one."""
_REGION = re.compile(r"^\s*[a-z]{2,3}(?:-[a-z]{4})?-([a-z]{2})\s*(?:$|[;,-])", re.IGNORECASE)


def region_of(accept_language: str) -> str:
    """The first region that an Accept-Language header names: ``US`` of “de, en-US;q=0.8”; empty without one."""
    for asked in accept_language[:200].split(","):
        if found := _REGION.match(asked):
            return found[1].upper()
    return ""
