from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The site as an app: it brings system checks, the cache table and commands."""

    name = "config"
    label = "site"

    def ready(self) -> None:
        from config import checks, events  # noqa: F401
