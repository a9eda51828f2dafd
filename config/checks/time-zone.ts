/** Time zones, by their IANA names. */
import type { Path, Problem } from "./common";

export function timeZoneProblems(path: Path, timeZone: string): Problem[] {
    try {
        new Intl.DateTimeFormat("en", { timeZone });
        return [];
    } catch {
        const fix = "one of the IANA database, e.g. Asia/Tokyo, Europe/Berlin, UTC";
        return [{ path, what: `${timeZone} is not a time zone`, fix }];
    }
}
