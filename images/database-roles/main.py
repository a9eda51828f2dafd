#!/usr/bin/env python3
"""Runs once, to its end: `provision` makes the roles and databases of the plan.

ROLES has the plan as JSON, PASSWORD_<ROLE> the password that each role logs in with: by itself, or as `password` of a JSON object.
DB_HOST, DB_PORT, DB_USER, DB_PASSWORD: the instance, and its master user.
"""

import json
import os
import sys

import psycopg

import roles


def password(variable):
    text = os.environ[variable]
    return json.loads(text)["password"] if text.startswith("{") else text


def connect():
    return psycopg.connect(
        host=os.environ["DB_HOST"],
        port=os.environ["DB_PORT"],
        user=os.environ["DB_USER"],
        password=password("DB_PASSWORD"),
        dbname=roles.MAINTENANCE,
        connect_timeout=10,
        autocommit=True,
    )


def provision():
    plan = json.loads(os.environ["ROLES"])
    passwords = {role["role"]: password(f"PASSWORD_{role['role'].upper()}") for role in plan}
    with connect() as connection:
        roles.provision(connection, plan, passwords)


if __name__ == "__main__":
    if sys.argv[1:] != ["provision"]:
        sys.exit(f"{' '.join(sys.argv[1:]) or 'no command'}: provision")
    try:
        provision()
    except (psycopg.Error, roles.Refused) as error:
        sys.exit(f"provision: {error}")
