import type { MachineView } from "../sections/machines";
import { headedTable, type Layout, list } from "../text";

export function renderMachines(all: readonly MachineView[], region: string, layout: Layout): string[] {
    const rows = all.map((machine) => [
        machine.name,
        machine.instanceType,
        `${machine.volumeGiB} GiB, ${machine.encrypted ? "encrypted" : "NOT encrypted"}`,
        `${machine.subnets.join(", ")} in zone ${list(machine.zones.map((zone) => zone.replace(region, "")))}`,
        machine.publicAddress ? "PUBLIC" : "not public",
        machine.tokens ? "with tokens" : "WITHOUT tokens",
    ]);
    const head = ["machine", "type", "volume", "subnet", "address", "metadata"];
    return headedTable(head, rows, layout, [layout.bold]);
}
