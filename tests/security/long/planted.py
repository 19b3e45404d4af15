"""A site with holes, on this machine alone: a scanner that finds nothing in it finds nothing anywhere."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

PAGE = '<!doctype html><html lang="nl"><title>x</title><p>{}</p><a href="/zoek?naam=jan">zoek</a></html>'


class Holes(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        name = parse_qs(urlsplit(self.path).query).get("naam", [""])[0]
        with sqlite3.connect(":memory:") as database:
            database.executescript("CREATE TABLE person (name TEXT); INSERT INTO person VALUES ('jan'), ('piet')")
            try:
                rows = database.execute(f"SELECT name FROM person WHERE name = '{name}'").fetchall()
            except sqlite3.Error as error:
                rows = [(f"sqlite3.OperationalError: {error}",)]
        body = PAGE.format(f"{name}: {rows}").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        pass


@contextmanager
def holes() -> Iterator[str]:
    """Its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Holes)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
