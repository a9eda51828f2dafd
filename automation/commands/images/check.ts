/** What ECR's scans find in the images of a deployed stack. */
import type { ECRClient } from "@aws-sdk/client-ecr";
import * as pulumi from "@pulumi/pulumi";
import { explainAwsError } from "../../../components/aws-error";
import type { ImageGate } from "../../../components/container-image/gate";
import {
    findingLine,
    judged,
    type Scan,
    SCAN_NEEDS,
    type ScanFinding,
    type ScannedImage,
    scannedImage,
    scanOf,
} from "../../../components/container-image/scan";
import { clientOptions } from "../../../components/fargate/aws-clients";
import { readConfig } from "../../../config/load";
import { ConfigError } from "../../../config/problems";
import { readStackFile } from "../../plan/stack-file";
import { openStack, platform, type State, stateOf } from "../../runner/stack";
import { nameOf } from "../../runner/urn";
import type { CommandContext } from "../../shared/context";
import { Exit } from "../../shared/errors";
import { FAILED } from "../../shared/exit-codes";
import type { CheckInput } from "../images";

/** An image of the stack, with the task definitions that name it. */
interface UsedImage {
    readonly reference: string;
    readonly image: ScannedImage;
    readonly users: string[];
}

/** What the command asks of a stack: what a test does otherwise. */
export interface Deployed {
    gate(root: string, stack: string): ImageGate | undefined;
    resources(context: CommandContext, stack: string): Promise<State["resources"]>;
    ecr(region: string): Promise<Pick<ECRClient, "send">>;
}

export async function check(
    { stack, severity, rescan, json }: CheckInput,
    context: CommandContext,
    deployed: Deployed = real,
): Promise<number> {
    const { out } = context;
    const written = deployed.gate(context.root, stack);
    const gate = severity ? { ...written, severity } : written;
    if (!gate) {
        const file = `Pulumi.${stack}.yaml`;
        out(
            json ? "[]\n" : `${file} has no images.gate, so nothing was asked; --severity critical asks all the same\n`,
        );
        return 0;
    }
    const images = imagesOf(await deployed.resources(context, stack));
    const scans = await Promise.all(
        images.map(async ({ image }) => scanned(await deployed.ecr(image.region), image, rescan)),
    );
    const found = images.map((image, i) => judgedImage(image, scans[i]!, gate));
    if (json) out(`${JSON.stringify(found, null, 2)}\n`);
    else out(`${[...found.flatMap(lines), ...unused(gate, scans), summary(found, gate)].join("\n")}\n`);
    return found.some(({ findings, failure }) => findings.length > 0 || failure) ? 1 : 0;
}

/** Those in ECR, each once. What a heritage's own CI has deployed since the last `up` is not in the state. */
function imagesOf(resources: State["resources"]): UsedImage[] {
    const found = new Map<string, UsedImage>();
    for (const { type, urn, outputs } of resources) {
        if (type !== "aws:ecs/taskDefinition:TaskDefinition") continue;
        const containers = JSON.parse(String(outputs?.containerDefinitions ?? "[]")) as { image: string }[];
        for (const { image: reference } of containers) {
            const image = scannedImage(reference);
            if (!image) continue;
            const used = found.get(reference) ?? { reference, image, users: [] };
            if (!used.users.includes(nameOf(urn))) used.users.push(nameOf(urn));
            found.set(reference, used);
        }
    }
    return [...found.values()].sort((a, b) => (a.reference < b.reference ? -1 : 1));
}

async function scanned(ecr: Pick<ECRClient, "send">, image: ScannedImage, rescan: boolean): Promise<Scan> {
    const question = {
        about: `the scan of ${image.repositoryName}`,
        needs: rescan ? `ecr:StartImageScan, ${SCAN_NEEDS}` : SCAN_NEEDS,
    };
    try {
        if (rescan) await scanAgain(ecr, image);
        // One that nothing began has no answer to wait for.
        return await scanOf(ecr, image, { seconds: rescan ? 600 : 0, everySeconds: 3 });
    } catch (error) {
        const { what, fix } = explainAwsError(error, question);
        throw new Exit(FAILED, `${what}\n  → ${fix}`);
    }
}

/** An image is scanned once in 24 hours (ECR API reference, StartImageScan); Amazon Inspector scans anew by itself. */
const AS_IT_IS = ["LimitExceededException", "ValidationException", "UnsupportedImageTypeException"];

async function scanAgain(ecr: Pick<ECRClient, "send">, { registryId, repositoryName, imageDigest }: ScannedImage) {
    const { StartImageScanCommand } = await import("@aws-sdk/client-ecr");
    const start = new StartImageScanCommand({ registryId, repositoryName, imageId: { imageDigest } });
    await ecr.send(start).catch((error: Error) => {
        if (!AS_IT_IS.includes(error.name)) throw error;
    });
}

interface JudgedImage extends Omit<UsedImage, "image"> {
    /** Of the severity or worse, without those that have an exception. */
    readonly findings: readonly ScanFinding[];
    readonly excepted: readonly string[];
    readonly unsupported?: string;
    readonly failure?: string;
}

function judgedImage({ reference, users }: UsedImage, scan: Scan, { severity, except }: ImageGate): JudgedImage {
    if (!("findings" in scan)) return { reference, users, findings: [], excepted: [], ...scan };
    const { left, excepted } = judged(scan.findings, severity, except);
    return { reference, users, findings: left, excepted: excepted.map(({ cve }) => cve) };
}

const lines = ({ reference, users, findings, excepted, unsupported, failure }: JudgedImage): string[] => [
    `${reference.split("/").slice(1).join("/")} (${users.join(", ")})`,
    ...findings.map((finding) => `  ✗ ${findingLine(finding)}`),
    ...excepted.map((cve) => `  ${cve} has an exception`),
    ...(failure === undefined ? [] : [`  ✗ ${failure}`]),
    ...(unsupported === undefined ? [] : [`  ECR cannot scan it: ${unsupported}`]),
];

/** Exceptions for what is in no image; not where one of them could not be looked into. */
function unused({ except = [] }: ImageGate, scans: readonly Scan[]): string[] {
    if (scans.some((scan) => !("findings" in scan))) return [];
    const there = scans.flatMap((scan) => ("findings" in scan ? scan.findings : [])).map(({ cve }) => cve);
    const idle = except.filter(({ cve }) => !there.includes(cve));
    return idle.map(({ cve }) => `the exception for ${cve} is for nothing that is in an image: take it out`);
}

function summary(found: readonly JudgedImage[], { severity }: ImageGate): string {
    const bad = found.filter(({ findings }) => findings.length > 0).length;
    return `${bad} of ${found.length} images have findings of severity ${severity} or worse`;
}

const real: Deployed = {
    gate(root, stack) {
        const { config: all, project, secretKeys, file } = readStackFile(root, stack);
        pulumi.runtime.setAllConfig(all); // clientOptions reads the provider's settings from there
        process.chdir(root); // readConfig reads the heritages' files from there
        const { config, problems } = readConfig(all, project, (key) => secretKeys.includes(key), stack);
        if (!config || problems.length > 0) throw new ConfigError(problems, file, project);
        return config.images.gate;
    },
    resources: async (context, stack) => {
        const opened = await openStack(context, stack, platform);
        return (await stateOf(opened.stack)).resources;
    },
    async ecr(region) {
        const { ECRClient } = await import("@aws-sdk/client-ecr");
        return new ECRClient(await clientOptions(region));
    },
};
