"""An API of posts, over plain HTTP on HOST:PORT; TLS is the Envoy's beside it."""

import json
import logging
import os
import signal
import sys
import traceback

import psycopg
import waitress
from log import fail, log
from posts import Posts, Unavailable, one_line
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

MOST_BYTES = 64 * 1024
# A request is read to its end, so that its sender gets the answer. waitress keeps this much in memory, since there is no disk to write to;
# what is longer it cuts off with 413.
MOST_BYTES_READ = 4 * 1024 * 1024
FIELDS = {"title": 200, "body": 10_000}  # characters
LARGEST_ID = 2**63 - 1


class Refused(Exception):
    def __init__(self, status, code, message, headers=None):
        super().__init__(message)
        self.status, self.code, self.headers = status, code, headers or {}


class Api:
    routes = Map(
        [
            Rule("/.healthcheck", endpoint="health", methods=["GET"]),
            Rule("/posts", endpoint="list", methods=["GET"]),
            Rule("/posts", endpoint="create", methods=["POST"]),
            Rule("/posts/<int:post>", endpoint="read", methods=["GET"]),
        ],
        strict_slashes=False,
    )

    def __init__(self, posts):
        self.posts = posts

    def __call__(self, environ, start_response):
        request = Request(environ)
        request.max_content_length = MOST_BYTES
        try:
            endpoint, values = self.routes.bind_to_environ(environ).match()
            response = getattr(self, endpoint)(request, **values)
        except Refused as error:
            response = refusal(error.status, error.code, str(error), error.headers)
        except Unavailable:
            response = refusal(503, "unavailable", "The database does not answer; try again.", {"Retry-After": "5"})
        except RequestEntityTooLarge:
            response = refusal(413, "too_large", f"A request is at most {MOST_BYTES} bytes long.")
        except NotFound:
            response = refusal(404, "not_found", "There is nothing here.")
        except MethodNotAllowed as error:
            allowed = ", ".join(sorted(error.valid_methods or []))
            response = refusal(405, "method_not_allowed", f"This takes {allowed}.", {"Allow": allowed})
        except HTTPException as error:
            response = refusal(error.code or 400, "bad_request", error.name)
        except Exception:
            # Where it happened, for the log; not with what, which may be somebody's.
            frames = traceback.extract_tb(sys.exc_info()[2])[-3:]
            at = [f"{frame.name}, {os.path.basename(frame.filename)} line {frame.lineno}" for frame in frames]
            log("a request failed", logging.ERROR, error=sys.exc_info()[0].__name__, at=at)
            response = refusal(500, "internal", "Something went wrong here.")
        return response(environ, start_response)

    def health(self, _request):
        """
        200 even where the database is away: it is away for every task, and replacing them all would not bring it back, only take away
        those who could say so.
        """
        return answer({"status": "ok", "database": "up" if self.posts.answers() else "down"})

    def list(self, request):
        limit = number(request, "limit", 50, 100)
        before = number(request, "before", None, LARGEST_ID)
        return answer({"posts": [shown(post) for post in self.posts.newest(limit, before)]})

    def read(self, _request, post):
        found = self.posts.one(post) if post <= LARGEST_ID else None
        if found is None:
            raise Refused(404, "not_found", f"There is no post {post}.")
        return answer(shown(found))

    def create(self, request):
        if request.mimetype != "application/json":
            raise Refused(415, "unsupported_media_type", "Send JSON, with Content-Type: application/json.")
        try:
            content = json.loads(request.get_data().decode("utf-8"))
        except (ValueError, RecursionError):
            raise Refused(400, "bad_json", "The request's body is no JSON.") from None
        problems = invalid(content)
        if problems:
            raise Refused(422, "invalid", " ".join(problems))
        post = self.posts.create(content["title"], content["body"])
        return answer(shown(post), 201, {"Location": f"/posts/{post['id']}"})


def invalid(content):
    if not isinstance(content, dict):
        return ["The request's body should be an object with title and body."]
    problems = [f"{name} is no field." for name in content if name not in FIELDS]
    for name, most in FIELDS.items():
        value = content.get(name)
        if not isinstance(value, str) or not value.strip():
            problems.append(f"{name} should be a text that is not empty.")
        elif len(value) > most:
            problems.append(f"{name} should be at most {most} characters long.")
        elif "\x00" in value or any("\ud800" <= c <= "\udfff" for c in value):
            problems.append(f"{name} holds a character that is none.")
    return problems


def number(request, name, default, most):
    text = request.args.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text[:20]) <= most:
        raise Refused(422, "invalid", f"{name} should be a number from 1 to {most}.")
    return int(text)


def shown(post):
    return {**post, "created_at": post["created_at"].isoformat()}


def answer(content, status=200, headers=None):
    text = json.dumps(content, ensure_ascii=False) + "\n"
    return Response(text, status, headers or {}, content_type="application/json")


def refusal(status, code, message, headers=None):
    return answer({"error": {"code": code, "message": message}}, status, headers)


def main():
    host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8080")
    if not port.isdecimal() or not 0 < int(port) < 65536:
        fail(f"PORT is {port!r}, and should be a number up to 65535")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    posts = Posts()
    try:
        posts.open()
    except psycopg.Error as error:
        fail(f"the database cannot be used: {one_line(error)}")
    log(f"listening on {host}:{port}")
    # The idle time-out is longer than Envoy's, so that it is Envoy who closes a connection.
    settings = {"threads": 8, "channel_timeout": 4300, "ident": None}
    sizes = {"max_request_body_size": MOST_BYTES_READ, "inbuf_overflow": MOST_BYTES_READ}
    try:
        waitress.serve(Api(posts), host=host, port=int(port), **settings, **sizes, _quiet=True)
    finally:
        posts.close()


if __name__ == "__main__":
    main()
