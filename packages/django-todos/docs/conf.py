"""The documentation: `tox -e docs` builds it, warnings as errors."""

project = "django-todos"
author = "The django-todos team"
extensions = ["myst_parser"]
html_theme = "furo"
myst_heading_anchors = 3
exclude_patterns = ["_build"]
