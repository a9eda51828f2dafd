/** What of an application's way out is open: what `egress` says, and what its bindings are for. */
import type { Egress } from "../components/fargate/egress";
import type { HeritageConfig } from "./defaults";
import type { EgressInput } from "./heritage/egress-schema";

export function portsOf(port: number | string): { from: number; to: number } {
    const [from, to = from] = String(port).split("-").map(Number);
    return { from: from!, to: to! };
}

const ANYWHERE = "0.0.0.0/0";
const isAddress = (host: string) => /^\d{1,3}(\.\d{1,3}){3}$/.test(host);

/** A name leads to whatever address its DNS says at the time: a security group can let out to anywhere alone. */
const destinationOf = (host: string) => (isAddress(host) ? `${host}/32` : ANYWHERE);

/** What `egress` opens. */
export const openedBy = (egress: readonly EgressInput[]): Required<Egress>[] =>
    egress.map(({ port, to, protocol = "tcp" as const }) => ({ ...portsOf(port), protocol, destination: to }));

export function openPorts({ egress, uses }: Pick<HeritageConfig, "egress" | "uses">): Required<Egress>[] {
    const hosts = Object.values(uses).flatMap(({ host }) => host ?? []);
    return [
        ...openedBy(egress),
        ...hosts.map(({ name, port, securityGroup }) => ({
            from: port,
            to: port,
            protocol: "tcp" as const,
            destination: securityGroup ?? destinationOf(name),
        })),
    ];
}

/** What `openPorts` has, but for hosts with a security group of their own: of these both sides are opened (platform/bindings.ts). */
export const waysOut = ({ egress, uses }: Pick<HeritageConfig, "egress" | "uses">) =>
    openPorts({
        egress,
        uses: Object.fromEntries(Object.entries(uses).filter(([, { host }]) => host?.securityGroup === undefined)),
    });
