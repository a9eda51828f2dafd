#!/usr/bin/env python3
"""
In place of the applications that are converted: it answers on its port, and talks to whatever its variables name, by the libraries
that applications have. What it does depends on the command that started it.
"""

import json
import os
import smtplib
import socket
import ssl
import sys
import time
import urllib.request
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

HERE = os.environ
received = []


def redis():
    import redis as library

    return library.from_url(HERE["QUEUE_URL"], decode_responses=True)


def s3():
    import boto3

    return boto3.client("s3")


def sqs():
    import boto3

    return boto3.client("sqs")


def database():
    import pg8000.native

    url = urlsplit(HERE["DATABASE_URL"])
    trusted = ssl.create_default_context(cadata=HERE["DB_CA_PEM"])
    return pg8000.native.Connection(
        url.username, host=url.hostname, port=url.port, database=url.path[1:], password=url.password, ssl_context=trusted
    )


def admin(method, path, body=None):
    """A request to the agents' admin API."""
    trusted = ssl.create_default_context(cadata=HERE["AGENT_CA"])
    data = None if body is None else json.dumps(body).encode()
    headers = {"X-API-Key": HERE["AGENT_ADMIN_API_KEY"], "Content-Type": "application/json"}
    asked = urllib.request.Request(HERE["AGENT_ADMIN_URL"] + path, data, headers, method=method)
    with urllib.request.urlopen(asked, context=trusted, timeout=20) as answer:
        return json.load(answer)


def tried(work):
    """What a service of AWS says when it refuses."""
    try:
        return work()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def cached(name):
    """Sets, gets, and asks for what ElastiCache refuses."""
    client = redis()
    client.set(name, "kept")
    client.rpush("jobs", name)
    return {"got": client.get(name), "config": tried(lambda: client.config_get("maxmemory"))}


def stored(name):
    bucket = HERE["UPLOADS_NAME"]
    s3().put_object(Bucket=bucket, Key=name, Body=b"kept")
    url = s3().generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": name})
    return {
        "got": s3().get_object(Bucket=bucket, Key=name)["Body"].read().decode(),
        "presigned": urllib.request.urlopen(url, timeout=10).read().decode(),
        "listed": [each["Key"] for each in s3().list_objects_v2(Bucket=bucket)["Contents"]],
        "of_another": tried(lambda: s3().get_object(Bucket="somebody-elses", Key=name)),
    }


def objects(prefix):
    listed = s3().list_objects_v2(Bucket=HERE["UPLOADS_NAME"], Prefix=prefix)
    return [each["Key"] for each in listed.get("Contents", [])]


def sent(name):
    return sqs().send_message(QueueUrl=HERE["JOBS_URL"], MessageBody=name)["MessageId"]


def dead(_):
    messages = sqs().receive_message(QueueUrl=HERE["DEAD_URL"], VisibilityTimeout=0).get("Messages", [])
    return [message["Body"] for message in messages]


def rows(name):
    connection = database()
    connection.run("INSERT INTO visits VALUES (:name)", name=name)
    return connection.run("SELECT name FROM visits WHERE name = :name", name=name)


def invited(_):
    """Has the agent make an invitation, of which it tells its webhook."""
    asked = {"handshake_protocols": ["https://didcomm.org/didexchange/1.1"]}
    return admin("POST", "/out-of-band/create-invitation", asked)["invi_msg_id"]


def mailed(name):
    """By the host's name, verified as any client would."""
    with smtplib.SMTP(HERE["MAIL_HOST"], int(HERE["MAIL_PORT"]), timeout=10) as host:
        host.starttls(context=ssl.create_default_context())
        host.login("shop", "any")
        message = EmailMessage()
        message["Subject"] = "Log in"
        message.set_content(f"https://shop.example.com/log-in?token={name}")
        return host.send_message(message, "shop@example.com", ["visitor@example.com"])


def who(_):
    with socket.socket() as lower:
        refused = tried(lambda: lower.bind(("127.0.0.1", int(HERE["PORT"]) - 1)))
    root = tried(lambda: open("/new", "w").close())
    return {"user": os.getuid(), "port": int(HERE["PORT"]), "lower": refused, "root": root}


ACTIONS = {
    "cached": cached,
    "stored": stored,
    "sent": sent,
    "dead": dead,
    "rows": rows,
    "invited": invited,
    "mailed": mailed,
    "worked": lambda name: redis().get(f"worked {name}"),
    "objects": objects,
    "webhooks": lambda _: received,
    "who": who,
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        action, _, name = self.path.removeprefix("/").partition("/")[2].partition("/")
        if action not in ACTIONS:
            return self.answer(200, "well")
        try:
            self.answer(200, ACTIONS[action](unquote(name)))
        except Exception as error:
            self.answer(500, f"{type(error).__name__}: {error}")

    def do_POST(self):
        """A webhook."""
        received.append({"path": self.path, "body": self.rfile.read(int(self.headers["Content-Length"])).decode()})
        self.answer(200, "taken")

    def answer(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def work_off_redis():
    client = redis()
    while True:
        taken = client.blpop("jobs", timeout=1)
        if taken:
            client.set(f"worked {taken[1]}", "yes")


def work_off_queue():
    while True:
        for message in sqs().receive_message(QueueUrl=HERE["JOBS_URL"], WaitTimeSeconds=1).get("Messages", []):
            if message["Body"].startswith("bad"):
                continue
            s3().put_object(Bucket=HERE["UPLOADS_NAME"], Key=f"worked/{message['Body']}", Body=b"")
            sqs().delete_message(QueueUrl=HERE["JOBS_URL"], ReceiptHandle=message["ReceiptHandle"])


def main():
    command = " ".join([os.path.basename(sys.argv[0]), *sys.argv[1:]])
    if "db:migrate" in command:
        database().run("CREATE TABLE IF NOT EXISTS visits (name text)")
    elif "sidekiq" in command:
        work_off_redis()
    elif command.startswith("worker"):
        work_off_queue()
    elif "clockwork" in command:
        time.sleep(1e9)
    else:
        port = 5000 if "hooks.js" in command else int(HERE["PORT"])
        ThreadingHTTPServer.request_queue_size = 128  # with 5, a busy machine refuses connections
        ThreadingHTTPServer((HERE.get("HOST", "0.0.0.0"), port), Handler).serve_forever()


main()
