"""Brings the database to what this version needs, and ends: run before a deployment, so that no task has to be first."""

import sys

import psycopg
from posts import Posts, one_line


def main():
    posts = Posts()
    try:
        posts.open()
    except psycopg.Error as error:
        sys.exit(f"sample-api: the database cannot be changed: {one_line(error)}")
    finally:
        posts.close()
    print("the database is what this version needs")


if __name__ == "__main__":
    main()
