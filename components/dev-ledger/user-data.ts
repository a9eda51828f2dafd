/** What is set up on the ledger's machine when it is made, and starts by itself with it from then on. */
import { setUp } from "../ec2/set-up";

/** Of https://github.com/bcgov/von-network: release 1.9.0. */
export const VON_NETWORK_COMMIT = "e1947309da81f8236c3fb4911db36dfddcbe7bde";

/** Where it serves the genesis transactions, the browser, and registration. */
export const WEB_PORT = 9000;
/** Each of the four nodes has a port for the others and one for clients. */
export const NODE_PORTS = { from: 9701, to: 9708 } as const;
const NODES = [1, 2, 3, 4];

/**
 * Docker alone, one systemd unit for each of von-network's containers as its own `manage start` has them. `manage` itself is not used: it
 * fetches a script from a branch and runs it. git verifies that what it fetched is the commit.
 *
 * The genesis transactions name the machine's private address, which it keeps for as long as it exists. The seed is that of
 * von-network's trustee, the same everywhere, and no secret: whoever reaches the ledger may write to it.
 */
export const userData = (commit: string) => `${setUp("docker", "git")}
systemctl enable --now docker

token=$(curl -fsS -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token)
address=$(curl -fsS -H "X-aws-ec2-metadata-token: $token" http://169.254.169.254/latest/meta-data/local-ipv4)
mkdir -p /opt/von-network
echo "IP=$address" > /opt/von-network/env

cat > /opt/von-network/build << 'END'
#!/bin/bash
# Makes the image, where it is not there yet. Every unit asks for it; the first one builds, the others wait.
set -euo pipefail
exec 9> /run/von-network.lock
flock 9
if docker image inspect von-network:${commit} > /dev/null 2>&1; then exit 0; fi
rm -rf /opt/von-network/source
git init --quiet /opt/von-network/source
cd /opt/von-network/source
git fetch --quiet --depth 1 https://github.com/bcgov/von-network ${commit}
git checkout --quiet ${commit}
docker build --tag von-network:${commit} .
END

cat > /opt/von-network/node << 'END'
#!/bin/bash
# Runs node 1, 2, 3 or 4.
set -euo pipefail
first=$((${NODE_PORTS.from} + 2 * ($1 - 1)))
exec docker run --rm --name "von-node$1" --env-file /opt/von-network/env \\
    --publish "$first:$first" --publish "$((first + 1)):$((first + 1))" \\
    --volume "von-node$1:/home/indy/ledger" von-network:${commit} ./scripts/start_node.sh "$1"
END

cat > /opt/von-network/web << 'END'
#!/bin/bash
# The web server tries for as long as it takes to reach the nodes.
set -euo pipefail
exec docker run --rm --name von-web --env-file /opt/von-network/env \\
    --env LEDGER_SEED=000000000000000000000000Trustee1 --env REGISTER_NEW_DIDS=True \\
    --env POOL_CONNECTION_ATTEMPTS=100000 --publish ${WEB_PORT}:8000 \\
    --volume von-web:/home/indy/ledger von-network:${commit} ./scripts/start_webserver.sh
END
chmod +x /opt/von-network/build /opt/von-network/node /opt/von-network/web

unit() { # its name, its container, its command
    cat > "/etc/systemd/system/$1.service" << END
[Unit]
Requires=docker.service
After=docker.service network-online.target
Wants=network-online.target

[Service]
Environment=HOME=/root
ExecStartPre=/opt/von-network/build
ExecStartPre=-/usr/bin/docker rm --force $2
ExecStart=$3
ExecStop=/usr/bin/docker stop $2
Restart=always
RestartSec=15
TimeoutStartSec=30min

[Install]
WantedBy=multi-user.target
END
}
for node in ${NODES.join(" ")}; do
    unit "von-node$node" "von-node$node" "/opt/von-network/node $node"
done
unit von-web von-web /opt/von-network/web
systemctl daemon-reload
systemctl enable ${NODES.map((node) => `von-node${node}`).join(" ")} von-web
systemctl start --no-block ${NODES.map((node) => `von-node${node}`).join(" ")} von-web
`;

/** Ends well as soon as the genesis transactions can be had; after so many seconds it says what is in the way, and fails. */
export const waitScript = (seconds: number) => `set -u
end=$((SECONDS + ${seconds}))
until curl -fsS --max-time 5 --output /dev/null http://127.0.0.1:${WEB_PORT}/genesis 2> /dev/null; do
    if [ "$SECONDS" -ge "$end" ]; then
        tail -n 5 /var/log/cloud-init-output.log
        journalctl --no-pager --output cat --lines 20 --unit 'von-*'
        exit 1
    fi
    sleep 5
done
`;
