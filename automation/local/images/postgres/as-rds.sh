#!/usr/bin/env bash
# Makes the instance where there is none, sets the master user's password as the program wants it, and starts the server.
#
#   MASTER_USER, MASTER_PASSWORD  as RDS would be given them
#   MASTER_DATABASE               made beside PostgreSQL's own, and the master user's; may be empty
#   FORCE_SSL                     1: nobody gets in without TLS
#   TLS_CERTIFICATE, TLS_KEY      the server's, as PEM
set -euo pipefail

data=/var/lib/postgresql/data/instance
control=(-h /tmp -U rdsadmin -d postgres -v ON_ERROR_STOP=1 -q)

if [ ! -s "$data/PG_VERSION" ]; then
    initdb --pgdata "$data" --username rdsadmin --encoding UTF8 --locale C.UTF-8 --auth trust > /dev/null
fi

umask 077
printf '%s' "$TLS_CERTIFICATE" > "$data/server.crt"
printf '%s' "$TLS_KEY" > "$data/server.key"
# On the socket within the container nobody asks: that is RDS's own administrator.
entry=host
[ "${FORCE_SSL:-0}" != 1 ] || entry=hostssl
printf 'local all rdsadmin trust\n%s all all all scram-sha-256\n' "$entry" > "$data/pg_hba.conf"

# The master user, its database and those that RDS gives it, on a server that nobody else can reach yet.
pg_ctl --pgdata "$data" --wait --silent --log /dev/stderr \
    --options "-c listen_addresses='' -c unix_socket_directories=/tmp" start > /dev/null
psql "${control[@]}" -v name="$MASTER_USER" -v password="$MASTER_PASSWORD" -v database="${MASTER_DATABASE:-}" <<'SQL'
SELECT format('CREATE ROLE %I', :'name') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'name') \gexec
ALTER ROLE :"name" LOGIN CREATEDB CREATEROLE NOSUPERUSER PASSWORD :'password';
ALTER DATABASE postgres OWNER TO :"name";
ALTER DATABASE template1 OWNER TO :"name";
SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'name')
WHERE :'database' <> '' AND NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
SQL
pg_ctl --pgdata "$data" --wait --silent --mode fast stop > /dev/null

unset MASTER_PASSWORD TLS_CERTIFICATE TLS_KEY
shift # `postgres`: what follows are its settings
exec postgres -D "$data" -c listen_addresses='*' -c unix_socket_directories=/tmp -c ssl=on "$@"
