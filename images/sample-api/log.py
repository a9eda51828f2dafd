"""One JSON object a line, for CloudWatch's queries: time, level, message, and what belongs to it."""

import json
import logging
import sys
from datetime import UTC, datetime


class AsJson(logging.Formatter):
    def format(self, record):
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": at, "level": record.levelname.lower(), "logger": record.name, "message": record.getMessage()}
        return json.dumps({**line, **getattr(record, "fields", {})}, ensure_ascii=False)


# What the libraries warn of is one of these lines, too.
handler = logging.StreamHandler(sys.stdout)
handler.setFormatter(AsJson())
logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
logger = logging.getLogger("sample-api")
logger.setLevel(logging.INFO)


def log(message, level=logging.INFO, **fields):
    logger.log(level, message, extra={"fields": fields})


def fail(message):
    """Ends the program: whoever runs it has something to put right."""
    log(message, logging.ERROR)
    sys.exit(1)
