"""
Runs a command with the database's credentials in its environment.

With PARAMETER_STORE_PREFIX they come from SSM Parameter Store: <prefix>/database/<name>/{user,password,host,name,port}, whatever <name>
is. Without it, as on a laptop, DB_* are taken as they are; a DB_* that is set also wins over a parameter. What is missing is said, all of
it, and the command does not run. No value is ever printed.
"""

import os
import sys

from log import fail

KEYS = {"user": "DB_USER", "password": "DB_PASSWORD", "host": "DB_HOST", "name": "DB_NAME", "port": "DB_PORT"}


class Refusal(Exception):
    """What whoever runs this has to put right."""


def parameters(path):
    """Names and values of all that is below a path."""
    import boto3  # a third of a second that a laptop need not wait for
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError, NoRegionError

    try:
        region = os.environ.get("AWS_REGION")  # what Fargate sets; boto3 by itself reads AWS_DEFAULT_REGION alone
        ssm = boto3.client("ssm", region_name=region, config=Config(retries={"mode": "standard", "max_attempts": 5}, connect_timeout=5))
        pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=path, Recursive=True, WithDecryption=True)
        return {one["Name"]: one["Value"] for page in pages for one in page["Parameters"]}
    except NoRegionError:
        raise Refusal("no region is set: AWS_REGION, which Fargate sets by itself") from None
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "an error")
        raise Refusal(
            f"SSM answers {code} for the parameters below {path}: the task role needs ssm:GetParametersByPath on that path, "
            "and kms:Decrypt on the key that they are encrypted by"
        ) from None
    except BotoCoreError as error:
        raise Refusal(f"the parameters below {path} cannot be read: {error}") from None


def from_parameter_store(prefix):
    root = "/" + prefix.strip("/")
    found = {}
    for name, value in parameters(f"{root}/database/").items():
        database, _, key = name.rpartition("/")
        if key in KEYS:
            found.setdefault(database, {})[KEYS[key]] = value
    if len(found) > 1:
        raise Refusal(f"there is more than one database below {root}/database: {', '.join(sorted(found))}")
    [(database, values)] = found.items() or [(f"{root}/database/<name>", {})]
    missing = [f"{database}/{key}" for key, variable in KEYS.items() if not (values.get(variable) or os.environ.get(variable))]
    if missing:
        raise Refusal(f"these parameters are missing, or empty: {', '.join(missing)}")
    return values


def environment():
    prefix = os.environ.get("PARAMETER_STORE_PREFIX", "").strip()
    values = from_parameter_store(prefix) if prefix.strip("/") else {}
    whole = {**values, **{name: value for name, value in os.environ.items() if value or name not in values}}
    missing = [variable for variable in KEYS.values() if not whole.get(variable)]
    if missing:
        raise Refusal(
            f"these variables are missing, or empty: {', '.join(missing)} (or set PARAMETER_STORE_PREFIX, to have them read from SSM)"
        )
    if not whole["DB_PORT"].isdecimal():
        raise Refusal(f"DB_PORT is no number: {whole['DB_PORT']!r}")
    return whole


def main(command):
    if not command:
        raise Refusal("there is no command to run")
    whole = environment()
    os.execvpe(command[0], command, whole)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Refusal as refusal:
        fail(str(refusal))
    except OSError as error:
        fail(f"{sys.argv[1]} cannot be run: {error.strerror}")
