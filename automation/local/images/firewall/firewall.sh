#!/bin/sh
# Puts the rules in force, and again at each SIGHUP; holds the network namespace meanwhile.
#
#   RULES     the file in /rules
#   HARDWARE  the first four bytes of the address by which others know whose connections these are
set -eu

subnet=$(ip -o -4 route show dev eth0 scope link | cut -d ' ' -f 1)
gateway=$(ip -o -4 route show default | cut -d ' ' -f 3)
enforce() {
    nft --define subnet="$subnet" --define gateway="$gateway" --file "/rules/$RULES"
}

enforce
# The last two bytes are those of the IP address, and so nobody else's in this network.
own=$(ip -o -4 address show dev eth0 | sed 's|.*inet [0-9]*\.[0-9]*\.\([0-9]*\)\.\([0-9]*\)/.*|\1 \2|')
ip link set dev eth0 address "$HARDWARE$(printf ':%02x:%02x' $own)"

trap 'enforce || true' HUP
sleep infinity &
while :; do wait $! || true; done
