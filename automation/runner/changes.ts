/** Collects the changes of a preview or an update from the engine's events. */
import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";
import { refusesDeletion } from "../../aws/types";
import { label, nameOf, typeOf } from "./urn";
import { compare, type PropertyChange, topLevel } from "./values";

export const KINDS = ["create", "update", "replace", "delete", "import"] as const;
export type Kind = (typeof KINDS)[number];

export interface Change {
    readonly kind: Kind;
    readonly urn: string;
    readonly type: string;
    readonly name: string;
    /** The top-level component that it belongs to, `AgentCluster issuer`; undefined where it belongs to none. */
    readonly component?: string;
    readonly properties: readonly PropertyChange[];
    /** The properties that force the replacement. */
    readonly reasons: readonly string[];
    /** `protect`: whether the state protects it. `refused`: whether Pulumi refuses this change for that. */
    readonly protect: boolean;
    readonly refused: boolean;
    /** Whether AWS refuses its deletion. */
    readonly protectedByAws: boolean;
}

export interface Violation {
    readonly policy: string;
    readonly mandatory: boolean;
    readonly message: string;
    readonly urn?: string;
}

/** Everything that the events say. */
export interface Changes {
    readonly changes: readonly Change[];
    readonly same: number;
    readonly violations: readonly Violation[];
    /** Errors of the engine and the program, without duplicates. */
    readonly errors: readonly { readonly urn?: string; readonly message: string }[];
    readonly warnings: readonly string[];
}

const KIND_OF_STEP: Partial<Record<string, Kind>> = {
    create: "create",
    update: "update",
    replace: "replace",
    "create-replacement": "replace",
    "delete-replaced": "replace",
    delete: "delete",
    import: "import",
};

/** Errors that only repeat an earlier one. */
const REPEATED = [
    /^preview failed$/,
    /^update failed$/,
    /^refresh failed$/,
    /^destroy failed$/,
    /^using pulumi-\S+ from /,
];

/** Takes the events in their order. */
export class Collector {
    private readonly steps = new Map<string, StepEventMetadata>();
    private readonly parents = new Map<string, string>();
    private readonly same = new Set<string>();
    private readonly violations = new Map<string, Violation>();
    private readonly errors = new Map<string, { urn?: string; message: string }>();
    private readonly warnings = new Set<string>();

    add({ resourcePreEvent, policyEvent, diagnosticEvent }: EngineEvent): void {
        if (resourcePreEvent) this.step(resourcePreEvent.metadata);
        if (policyEvent) {
            const { policyName, enforcementLevel, message, resourceUrn } = policyEvent;
            const violation = {
                policy: policyName,
                mandatory: enforcementLevel === "mandatory",
                message: plain(message),
                urn: resourceUrn,
            };
            this.violations.set(`${policyName} ${resourceUrn} ${message}`, violation);
        }
        if (!diagnosticEvent || diagnosticEvent.ephemeral) return;
        const message = plain(diagnosticEvent.message);
        if (REPEATED.some((pattern) => pattern.test(message))) return;
        if (diagnosticEvent.severity === "error") this.errors.set(message, { urn: diagnosticEvent.urn, message });
        if (diagnosticEvent.severity === "warning") this.warnings.add(message);
    }

    get result(): Changes {
        return {
            changes: [...this.steps.values()].map((step) => this.change(step)),
            same: this.same.size,
            violations: [...this.violations.values()],
            errors: [...this.errors.values()],
            warnings: [...this.warnings],
        };
    }

    private step(step: StepEventMetadata) {
        const parent = (step.new ?? step.old)?.parent;
        if (parent) this.parents.set(step.urn, parent);
        if (isBookkeeping(step.type)) return;
        if (step.op === "same") this.same.add(step.urn);
        const kind = KIND_OF_STEP[step.op];
        // A replacement has three steps; the second one has the reason.
        if (!kind || (this.steps.has(step.urn) && step.op !== "replace")) return;
        this.steps.set(step.urn, step);
    }

    private change(step: StepEventMetadata): Change {
        const { urn, op } = step;
        const kind = KIND_OF_STEP[op]!;
        const old = step.old;
        return {
            kind,
            urn,
            type: typeOf(urn),
            name: nameOf(urn),
            component: this.component(urn),
            properties: kind === "update" || kind === "replace" ? propertiesOf(step) : [],
            reasons: kind === "replace" ? (step.keys ?? []) : [],
            protect: old?.protect === true,
            // Pulumi refuses by the new `protect` where the resource stays in the program, else by the old one.
            refused: old?.protect === true && (step.new ?? old).protect === true,
            protectedByAws: refusesDeletion(typeOf(urn), old?.inputs),
        };
    }

    /** The top-level component above a resource. */
    private component(urn: string): string | undefined {
        let [top, up] = [undefined as string | undefined, this.parents.get(urn)];
        for (; up && typeOf(up) !== "pulumi:pulumi:Stack"; up = this.parents.get(up)) top = up;
        return top && label(top);
    }
}

/** Components, providers and the stack, which do not exist in AWS. */
export const isBookkeeping = (type: string) => /^(pulumi:|awsx:|identity:)/.test(type);

/** The properties that differ according to the provider; without values where the inputs are equal. */
function propertiesOf({ diffs, keys, detailedDiff, old, new: planned }: StepEventMetadata): PropertyChange[] {
    const named = [...(diffs ?? []), ...(keys ?? []), ...Object.keys(detailedDiff ?? {})];
    const properties = [...new Set(named.map(topLevel))];
    const [before, after] = [old?.inputs ?? {}, planned?.inputs ?? {}];
    const changed = properties.flatMap((name): PropertyChange[] => {
        const changes = compare(name, before[name], after[name]);
        // The provider also reports computed properties, which the program does not set.
        if (changes.length === 0 && !(name in before) && !(name in after)) return [];
        return changes.length > 0 ? changes : [{ path: name }];
    });
    return changed.length > 0 ? changed : properties.map((name) => ({ path: name }));
}

// eslint-disable-next-line no-control-regex -- colours are control sequences
const plain = (text: string) => text.replace(/\x1b\[[0-9;]*m|<\{%[^%]*%\}>/g, "").trim();

/** The number of changes of each kind. */
export const countByKind = (changes: readonly Change[]) =>
    KINDS.map((kind) => [kind, changes.filter((change) => change.kind === kind).length] as const);

/** `3 to create, 1 to replace; 280 stay` */
export function counts({ changes, same }: Pick<Changes, "changes" | "same">): string {
    const parts = countByKind(changes).flatMap(([kind, number]) => (number > 0 ? [`${number} to ${kind}`] : []));
    return `${parts.length > 0 ? parts.join(", ") : "nothing to change"}; ${same} stay`;
}
