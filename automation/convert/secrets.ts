/** References to secrets that exist, as task definitions and Copilot write them, as a heritage's file does. */

const MANAGER = /^(arn:aws[a-z-]*:secretsmanager:[^:]+:\d*:secret:[^:]+)(?::([^:]*))?(?::[^:]*){0,2}$/;
const PARAMETER_ARN = /^arn:aws[a-z-]*:ssm:[^:]+:\d*:parameter(\/.+)$/;

/** The secrets of a sidecar by name: what is not known is set anew. */
export const secretsOf = (references: readonly (readonly [name: string, reference: string | undefined])[]) =>
    Object.fromEntries(references.map(([name, reference]) => [name, existing(reference ?? "") ?? { set: {} }]));

/** What `valueFrom` says; undefined where it names nothing that is known here. */
export function existing(valueFrom: string): Record<string, unknown> | undefined {
    const manager = MANAGER.exec(valueFrom);
    if (manager) return { secret: manager[1], ...(manager[2] ? { key: manager[2] } : {}) };
    const name = PARAMETER_ARN.exec(valueFrom)?.[1] ?? valueFrom;
    return /^\/[A-Za-z0-9_.\-/]+$/.test(name) ? { parameter: name } : undefined;
}
