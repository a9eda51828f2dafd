#!/bin/sh
# Starts the server.
#
#   PASSWORD                  what clients log in with, as the user default
#   TLS_CERTIFICATE, TLS_KEY  the server's, as PEM
#   MAX_MEMORY                of the data
set -eu
umask 077

printf '%s' "$TLS_CERTIFICATE" > /tmp/server.crt
printf '%s' "$TLS_KEY" > /tmp/server.key
cat > /tmp/valkey.conf <<CONFIG
port 0
tls-port 6379
tls-cert-file /tmp/server.crt
tls-key-file /tmp/server.key
tls-auth-clients no
requirepass "$PASSWORD"
dir /data
appendonly yes
maxmemory $MAX_MEMORY
# The default of ElastiCache's parameter groups.
maxmemory-policy volatile-lru
CONFIG
# AmazonElastiCache/latest/dg/SupportedCommands.html
for command in BGREWRITEAOF BGSAVE CONFIG DEBUG MIGRATE PSYNC REPLICAOF SAVE SHUTDOWN SLAVEOF SYNC; do
    echo "rename-command $command \"\"" >> /tmp/valkey.conf
done

unset PASSWORD TLS_CERTIFICATE TLS_KEY
exec valkey-server /tmp/valkey.conf
