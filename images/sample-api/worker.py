"""Counts the words of new posts for as long as it runs: a worker beside the API, on the same database."""

import signal
import threading

import psycopg
from log import fail, log
from posts import Posts, Unavailable, one_line

# Seconds between two looks.
PAUSE = 5


def main():
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    posts = Posts()
    try:
        posts.open()
    except psycopg.Error as error:
        fail(f"the database cannot be used: {one_line(error)}")
    log("counting words")
    try:
        while not stop.is_set():
            try:
                counted = posts.count_words()
            except Unavailable:
                counted = []  # said already; the next look may find it back
            if counted:
                log(f"counted {len(counted)} posts", posts=len(counted))
            else:
                stop.wait(PAUSE)
    finally:
        posts.close()


if __name__ == "__main__":
    main()
