"""
S3 or SQS of one region, with the buckets or queues of a stack.

  SERVICE  s3, sqs
  PORT     where it listens
  NAMES    JSON: by name, the attributes with which it is made. What is there already keeps its content.
  ROLES    JSON: by access key, the statements of the task role
"""

import io
import json
import os
import secrets
import signal
import threading
from contextlib import nullcontext
from pathlib import Path
from xml.sax.saxutils import escape

os.environ.setdefault("S3_IGNORE_SUBDOMAIN_BUCKETNAME", "true")

import boto3  # noqa: E402
from moto.moto_server.werkzeug_app import MotoRequestHandler, create_backend_app  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402

import roles  # noqa: E402
from store import Store, keep_objects_in  # noqa: E402

SERVICE, PORT, REGION = os.environ["SERVICE"], int(os.environ["PORT"]), os.environ["AWS_REGION"]
NAMES, ROLES = json.loads(os.environ["NAMES"]), json.loads(os.environ["ROLES"])
ACCOUNT = "123456789012"
DATA = Path("/data")
READ_ONLY = {"GET", "HEAD", "OPTIONS"}
# Makes what the stack has; known to this process alone.
OWN_KEY = secrets.token_hex(10)
ready = threading.Event()


def backend():
    from moto.s3.models import s3_backends
    from moto.sqs.models import sqs_backends

    return s3_backends[ACCOUNT]["aws"] if SERVICE == "s3" else sqs_backends[ACCOUNT][REGION]


class Application:
    """moto behind what it does not do itself: roles, buckets in a host's name, and a state that stays."""

    def __init__(self, store):
        self.moto = create_backend_app(SERVICE)
        self.store = store

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"] == "/_health":
            return answer(start_response, "200 OK" if ready.is_set() else "503 Service Unavailable", "text/plain", "")
        by_path(environ)
        environ.update({"aws.region": REGION, "aws.account": ACCOUNT})
        body = b"" if SERVICE == "s3" and not is_form(environ) else whole_body(environ)
        denied = self.denied(environ, body)
        if denied:
            drain(environ)
            return refused(start_response, environ, denied)
        if environ["REQUEST_METHOD"] in READ_ONLY:
            return self.moto(environ, start_response)
        with nullcontext() if waits(environ, body) else self.store.lock:
            answered = self.moto(environ, start_response)
        self.store.changed.set()
        return answered

    def denied(self, environ, body):
        key = roles.access_key(environ, body)
        if key == OWN_KEY or environ["REQUEST_METHOD"] == "OPTIONS":
            return None
        asked = roles.asked_of_s3(environ, body) if SERVICE == "s3" else roles.asked_of_sqs(environ, body)
        for action, resource in asked:
            if key not in ROLES or not roles.may(ROLES[key], action, resource):
                return f"{key or 'nobody'} is not authorized to perform: {action} on resource: {resource}"
        return None


def by_path(environ):
    """A bucket in the host's name (`files.s3:9000/key`) as the first part of the path."""
    if SERVICE != "s3":
        return
    host, colon, port = environ.get("HTTP_HOST", "").partition(":")
    bucket, dot, rest = host.rpartition(".")
    if not dot or bucket not in NAMES:
        return
    environ["HTTP_HOST"] = rest + colon + port
    for name in ("PATH_INFO", "RAW_URI", "REQUEST_URI"):
        if name in environ:
            environ[name] = f"/{bucket}{environ[name]}"


def is_form(environ):
    return environ.get("CONTENT_TYPE", "").startswith("multipart/form-data")


def whole_body(environ):
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def drain(environ):
    """A client that is cut off while it still sends sees a broken connection, and not the answer."""
    left = int(environ.get("CONTENT_LENGTH") or 0)
    while left > 0 and (part := environ["wsgi.input"].read(min(left, 1 << 20))):
        left -= len(part)


def waits(environ, body):
    """A ReceiveMessage may wait for 20 s, and must not keep others from sending meanwhile."""
    return SERVICE == "sqs" and b"ReceiveMessage" in environ.get("HTTP_X_AMZ_TARGET", "").encode() + body


def refused(start_response, environ, why):
    if "HTTP_X_AMZ_TARGET" in environ:
        text = json.dumps({"__type": "com.amazonaws.sqs#AccessDeniedException", "message": why})
        return answer(start_response, "403 Forbidden", "application/x-amz-json-1.0", text)
    error = f"<Error><Code>AccessDenied</Code><Message>{escape(why)}</Message></Error>"
    text = error if SERVICE == "s3" else f"<ErrorResponse>{error}</ErrorResponse>"
    return answer(start_response, "403 Forbidden", "application/xml", text)


def answer(start_response, status, kind, text):
    body = text.encode()
    start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
    return [body]


class Handler(MotoRequestHandler):
    def log(self, *_):
        pass  # a line for each request would bury the rest


def make_what_is_missing():
    here = boto3.client(
        SERVICE,
        region_name=REGION,
        endpoint_url=f"http://127.0.0.1:{PORT}",
        aws_access_key_id=OWN_KEY,
        aws_secret_access_key="own",
    )
    if SERVICE == "s3":
        there = {bucket["Name"] for bucket in here.list_buckets()["Buckets"]}
        elsewhere = {} if REGION == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": REGION}}
        for name in NAMES.keys() - there:
            here.create_bucket(Bucket=name, **elsewhere)
        return
    there = {url.rpartition("/")[2]: url for url in here.list_queues().get("QueueUrls", [])}
    # A queue before those whose messages end in it.
    for name, attributes in sorted(NAMES.items(), key=lambda item: "RedrivePolicy" in item[1]):
        if name in there:
            settings = {key: value for key, value in attributes.items() if key != "FifoQueue"}
            if settings:
                here.set_queue_attributes(QueueUrl=there[name], Attributes=settings)
        else:
            here.create_queue(QueueName=name, Attributes=attributes)


def main():
    if SERVICE == "s3":
        keep_objects_in(DATA / "objects")
    state = vars(backend())
    store = Store(DATA, state)
    store.load()
    server = make_server("0.0.0.0", PORT, Application(store), threaded=True, request_handler=Handler)

    def stop(*_):
        store.write()
        os._exit(0)  # whatever runs at the end of Python would take objects for thrown away

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    make_what_is_missing()
    store.write()
    ready.set()
    threading.Event().wait()


main()
