"""Says hello on /service, over plain HTTP on HOST:PORT; who may connect is for others to decide."""

import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Hello(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # keeps connections open, as Envoy would have them
    # One packet for an answer, and at once: two wait for an acknowledgement in between, 40 ms.
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = 4300  # seconds; longer than Envoy keeps one that is idle, so that it is Envoy who closes it

    def do_GET(self):
        found = self.path.partition("?")[0] == "/service"
        body = b"Hello from behind Envoy proxy!!\n" if found else b"Not found\n"
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET

    def version_string(self):
        return "hello"  # which Python this is nobody has to know

    def log_message(self, *_):
        """Envoy logs each request."""


def main():
    host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8080")
    if not port.isdecimal() or not 0 < int(port) < 65536:
        sys.exit(f"PORT is {port!r}, and should be a number up to 65535")
    try:
        server = ThreadingHTTPServer((host, int(port)), Hello)
    except OSError as error:
        sys.exit(f"cannot listen on {host}:{port}: {error.strerror}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"listening on {host}:{port}")
    server.serve_forever()


if __name__ == "__main__":
    main()
