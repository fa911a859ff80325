"""Todo lists for any Django project."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    __version__: str
else:

    def __getattr__(name):
        """``__version__``, from what the distribution says of itself: it is asked seldom, and this module often."""
        if name != "__version__":
            raise AttributeError(name)
        from importlib.metadata import version

        return version("django-todos")
