/** The problems that prevent an operation, with the remedies. */
import { Exit } from "../shared/errors";
import { STOPPED } from "../shared/exit-codes";
import { hangingIndent } from "./diff";

export interface Finding {
    readonly what: string;
    readonly fix: string;
    /** Whether it prevents a preview as well. */
    readonly blind?: boolean;
}

/** Ends a command with all findings, before anything is changed. */
export class Unready extends Exit {
    constructor(readonly findings: readonly Finding[]) {
        super(STOPPED, renderFindings(findings));
    }
}

export function renderFindings(findings: readonly Finding[]): string {
    const lines = findings.flatMap(({ what, fix }) => [
        ...hangingIndent(what, "  ✗ ", "    "),
        ...hangingIndent(fix, "    → ", "      "),
    ]);
    return ["stopped before anything was changed:", ...lines].join("\n");
}
