"""
Takes every mail over SMTP, whoever it is for, and shows it on a page. What was taken is gone with the container.

  PORT                      of the page and of its API
  SMTP_PORTS                with STARTTLS, but for 465, which begins with TLS
  TLS_CERTIFICATE, TLS_KEY  the mail hosts', as PEM

  GET /api/messages               the latest first, as JSON
  GET /api/messages/<id>/source   as it came
  GET /messages/<id>              its HTML, without scripts
  DELETE /api/messages            forgets all of them
"""

import asyncio
import email
import email.policy
import json
import os
import re
import signal
import ssl
import tempfile
import threading
from collections import deque
from datetime import datetime, timezone
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult

MOST_BYTES = 40 * 1024 * 1024  # as Amazon SES takes
KEPT = 200
IMPLICIT_TLS = 465
LINK = re.compile(r"https?://[^\s<>\"']+")
PAGE = Path(__file__).with_name("page.html").read_bytes()
# Somebody else's page that has this machine's address by a name of its own is not shown anybody's mails.
OWN_NAMES = {"127.0.0.1", "localhost"}

messages = deque(maxlen=KEPT)
numbers = count(1)


def shown(number, envelope):
    parsed = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
    text, html = body(parsed, "plain"), body(parsed, "html")
    links = LINK.findall(unescape(html)) or LINK.findall(text)
    return {
        "id": number,
        "received": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "from": envelope.mail_from,
        "to": envelope.rcpt_tos,
        "subject": str(parsed["Subject"] or ""),
        "text": text,
        "html": html,
        "links": list(dict.fromkeys(links)),
    }


def body(parsed, kind):
    part = parsed.get_body((kind,))
    if part is None:
        return ""
    try:
        return part.get_content()
    except (LookupError, ValueError):  # an encoding that nobody knows
        return (part.get_payload(decode=True) or b"").decode("utf-8", "replace")


class Taken:
    async def handle_DATA(self, _server, _session, envelope):
        message = shown(next(numbers), envelope)
        messages.appendleft((message, envelope.original_content))
        return "250 OK"


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.headers.get("Host", "").rpartition(":")[0] not in OWN_NAMES:
            return self.answer(403, "text/plain", b"By 127.0.0.1 alone.\n")
        if self.path == "/":
            return self.answer(200, "text/html; charset=utf-8", PAGE)
        if self.path == "/api/messages":
            return self.answer(200, "application/json", json.dumps([one for one, _ in list(messages)]).encode())
        asked = re.fullmatch(r"/(?:api/messages/(\d+)/source|messages/(\d+))", self.path)
        found = next((pair for pair in list(messages) if asked and str(pair[0]["id"]) in asked.groups()), None)
        if found is None:
            return self.answer(404, "text/plain", b"There is nothing here.\n")
        message, source = found
        if asked[1]:
            return self.answer(200, "text/plain; charset=utf-8", source)
        policy = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src * data:"
        self.answer(200, "text/html; charset=utf-8", message["html"].encode(), {"Content-Security-Policy": policy})

    def do_DELETE(self):
        messages.clear()
        self.answer(204, "text/plain", b"")

    def answer(self, status, kind, content, headers={}):
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """It is asked every two seconds."""


def tls():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(os.environ["TLS_KEY"] + "\n" + os.environ["TLS_CERTIFICATE"])
        file.flush()
        context.load_cert_chain(file.name)
    return context


async def main():
    loop, context = asyncio.get_running_loop(), tls()

    def session(**more):
        # Whatever a task logs in with is taken.
        accepts = {"authenticator": lambda *_: AuthResult(success=True), "auth_require_tls": False}
        return SMTP(Taken(), hostname="mail", data_size_limit=MOST_BYTES, enable_SMTPUTF8=True, loop=loop, **accepts, **more)

    for port in map(int, os.environ["SMTP_PORTS"].split(",")):
        if port == IMPLICIT_TLS:
            await loop.create_server(session, "0.0.0.0", port, ssl=context)
        else:
            await loop.create_server(lambda: session(tls_context=context), "0.0.0.0", port)
    page = ThreadingHTTPServer(("0.0.0.0", int(os.environ["PORT"])), Page)
    threading.Thread(target=page.serve_forever, daemon=True).start()
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    await ended.wait()


if __name__ == "__main__":
    asyncio.run(main())
