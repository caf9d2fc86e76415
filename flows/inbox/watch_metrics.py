"""The watcher's figures for Prometheus: http://HOST:PORT/metrics."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)


class Metrics:
    """Counters since the watcher's start, and the state of this moment."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        to = self.registry
        self.documents = Counter("inkfield_documents", "Documents at rest", ["result"], registry=to)
        self.failures = Counter("inkfield_failures", "Documents that failed", ["code"], registry=to)
        self.pages = Counter("inkfield_pages", "Pages read", registry=to)
        self.seconds = Histogram("inkfield_document_seconds", "Time to read", buckets=SECONDS, registry=to)
        self.waiting = Gauge("inkfield_inbox_waiting", "Files in the inbox", registry=to)
        self.oldest = Gauge("inkfield_inbox_oldest_seconds", "Age of the oldest file there", registry=to)
        self.in_hand = Gauge("inkfield_in_hand", "Documents taken and not at rest", registry=to)
        self.database = Gauge("inkfield_database_up", "1 while the database answers", registry=to)
        self.round = Gauge("inkfield_last_look_timestamp_seconds", "Last look into the inbox", registry=to)

    def serve(self, port: int, address: str) -> None:
        """Serves the figures until the process ends. Raises OSError where the port is taken."""
        start_http_server(port, address, registry=self.registry)
