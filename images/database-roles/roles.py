"""Roles and databases of a shared instance, as the plan wants them. Everything may be done again: what is there already stays.

Nothing is dropped. A role that the plan has no more may not log in any more; its database stays, and so do its data.
"""

from psycopg import sql

MAINTENANCE = "postgres"
# How the second user of a role is called (components/rds/shared-roles.ts).
SECOND = ".b"
# Databases that belong to nobody's data. RDS keeps rdsadmin to itself.
SYSTEM = {MAINTENANCE, "template0", "template1", "rdsadmin"}


class Refused(Exception):
    """What is wrong with the instance, for a person."""


def provision(connection, plan, passwords, say=print):
    """`plan`: a list of {"role", "database" or null, "connections"}, and "login" where another user logs in for the role.

    A role without a database may make databases itself.
    """
    # One run at a time: two that change a role at once fail by "tuple concurrently updated". The lock goes with the connection.
    connection.execute("SELECT pg_advisory_lock(hashtext('database-roles'))")
    for role in plan:
        make_role(connection, role, passwords[role["role"]], say)
    for role in plan:
        if role["database"] is not None:
            make_database(connection, role, say)
    lock_out_removed(connection, plan, say)
    close(connection, plan, say)
    verify(connection, plan, say)


def make_role(connection, role, password, say):
    owner, name = role["role"], role.get("login", role["role"])
    found = [make_unless_there(connection, one) for one in dict.fromkeys([owner, name])][-1]
    # The password is sent as what PostgreSQL keeps of it, so that no log of statements has it.
    verifier = connection.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
    makes = "CREATEDB" if role["database"] is None else "NOCREATEDB"
    connection.execute(
        sql.SQL("ALTER ROLE {} LOGIN NOCREATEROLE " + makes + " CONNECTION LIMIT {} PASSWORD {}").format(
            sql.Identifier(name), sql.Literal(role["connections"]), sql.Literal(verifier)
        )
    )
    # Only a member of a role may give it a database, and close a database of its.
    execute(connection, "GRANT {} TO CURRENT_USER", name)
    if name != owner:
        # It acts as the owner from its log-in on, so that what it makes is the owner's. The owner may log in as before.
        execute(connection, "GRANT {} TO CURRENT_USER", owner)
        execute(connection, "GRANT {} TO {}", owner, name)
        execute(connection, "ALTER ROLE {} SET role = {}", name, owner)
    say(f"role {name}: {'there' if found else 'made'}, at most {role['connections']} connections")


def make_unless_there(connection, name):
    """Whether it was there. A new one may not log in."""
    if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [name]).fetchone() is not None:
        return True
    execute(connection, "CREATE ROLE {}", name)
    return False


def make_database(connection, role, say):
    name, database = role["role"], role["database"]
    owner = owners(connection).get(database)
    if owner is None:
        execute(connection, "CREATE DATABASE {} OWNER {}", database, name)
    elif owner != name:
        raise Refused(
            f"the database {database} belongs to {owner}, and the plan gives it to {name}: another name, or "
            f'ALTER DATABASE "{database}" OWNER TO "{name}" by hand'
        )
    say(f"database {database}: {'made' if owner is None else 'there'}, of {name}")


def lock_out_removed(connection, plan, say):
    """Roles of an earlier plan: those that this user is a member of, and that may log in."""
    query = (
        "SELECT r.rolname FROM pg_roles r JOIN pg_auth_members m ON m.roleid = r.oid JOIN pg_roles u ON u.oid = m.member "
        "WHERE u.rolname = current_user AND r.rolcanlogin GROUP BY 1 ORDER BY 1"
    )
    planned = {role["role"] for role in plan}
    for (name,) in connection.execute(query).fetchall():
        if name.removesuffix(SECOND) not in planned:
            execute(connection, "ALTER ROLE {} NOLOGIN", name)
            say(f"role {name}: not in the plan any more, may not log in; its data stay")


def close(connection, plan, say):
    """PostgreSQL lets everybody connect to a new database."""
    for database, owner in owners(connection).items():
        if owns(connection, database):
            execute(connection, "REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC", database)
        elif database not in SYSTEM:
            say(f"database {database}: of {owner}, and not closed to others")
    if owns(connection, MAINTENANCE):
        for role in plan:
            if role["database"] is None:  # from there it makes its databases
                execute(connection, "GRANT CONNECT ON DATABASE {} TO {}", MAINTENANCE, role["role"])


def verify(connection, plan, say):
    """Asks PostgreSQL itself who may connect to what."""
    wrong = []
    for role in plan:
        owner, name = role["role"], role.get("login", role["role"])
        query = (
            "SELECT datname, pg_get_userbyid(datdba) FROM pg_database "
            "WHERE datallowconn AND has_database_privilege(%s, oid, 'CONNECT') ORDER BY 1"
        )
        reached = dict(connection.execute(query, [name]).fetchall())
        wrong += [f"{name} may connect to {database}, of {of}" for database, of in reached.items()
                  if database not in SYSTEM and of != owner]
        say(f"role {name}: reaches {', '.join(d for d in reached if d not in SYSTEM) or 'no database yet'}")
    if wrong:
        raise Refused("; ".join(wrong))


def owners(connection):
    """Databases that somebody may connect to, with their owners."""
    query = "SELECT datname, pg_get_userbyid(datdba) FROM pg_database WHERE datallowconn ORDER BY 1"
    return dict(connection.execute(query).fetchall())


def owns(connection, database):
    """Whether this user has the rights of the database's owner."""
    query = "SELECT pg_has_role(current_user, datdba, 'USAGE') FROM pg_database WHERE datname = %s"
    row = connection.execute(query, [database]).fetchone()
    return bool(row and row[0])


def execute(connection, statement, *names):
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
