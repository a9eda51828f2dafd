"""Takes out the posts that are older than POSTS_KEEP_DAYS (365): run by the clock, to its end."""

import os

import psycopg
from log import fail, log
from posts import Posts, Unavailable, one_line

KEEP_DAYS = 365


def main():
    days = os.environ.get("POSTS_KEEP_DAYS") or str(KEEP_DAYS)
    if not days.isdecimal() or not 1 <= int(days) <= 36500:
        fail(f"POSTS_KEEP_DAYS is {days!r}, and should be a number of days from 1 to 36500")
    posts = Posts()
    try:
        posts.open()
        gone = posts.forget(int(days))
    except (psycopg.Error, Unavailable) as error:
        fail(f"the database cannot be used: {one_line(error)}")
    finally:
        posts.close()
    log(f"{len(gone)} posts were older than {days} days", posts=len(gone), days=int(days))


if __name__ == "__main__":
    main()
