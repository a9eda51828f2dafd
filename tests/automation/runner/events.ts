/** Events of the engine, as far as the runner reads them. */
import type { EngineEvent, OpType, StepEventMetadata } from "@pulumi/pulumi/automation";

type Half = { inputs?: Record<string, unknown>; outputs?: Record<string, unknown>; protect?: boolean; parent?: string };

const STACK = "urn:pulumi:dev::identity::pulumi:pulumi:Stack::identity-dev";

export const urn = (type: string, name: string) => `urn:pulumi:dev::identity::${type}::${name}`;

export interface Step {
    op: OpType;
    type: string;
    name: string;
    parent?: string;
    old?: Half;
    new?: Half;
    diffs?: readonly string[];
    keys?: readonly string[];
    custom?: boolean;
}

export function step({ op, type, name, parent = STACK, custom = true, ...rest }: Step): StepEventMetadata {
    const half = (value: Half | undefined) =>
        value && {
            type,
            urn: urn(type, name),
            custom,
            id: "",
            parent,
            provider: "",
            inputs: {},
            outputs: {},
            ...value,
        };
    return {
        op,
        urn: urn(type, name),
        type,
        provider: "",
        keys: rest.keys,
        diffs: rest.diffs,
        old: half(rest.old ?? (op === "create" ? undefined : {})),
        new: half(rest.new ?? (op === "delete" ? undefined : {})),
    } as unknown as StepEventMetadata;
}

let sequence = 0;
const event = (body: object) => ({ sequence: sequence++, timestamp: 0, ...body }) as EngineEvent;

export const began = (what: Step) => event({ resourcePreEvent: { metadata: step(what) } });
export const ended = (what: Step) => event({ resOutputsEvent: { metadata: step(what) } });
export const said = (message: string, more: object = {}) =>
    event({ diagnosticEvent: { message, color: "never", severity: "info", ...more } });
export const violated = (policyName: string, enforcementLevel: string, message: string, resourceUrn?: string) =>
    event({ policyEvent: { policyName, enforcementLevel, message, resourceUrn } });

/** What a secret is in an event. */
export const HIDDEN = {
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    ciphertext: "[secret]",
};
