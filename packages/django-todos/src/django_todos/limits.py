"""Every limit, once: models, forms, readers of files, pages and (by `todos_limit`) templates take them from here.

What a host may choose is in conf.py. Pure numbers; lengths are in characters.
"""

from __future__ import annotations

# What is stored.
MAX_TITLE = 500
MAX_NOTES = 100_000
MAX_LEVELS = 5
MAX_DEPTH = MAX_LEVELS - 1
"""The depth of a todo on the lowest level; those without a parent have 0."""
MAX_LABEL = 100
MAX_LIST_NAME = 200
MAX_LIST_DESCRIPTION = 2000
MAX_ZONE_NAME = 64
MAX_LANGUAGE_CODE = 16
MAX_INVITED = 254
"""What was typed to invite somebody: a username or an address."""
MAX_REMIND_BEFORE = 60 * 24 * 60
"""Minutes before the due date: 60 days."""

# Repeats.
MAX_RRULE = 500
MAX_INTERVAL = 1000
MAX_COUNT = 5000

# What is typed.
MAX_QUICK_ADD = 100_000
MAX_LINES = 500
"""Todos that one text of quick add makes."""
MAX_KEPT = 50
"""Phrases of one text that stay words."""
MAX_DATE_WORDS = 100
MAX_LABELS = 2000
"""The text of a todo's labels."""
MAX_SEARCH = 200

# What one request does.
MAX_PICKED = 500
"""Todos that one bulk action changes."""
MAX_IMPORT = 50_000
"""Rows that the import page reads and writes; the command has no such limit."""
IMPORT_BATCH = 300
"""Todos that an import writes, or takes back, in one transaction."""
MAX_UNDO = 500
"""Todos of an import by the command that can be undone as a whole."""
MAX_NESTING = 50
"""Levels of brackets in a file of JSON."""
MAX_SEARCH_WORDS = 10
"""Different words of a search that are looked for; more narrow nothing down any more."""
MAX_MARKDOWN = 30_000
"""Notes that are longer are shown as they were typed."""
MAX_INVITATIONS = 50
"""That one person sends in a day."""
MAX_INVITED_AGAIN = 5
"""That one name or address gets in a day, from everybody."""

# What one page or mail shows.
PAGE = 100
COUNTED_TO = 999
"""How far todos are counted; of more it is said that there are more."""
NEAR = 3000
"""Open todos beyond which a list is large: it is asked for by itself, and for labels in what is due next alone."""
MANY_LISTS = 1000
"""Lists of one person that a query names one by one."""
SUGGESTIONS = 50
"""Labels to choose from."""
BELOW = 50
"""Subtasks shown below one todo."""
DAY = 200
"""Todos of one day of Upcoming."""
LABELS = 200
"""Labels of a list to choose from."""
ACTIVITY = 50
"""Actions of a history at once."""
CONFLICT = 1000
"""Actions of a list, the latest, among which the one that an edit conflicts with is looked for."""
IMPORT_PROBLEMS = 1000
IMPORT_OTHERS = 300
FEED_A_MINUTE = 10
"""Times that a calendar feed is written out for one address; to be told that nothing changed is not counted."""
IMPORTS = 10
"""Large imports of late."""
DIGEST = 50
# Lists about objects of the host that the sidebar shows.
OBJECT_LISTS = 8
