"""
Answers GetParametersByPath, GetParameters and GetParameter of SSM with the parameters in PARAMETERS (JSON, by name).

ROLES (JSON, by access key) says what each task role may read: paths. Who asks is told by the access key of the request's
signature, which is not verified: whoever can reach this is a task of the same laptop.
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


def parameter(name):
    arn = f"arn:aws:ssm:{os.environ.get('AWS_REGION', 'us-east-1')}:123456789012:parameter{name}"
    return {"Name": name, "Type": "SecureString", "Value": PARAMETERS[name], "Version": 1, "ARN": arn, "DataType": "text"}


def by_path(asked, readable):
    path = asked["Path"]
    if not readable(path.rstrip("/")):
        raise Refused("AccessDeniedException", f"not authorized to perform ssm:GetParametersByPath on {path}")
    deep = asked.get("Recursive", False)
    names = sorted(n for n in PARAMETERS if below(path, n) and (deep or "/" not in n[len(path.rstrip("/")) + 1 :]))
    start, size = int(asked.get("NextToken") or 0), min(int(asked.get("MaxResults") or PAGE), PAGE)
    more = {"NextToken": str(start + size)} if start + size < len(names) else {}
    return {"Parameters": [parameter(n) for n in names[start : start + size]], **more}


def several(asked, readable):
    names = asked["Names"]
    if not all(readable(n) for n in names):
        raise Refused("AccessDeniedException", "not authorized to perform ssm:GetParameters on all of these")
    return {
        "Parameters": [parameter(n) for n in names if n in PARAMETERS],
        "InvalidParameters": [n for n in names if n not in PARAMETERS],
    }


def one(asked, readable):
    name = asked["Name"]
    if not readable(name):
        raise Refused("AccessDeniedException", f"not authorized to perform ssm:GetParameter on {name}")
    if name not in PARAMETERS:
        raise Refused("ParameterNotFound", "")
    return {"Parameter": parameter(name)}


ACTIONS = {"GetParametersByPath": by_path, "GetParameters": several, "GetParameter": one}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or "{}")
        action = self.headers.get("X-Amz-Target", "").removeprefix("AmazonSSM.")
        key = re.search(r"Credential=([^/]+)/", self.headers.get("Authorization", ""))
        paths = ROLES.get(key.group(1), []) if key else []
        try:
            if action not in ACTIONS:
                raise Refused("AccessDeniedException", f"not authorized to perform ssm:{action}")
            self.answer(200, ACTIONS[action](asked, lambda name: any(below(path, name) for path in paths)))
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
