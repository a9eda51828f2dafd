import type { DevLedger } from "../components/dev-ledger";
import { Workbench } from "../components/workbench";
import type { District } from "./district";

/** After all else has been made: the workbench, where the stack file asks for one, with a way to every database, to what is internal, and to the ledger. */
export function workbench(
    { config, opts, vpc, adminEndpoint, databases, shared }: District,
    ledger: DevLedger | undefined,
): Workbench | undefined {
    if (!config.workbench) return undefined;
    const machine = new Workbench("workbench", { ...config.workbench, vpc, region: config.region }, opts);
    // One way leads to all databases of one instance.
    if (shared) machine.mayReach("shared-db", shared.access);
    for (const [name, database] of Object.entries(databases)) {
        if (database.groupId !== shared?.access.groupId) machine.mayReach(name, database);
    }
    for (const port of adminEndpoint.ports) machine.mayReach("admin", { groupId: adminEndpoint.groupId, port });
    if (ledger) machine.mayReach("ledger", { groupId: ledger.groupId, port: ledger.webPort });
    return machine;
}
