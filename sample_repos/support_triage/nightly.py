"""Sort last night's tickets into queues and archive them."""

import logging

from triage import storage

log = logging.getLogger(__name__)


def main() -> None:
    inbox = storage.tickets("inbox")
    model = storage.load_model()
    inbox["queue"] = model.predict(inbox["subject"] + " " + inbox["body"])
    storage.store(inbox[["subject", "body", "queue"]], "archive")
    log.info("%d tickets sorted", len(inbox))


if __name__ == "__main__":
    main()
