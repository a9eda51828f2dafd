"""
What the role of a task may do: its statements, asked for the action and the resource of a request.

Who asks is told by the access key of the request's signature, which is not verified: whoever can reach this is a task of the same
laptop.
"""

import json
import re
from urllib.parse import parse_qs, unquote

# Sub-resources of S3 with actions of their own (S3 user guide, "Required permissions for Amazon S3 API operations").
OF_OBJECT = {"tagging": "ObjectTagging", "acl": "ObjectAcl", "retention": "ObjectRetention", "legal-hold": "ObjectLegalHold"}
OF_BUCKET = {
    "acl": "BucketAcl",
    "cors": "BucketCORS",
    "encryption": "EncryptionConfiguration",
    "lifecycle": "LifecycleConfiguration",
    "location": "BucketLocation",
    "logging": "BucketLogging",
    "notification": "BucketNotification",
    "policy": "BucketPolicy",
    "publicAccessBlock": "BucketPublicAccessBlock",
    "tagging": "BucketTagging",
    "versioning": "BucketVersioning",
    "website": "BucketWebsite",
}
VERBS = {"GET": "Get", "HEAD": "Get", "PUT": "Put", "DELETE": "Delete", "POST": "Put"}


def access_key(environ, body):
    """The access key of a signed request, a presigned URL or a form; None where there is none."""
    query = parse_qs(environ.get("QUERY_STRING", ""))
    credential = (
        re.search(r"Credential=([^/,]+)/", environ.get("HTTP_AUTHORIZATION", ""))
        or re.match(r"([^/]+)/", (query.get("X-Amz-Credential") or [""])[0])
        or re.match(r"(.+)", (query.get("AWSAccessKeyId") or [""])[0])  # boto3's presigned URLs of us-east-1
        or re.search(r'name="x-amz-credential"\r\n(?:[^\r\n]+\r\n)*\r\n([^/\r\n]+)/', body[:65536].decode("latin-1"), re.I)
    )
    return credential.group(1) if credential else None


def asked_of_s3(environ, _body):
    """The pairs of an action and a resource that a request to S3 needs."""
    method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
    query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    bucket, _, key = path.lstrip("/").partition("/")
    if bucket == "":
        return [("s3:ListAllMyBuckets", "*")]
    arn, verb = f"arn:aws:s3:::{bucket}", VERBS.get(method, method)
    if key == "":
        if method == "POST":  # a form, or a list of objects to delete
            return [("s3:DeleteObject" if "delete" in query else "s3:PutObject", f"{arn}/*")]
        if "uploads" in query:
            return [("s3:ListBucketMultipartUploads", arn)]
        if "versions" in query:
            return [("s3:ListBucketVersions", arn)]
        for name, what in OF_BUCKET.items():
            if name in query:
                return [(f"s3:{verb}{what}", arn)]
        return [({"GET": "s3:ListBucket", "HEAD": "s3:ListBucket", "PUT": "s3:CreateBucket"}.get(method, f"s3:{verb}Bucket"), arn)]
    whole = f"{arn}/{key}"
    for name, what in OF_OBJECT.items():
        if name in query:
            return [(f"s3:{verb}{what}", whole)]
    if "uploadId" in query and method in ("GET", "DELETE"):
        return [("s3:ListMultipartUploadParts" if method == "GET" else "s3:AbortMultipartUpload", whole)]
    source = unquote(environ.get("HTTP_X_AMZ_COPY_SOURCE", "")).split("?")[0].lstrip("/")
    return [(f"s3:{verb}Object", whole), *([("s3:GetObject", f"arn:aws:s3:::{source}")] if source else [])]


def asked_of_sqs(environ, body):
    """The pair of an action and a queue that a request to SQS needs, by either of its protocols."""
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    if target:
        said = json.loads(body or b"{}")
        action, url, name = target.partition(".")[2], said.get("QueueUrl"), said.get("QueueName")
    else:
        form = parse_qs(body.decode() if body else environ.get("QUERY_STRING", ""))
        action, url, name = ((form.get(key) or [None])[0] for key in ("Action", "QueueUrl", "QueueName"))
        url = url or environ["PATH_INFO"]
    queue = name or (url or "").rstrip("/").rpartition("/")[2]
    region, account = environ["aws.region"], environ["aws.account"]
    resource = "*" if action == "ListQueues" else f"arn:aws:sqs:{region}:{account}:{queue}"
    # A batch takes the right to the single action (SQS developer guide, "Amazon SQS API permissions").
    return [(f"sqs:{(action or '').removesuffix('Batch')}", resource)]


def matches(patterns, text, flags=0):
    patterns = [patterns] if isinstance(patterns, str) else patterns
    return any(
        re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), text, flags | re.S) for pattern in patterns
    )


def may(statements, action, resource):
    """An explicit denial counts before everything else. Conditions are not looked at: what they are about is on AWS alone."""
    effects = {
        statement["Effect"]
        for statement in statements
        if matches(statement.get("Action", []), action, re.I) and matches(statement.get("Resource", []), resource)
    }
    return effects == {"Allow"}
