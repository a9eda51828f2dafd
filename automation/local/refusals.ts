/** Which connections the security groups refused lately: who is refused sees a time-out alone. */
import { containersOf, docker } from "./docker";
import { HARDWARE_LENGTH, networkOf } from "./firewall";
import type { State } from "./state";

interface Listed {
    readonly nftables?: readonly { readonly set?: { readonly name: string; readonly elem?: readonly Element[] } }[];
}

interface Element {
    readonly elem: { readonly val: { readonly concat: readonly [string, string | number, number] } };
}

/** A sentence for each that was refused within the last hour. */
export async function refusals(state: State): Promise<string[]> {
    const containers = await containersOf(state.composeProject);
    const names = [
        ...Object.values(state.services).flatMap(({ tasks }) => tasks.map(({ name }) => name)),
        ...[state.standIns, state.loadBalancers, state.tasks].flatMap((own) => Object.keys(own)),
    ];
    const found = await Promise.all(
        names.map(async (name) => {
            const holder = containers.get(networkOf(name));
            if (holder?.State.Status !== "running") return [];
            const { stdout } = await docker(["exec", holder.Id, "nft", "--json", "list", "table", "inet", "firewall"]);
            const { nftables = [] } = JSON.parse(stdout || "{}") as Listed;
            return nftables.flatMap(({ set }) =>
                (set?.elem ?? []).map(({ elem: { val } }) => {
                    const [peer, protocol, port] = val.concat;
                    const at = `${PROTOCOLS[protocol] ?? protocol} ${port}`;
                    if (set!.name === "refused_out") return `${name} to ${peer}, ${at}: no egress of it says so`;
                    return `${state.members[peer.slice(0, HARDWARE_LENGTH)] ?? peer} to ${name}, ${at}`;
                }),
            );
        }),
    );
    return [...new Set(found.flat())].sort();
}

const PROTOCOLS: Readonly<Record<string | number, string>> = { 6: "tcp", 17: "udp" };
