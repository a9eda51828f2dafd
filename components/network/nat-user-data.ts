/** What is set up on a NAT instance when it is made, and starts with it from then on. */
import { installed } from "../ec2/set-up";

/** The file of the service `iptables`, which loads it at each start. It is the last thing that is set up. */
const RULES = "/etc/sysconfig/iptables";

/**
 * iptables as AWS's own guide has it (vpc/latest/userguide/work-with-nat-instances.html), with rules that let in nothing but answers. dnf
 * takes more than the 0.5 GiB of memory, hence the swap file.
 */
export const natUserData = (cidr: string) => `#!/bin/bash
set -euo pipefail
fallocate -l 1G /swapfile
chmod 600 /swapfile
mkswap /swapfile
swapon /swapfile
echo '/swapfile none swap defaults 0 0' >> /etc/fstab
${installed("iptables-services")}
echo 'net.ipv4.ip_forward = 1' > /etc/sysctl.d/90-nat.conf
sysctl --load /etc/sysctl.d/90-nat.conf
cat > ${RULES} << 'END'
*nat
:PREROUTING ACCEPT
:INPUT ACCEPT
:OUTPUT ACCEPT
:POSTROUTING ACCEPT
-A POSTROUTING -s ${cidr} ! -d ${cidr} -j MASQUERADE
COMMIT
*filter
:INPUT DROP
:FORWARD DROP
:OUTPUT ACCEPT
-A INPUT -i lo -j ACCEPT
-A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
-A INPUT -p icmp -j ACCEPT
-A FORWARD -s ${cidr} -j ACCEPT
-A FORWARD -d ${cidr} -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
COMMIT
END
systemctl enable --now iptables
`;

/** Ends well as soon as addresses are translated; after five minutes it says what is in the way, and fails. */
export const READY_SCRIPT = `set -u
end=$((SECONDS + 300))
until iptables -t nat -S POSTROUTING 2> /dev/null | grep -q MASQUERADE && [ "$(cat /proc/sys/net/ipv4/ip_forward)" = 1 ]; do
    if [ "$SECONDS" -ge "$end" ]; then
        tail -n 10 /var/log/cloud-init-output.log
        exit 1
    fi
    sleep 3
done
`;
