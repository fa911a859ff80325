"""One line a request, each with an id that every other line of that request carries too."""

import json
import logging
import re
import time
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="-")
# The keys of links in mails, in whatever address they stand: each opens something to who has it.
KEYS = re.compile(
    r"(/(?:reset/key/[^/-]+-|confirm-email/|unsubscribe/|join/|invitations?/|feeds?/))[^/\s\"'<>?&]+"
)


class Line(logging.Formatter):
    """Times in UTC; a message stays one line, whatever a request put into it; no key is written down."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def format(self, record: logging.LogRecord) -> str:
        return KEYS.sub(r"\1***", super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:
        line = f"{self.formatTime(record)} {record.levelname} {record.name} [{request_id.get()}] {record.message}"
        return line.replace("\r", "\\r").replace("\n", "\\n")


class Json(Line):
    """An object a line; what the line of a request says stands in it by name too."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "time": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "request_id": request_id.get(),
            "message": record.getMessage(),
            **(record.args if isinstance(record.args, dict) else {}),
        }
        if record.exc_info:
            said["traceback"] = self.formatException(record.exc_info)
        return KEYS.sub(r"\1***", json.dumps(said, ensure_ascii=False, default=str))
