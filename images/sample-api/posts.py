"""Posts in PostgreSQL."""

import logging
import os
import time

import psycopg
from log import log
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool, PoolTimeout

SCHEMA = """
CREATE TABLE IF NOT EXISTS posts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title text NOT NULL,
    body text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE posts ADD COLUMN IF NOT EXISTS words integer
"""
COLUMNS = "id, title, body, created_at, words"
BATCH = 100
# Any number, the same in every task: of tasks that start at once, one makes the table and the others wait for it.
SCHEMA_LOCK = 4_711_001
# Seconds that a task waits for its database when it starts: a database that is restarting is back by then.
PATIENCE = 60


class Unavailable(Exception):
    """The database does not answer; it may soon."""


class Posts:
    def __init__(self, environ=os.environ):
        self.pool = ConnectionPool(
            "",
            kwargs={
                "host": environ["DB_HOST"],
                "port": int(environ["DB_PORT"]),
                "dbname": environ["DB_NAME"],
                "user": environ["DB_USER"],
                "password": environ["DB_PASSWORD"],
                "sslmode": environ.get("DB_SSLMODE") or "verify-full",
                "sslrootcert": environ.get("DB_SSLROOTCERT") or "/etc/ssl/certs/rds-ca.pem",
                "connect_timeout": 5,
                "options": "-c statement_timeout=10000",
                "row_factory": dict_row,
            },
            min_size=1,
            max_size=int(environ.get("DB_POOL_MAX") or 5),
            timeout=3,  # seconds that a request waits for a connection
            max_idle=300,
            reconnect_timeout=30,
            check=ConnectionPool.check_connection,  # one that died while it was idle is replaced, not handed out
            open=False,
        )

    def open(self):
        """Makes the table, once the database answers; gives up after a minute, and lets whoever started this try again."""
        end = time.monotonic() + PATIENCE
        delay = 1
        while True:
            try:
                with psycopg.connect(**self.pool.kwargs) as connection:
                    connection.execute("SELECT pg_advisory_xact_lock(%s)", (SCHEMA_LOCK,))
                    connection.execute(SCHEMA)
                break
            except psycopg.OperationalError as error:
                if time.monotonic() + delay > end:
                    raise
                log(f"waiting for the database: {one_line(error)}", logging.WARNING)
            time.sleep(delay)
            delay = min(delay * 2, 10)
        self.pool.open()

    def close(self):
        """Ends the pool's threads: Python, when it ends, would wait five seconds for each of them."""
        self.pool.close(timeout=2)

    def run(self, sql, *values):
        try:
            with self.pool.connection() as connection:
                return connection.execute(sql, values).fetchall()
        except (psycopg.OperationalError, PoolTimeout) as error:
            log(f"the database does not answer: {one_line(error)}", logging.ERROR)
            raise Unavailable from None

    def answers(self):
        try:
            return self.run("SELECT true AS well")[0]["well"]
        except Unavailable:
            return False

    def newest(self, limit, before=None):
        return self.run(
            f"SELECT {COLUMNS} FROM posts WHERE %s::bigint IS NULL OR id < %s ORDER BY id DESC LIMIT %s",
            *(before, before, limit),
        )

    def one(self, post):
        return next(iter(self.run(f"SELECT {COLUMNS} FROM posts WHERE id = %s", post)), None)

    def create(self, title, body):
        [post] = self.run(f"INSERT INTO posts (title, body) VALUES (%s, %s) RETURNING {COLUMNS}", title, body)
        return post

    def count_words(self):
        """Of some posts that were not counted yet; several workers take different ones."""
        return self.run(
            "UPDATE posts SET words = cardinality(regexp_split_to_array(btrim(body, E' \\t\\r\\n'), '\\s+')) WHERE id IN "
            "(SELECT id FROM posts WHERE words IS NULL ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING id, words",
            BATCH,
        )

    def forget(self, days):
        """Posts that are older than so many days."""
        return self.run("DELETE FROM posts WHERE created_at < now() - make_interval(days => %s) RETURNING id", days)


def one_line(error):
    return " ".join(str(error).split())
