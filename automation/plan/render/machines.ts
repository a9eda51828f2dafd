import type { MachineView } from "../sections/machines";
import { type Layout, list, table } from "../text";

export function renderMachines(all: readonly MachineView[], region: string, { bold, dim, width }: Layout): string[] {
    if (all.length === 0) return [];
    const rows = all.map((machine) => [
        machine.name,
        machine.instanceType,
        `${machine.volumeGiB} GiB, ${machine.encrypted ? "encrypted" : "NOT encrypted"}`,
        `${machine.subnets.join(", ")} in zone ${list(machine.zones.map((zone) => zone.replace(region, "")))}`,
        machine.publicAddress ? "PUBLIC" : "not public",
        machine.tokens ? "with tokens" : "WITHOUT tokens",
    ]);
    const head = ["machine", "type", "volume", "subnet", "address", "metadata"];
    return table([head, ...rows], 2, [bold], width).map((line, i) => (i === 0 ? dim(line) : line));
}
