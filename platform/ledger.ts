import { DevLedger } from "../components/dev-ledger";
import { LEDGER } from "../config/checks/machines";
import type { District } from "./district";

/** The ledger of a developer, where the stack file asks for one. */
export function devLedger({ config, opts, vpc }: District): DevLedger | undefined {
    const { devLedger: settings, protect } = config;
    return settings && new DevLedger(LEDGER, { ...settings, vpc, protect }, opts);
}
