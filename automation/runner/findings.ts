/** What stands in the way of an operation, and what to do about it. */
import { Exit } from "../shared/errors";
import { STOPPED } from "../shared/exit-codes";
import { hanging } from "./diff";

export interface Finding {
    readonly what: string;
    readonly fix: string;
    /** Whether a preview says nothing with it, either. */
    readonly blind?: boolean;
}

/** Ends a command with all that was found; nothing was changed by then. */
export class Unready extends Exit {
    constructor(readonly findings: readonly Finding[]) {
        super(STOPPED, renderFindings(findings));
    }
}

export function renderFindings(findings: readonly Finding[]): string {
    const lines = findings.flatMap(({ what, fix }) => [
        ...hanging(what, "  ✗ ", "    "),
        ...hanging(fix, "    → ", "      "),
    ]);
    return ["stopped before anything was changed:", ...lines].join("\n");
}
