/** Connections to a host that died and could tell nobody: how soon Linux gives them up (tcp(7)). Parameters of `net.*`, as low-ports.ts has them. */

export interface DeadPeers {
    /**
     * How often Linux sends again what the other side of a connection does not confirm, before it gives the connection up: 6 is some 25 s.
     * It holds for the whole task. @default Linux's own, 15, which is some 15 minutes (tcp_retries2)
     */
    retransmissions?: number;
    /**
     * Seconds that a connection says nothing before the other side is asked whether it is there, seconds between two questions, and how many go
     * without an answer. It holds for the whole task, and there for connections that ask for it (SO_KEEPALIVE).
     * @default Linux's own: after 2 hours, 75 s apart, 9 questions
     */
    keepAlive?: { idleSeconds: number; intervalSeconds: number; probes: number };
}

/** Some 25 s of either kind. */
export const RETRANSMISSIONS = 6;
export const KEEP_ALIVE = { idleSeconds: 10, intervalSeconds: 5, probes: 3 };

export function deadPeerControls({ retransmissions, keepAlive }: DeadPeers) {
    const parameters: Record<string, number | undefined> = {
        "net.ipv4.tcp_keepalive_intvl": keepAlive?.intervalSeconds,
        "net.ipv4.tcp_keepalive_probes": keepAlive?.probes,
        "net.ipv4.tcp_keepalive_time": keepAlive?.idleSeconds,
        "net.ipv4.tcp_retries2": retransmissions,
    };
    return Object.entries(parameters).flatMap(([namespace, value]) =>
        value === undefined ? [] : [{ namespace, value: String(value) }],
    );
}
