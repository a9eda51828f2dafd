/** From a stack file to what is started: the plan with what is real here, its compose file, and the secrets that it names. */
import { rootCertificates } from "node:tls";
import { stringify } from "yaml";
import { lastPart } from "../plan/inventory";
import { type PlannedStack, planStack } from "../plan/plan-stack";
import { readStackFile, type StackFile } from "../plan/stack-file";
import { UsageError } from "../shared/errors";
import { type Composed, compose } from "./compose";
import { checkDebugPorts } from "./debug";
import { LocalSecrets } from "./secrets";
import { LocalAws } from "./local-aws";
import { mailHosts } from "./stand-ins/mail";
import { ROOT } from "./dockerfiles";
import { refuseWithoutStandIn } from "./refused";
import path from "node:path";
import {
    composeProject,
    FILES,
    filePath,
    localFolder,
    readJson,
    readState,
    slotsOf,
    writeFile,
    writeJson,
} from "./state";
import type { Slots } from "./tasks";

export interface Prepared extends Composed {
    /** The compose project. */
    readonly project: string;
    /** PEM: whom clients have to trust. */
    readonly ca: string;
    readonly kept: LocalSecrets;
    /** The same, with other slots. */
    withSlots(slots: Slots): Prepared;
}

export interface PrepareOptions {
    readonly root: string;
    readonly stack: string;
    /** @default that of the last time, or none */
    readonly portOffset?: number;
    /** The folder with images and heritages. @default that of the program */
    readonly files?: string;
    /** The services that a debugger looks into, each with its port. @default none */
    readonly debug?: readonly (readonly [service: string, port: number])[];
    /** What the VOLUMEs of images name that are not built here. @default nothing is known of them */
    readonly volumesOf?: (images: readonly string[]) => Promise<ReadonlyMap<string, readonly string[]>>;
}

/** Writes nothing yet. */
export async function prepare({
    root,
    stack,
    portOffset: wanted,
    files,
    volumesOf,
    debug = [],
}: PrepareOptions): Promise<Prepared> {
    const before = readState(root, stack);
    const portOffset = wanted ?? before?.portOffset ?? 0;
    const kept = LocalSecrets.read(root, stack);
    const project = composeProject(root, readStackFile(root, stack).project, stack);
    const aws = await LocalAws.create(project, kept);
    const planned = await planStack({ root, stack, files, real: aws.real, adapt: ofThisMachine });
    refuseWithoutStandIn(planned.resources, stack);
    const debugPorts = checkDebugPorts(
        debug,
        planned.model.services.map(({ name }) => name),
    );
    giveValues(root, planned, aws);
    await aws.takeMailOf(mailHosts(planned, (arn) => aws.parameters.get(lastPart(arn))!, files ?? ROOT));
    const elsewhere = imagesOf(planned).filter((image) => !aws.images.some(({ reference }) => reference === image));
    const volumes = await volumesOf?.(elsewhere);
    kept.secrets.parameters = Object.fromEntries([...aws.parameters].sort());
    const authority = planned.model.outputs.certificateAuthority;
    const ca = (typeof authority === "string" ? authority : "") + aws.authority.certificate;
    const withSlots = (slots: Slots): Prepared => ({
        ...compose({ planned, aws, project, portOffset, slots, volumes, debug: debugPorts }),
        ...{ project, kept, ca, withSlots },
    });
    return withSlots(slotsOf(before));
}

const imagesOf = ({ taskDefinitions }: PlannedStack) => [
    ...new Set(
        [...taskDefinitions.values()].flatMap(({ containerDefinitions }) =>
            containerDefinitions.map(({ image }) => image),
        ),
    ),
];

export function write(root: string, stack: string, { file, state, ca, kept, rules }: Prepared): void {
    const note =
        "# Written by `npx identity local`, of the same task definitions as Fargate gets. Do not edit: change the stack.\n";
    kept.write(root, stack);
    writeFile(filePath(root, stack, "compose"), note + stringify(file, { lineWidth: 0 }));
    writeFile(filePath(root, stack, "ca"), ca);
    writeFile(filePath(root, stack, "trust"), [...rootCertificates, ca].join("\n"));
    for (const [name, text] of Object.entries(rules))
        writeFile(path.join(filePath(root, stack, "firewall"), name), text);
    writeJson(filePath(root, stack, "state"), state);
}

/**
 * The stack file without what is a thing of AWS alone. A domain is below `<domain>.localhost` here, which leads to this machine; its
 * certificates are issued by an authority of this machine, also where somebody else's are on AWS. The ledger for development is a
 * machine of its own on AWS: here agents have none, but for those that name a genesis URL.
 */
function ofThisMachine(file: StackFile): StackFile {
    const [domain, domains, ledger] = ["domain", "domains", "devLedger"].map((key) => `${file.project}:${key}`) as [
        string,
        string,
        string,
    ];
    const { [ledger]: _, ...config } = file.config;
    for (const key of [domain, domains]) if (config[key]) config[key] = domainsOfThisMachine(config[key]);
    return { ...file, config };
}

/** One domain, or a list of them. */
function domainsOfThisMachine(text: string): string {
    const ofThisMachine = (name: unknown) => (typeof name === "string" ? `${name}.localhost` : name);
    const entry = ({ certificate: _, ...rest }: Record<string, unknown>) => ({
        ...rest,
        name: ofThisMachine(rest.name),
        ...("zone" in rest ? { zone: ofThisMachine(rest.zone) } : {}),
    });
    try {
        const domains = JSON.parse(text) as Record<string, unknown> | Record<string, unknown>[];
        return JSON.stringify(Array.isArray(domains) ? domains.map(entry) : entry(domains));
    } catch {
        return text; // the program says what is wrong with it
    }
}

/** Values of parameters that the program does not make itself. All that are missing are said at once. */
function giveValues(root: string, planned: PlannedStack, aws: LocalAws): void {
    const { stack, secrets } = planned.model;
    const given = readJson<Record<string, string>>(filePath(root, stack, "given")) ?? {};
    const wanted = new Set(
        [...planned.taskDefinitions.values()].flatMap(({ containerDefinitions }) =>
            containerDefinitions.flatMap((container) =>
                (container.secrets ?? []).map(({ valueFrom }) => lastPart(valueFrom)),
            ),
        ),
    );
    // Those that no task definition names may be read by a task itself.
    const own = new Set(aws.unread);
    for (const [name, value] of Object.entries(given))
        if (own.has(name) || !aws.parameters.has(name)) aws.parameters.set(name, value);
    const unread = aws.unread;
    const missing = [...wanted].filter((name) => !aws.parameters.has(name));
    if (missing.length + unread.length === 0) return;
    const readers = (name: string) => {
        const found = secrets.find(({ parameter }) => parameter === name)?.readers ?? [];
        return found.map(({ service, variable }) => `${service}: ${variable}`).join(", ");
    };
    const encrypted =
        unread.length > 0 ? `; what Pulumi.${stack}.yaml encrypts is read with PULUMI_CONFIG_PASSPHRASE` : "";
    throw new UsageError(
        [
            "these parameters have no value on this machine:",
            ...missing.map((name) => `    ${name}, which others keep on AWS (${readers(name)})`),
            ...unread.map((name) => `    ${name}, which is encrypted in the stack file (${readers(name)})`),
            `write them into ${localFolder(stack)}/${FILES.given}, as {"${[...missing, ...unread][0]}": "…"}${encrypted}`,
        ].join("\n"),
    );
}
