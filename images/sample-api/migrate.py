"""Brings the database to what this version needs, and ends: run before a deployment, so that no task has to be first."""

import psycopg
from log import fail, log
from posts import Posts, one_line


def main():
    posts = Posts()
    try:
        posts.open()
    except psycopg.Error as error:
        fail(f"the database cannot be changed: {one_line(error)}")
    finally:
        posts.close()
    log("the database is what this version needs")


if __name__ == "__main__":
    main()
