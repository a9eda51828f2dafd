"""
Answers GetParametersByPath, GetParameters and GetParameter of SSM with the parameters in PARAMETERS (JSON, by name).

ROLES (JSON, by access key) has the statements of each task role. Who asks is told by the access key of the request's signature,
which is not verified: whoever can reach this is a task of the same laptop.
"""

import json
import os
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT = 8080
PAGE = 10  # SSM's own limit
PARAMETERS = json.loads(os.environ["PARAMETERS"])
ROLES = json.loads(os.environ["ROLES"])


class Refused(Exception):
    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind


def below(path, name):
    return name == path or name.startswith(path.rstrip("/") + "/")


def arn_of(name):
    return f"arn:aws:ssm:{os.environ.get('AWS_REGION', 'us-east-1')}:123456789012:parameter/{name.lstrip('/')}"


def parameter(name):
    typed = {"Type": "SecureString", "Version": 1, "DataType": "text"}
    return {"Name": name, "Value": PARAMETERS[name], "ARN": arn_of(name), **typed}


def matches(patterns, text, flags=0):
    patterns = [patterns] if isinstance(patterns, str) else patterns
    return any(
        re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), text, flags) for pattern in patterns
    )


def ask(key, action, names):
    """A denial counts before everything else. Conditions are not looked at: what they are about is on AWS alone."""
    for name in names:
        resource = arn_of(name)
        effects = {
            statement["Effect"]
            for statement in ROLES.get(key, [])
            if matches(statement.get("Action", []), f"ssm:{action}", re.I) and matches(statement.get("Resource", []), resource)
        }
        if effects != {"Allow"}:
            raise Refused(
                "AccessDeniedException",
                f"{key or 'nobody'} is not authorized to perform: ssm:{action} on resource: {resource}",
            )


def by_path(asked):
    path = asked["Path"]
    deep = asked.get("Recursive", False)
    names = sorted(n for n in PARAMETERS if below(path, n) and (deep or "/" not in n[len(path.rstrip("/")) + 1 :]))
    start, size = int(asked.get("NextToken") or 0), min(int(asked.get("MaxResults") or PAGE), PAGE)
    more = {"NextToken": str(start + size)} if start + size < len(names) else {}
    return {"Parameters": [parameter(n) for n in names[start : start + size]], **more}


def several(asked):
    names = asked["Names"]
    return {
        "Parameters": [parameter(n) for n in names if n in PARAMETERS],
        "InvalidParameters": [n for n in names if n not in PARAMETERS],
    }


def one(asked):
    name = asked["Name"]
    if name not in PARAMETERS:
        raise Refused("ParameterNotFound", "")
    return {"Parameter": parameter(name)}


# What answers, and the names that a right is needed to. Who may read a path may read all that is below it.
ACTIONS = {
    "GetParametersByPath": (by_path, lambda asked: [asked["Path"].rstrip("/") or "/"]),
    "GetParameters": (several, lambda asked: asked["Names"]),
    "GetParameter": (one, lambda asked: [asked["Name"]]),
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or "{}")
        action = self.headers.get("X-Amz-Target", "").removeprefix("AmazonSSM.")
        key = re.search(r"Credential=([^/]+)/", self.headers.get("Authorization", ""))
        try:
            if action not in ACTIONS:
                raise Refused("AccessDeniedException", f"ssm:{action} is not known here")
            answer, names = ACTIONS[action]
            ask(key.group(1) if key else None, action, names(asked))
            self.answer(200, answer(asked))
        except Refused as refused:
            self.answer(400, {"__type": refused.kind, "message": str(refused)})

    def do_GET(self):
        self.answer(200, {"status": "ok"})

    def answer(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass  # a line for each health check would bury the rest


ThreadingHTTPServer(("0.0.0.0", PORT), Handler).serve_forever()
