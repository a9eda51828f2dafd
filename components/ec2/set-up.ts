/**
 * Installs packages. It is tried for ten minutes and more, since the way out of a new network may be there only after the machine; and
 * SSM's agent, which by then waits longer each time between its own attempts, is woken up.
 */
export const installed = (...packages: string[]) => `for attempt in {1..30}; do
    if dnf install -y ${packages.join(" ")}; then break; fi
    if [ "$attempt" = 30 ]; then exit 1; fi
    sleep 20
done
if [ "$attempt" != 1 ]; then systemctl restart amazon-ssm-agent; fi
`;

/** How a machine's script begins: it stops at the first mistake, and has these packages. */
export const setUp = (...packages: string[]) => `#!/bin/bash
set -euo pipefail
${installed(...packages)}`;
