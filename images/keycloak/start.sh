#!/bin/bash
# Starts Keycloak; and, beside it, gives the realm master once what Keycloak leaves out when it makes that realm:
# failed log-ins are counted, and its log-in page is under the administrators' name (KC_HOSTNAME_ADMIN), since the public
# endpoint does not lead there. By the bootstrap administrator; once it has been deleted, nothing is changed any more.
set -u

# What all of Keycloak is below, such as /auth: KC_HOSTNAME_ADMIN ends in it.
readonly NAME="${KC_HOSTNAME_ADMIN:-}/"
readonly BELOW="/${NAME#*://*/}"
readonly NODE="http://127.0.0.1:8080${BELOW%/}"
readonly ISSUER="${KC_HOSTNAME_ADMIN:-}/realms/master"

# What the node answers to a path; nothing but bash, since there is no curl in the image.
ask() {
    exec 3<>/dev/tcp/127.0.0.1/8080 || return 1
    printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$1" >&3
    timeout 10 cat <&3
    exec 3>&-
}

admin() {
    KC_OPTS=-Xmx64m KC_CLI_PASSWORD="$KC_BOOTSTRAP_ADMIN_PASSWORD" /opt/keycloak/bin/kcadm.sh "$@" --config "$session" 2>&1
}

protect_master() {
    local answer said session=/tmp/kcadm.config
    until answer=$(ask "${BELOW%/}/realms/master/.well-known/openid-configuration" 2>/dev/null) && [[ $answer == *" 200 "* ]]; do
        sleep 3
    done
    [[ $answer == *"\"issuer\":\"$ISSUER\""* ]] && return
    if said=$(admin config credentials --server "$NODE" --realm master --user "$KC_BOOTSTRAP_ADMIN_USERNAME") &&
        said=$(admin update realms/master -s bruteForceProtected=true -s "attributes.frontendUrl=$KC_HOSTNAME_ADMIN"); then
        echo "The realm master counts failed log-ins, and logs in at $KC_HOSTNAME_ADMIN."
    else
        echo "The realm master could not be set up: ${said##*$'\n'}" \
            "Set its Frontend URL to $KC_HOSTNAME_ADMIN, and Brute force detection on (docs/operations.md, Upgrading Keycloak)." >&2
    fi
    rm -f "$session"
}

if [[ ${1:-} == start && -n ${KC_HOSTNAME_ADMIN:-} && -n ${KC_BOOTSTRAP_ADMIN_PASSWORD:-} ]]; then
    # A grandchild: whatever is left of it is the init process's.
    (protect_master &)
fi
exec /opt/keycloak/bin/kc.sh "$@"
