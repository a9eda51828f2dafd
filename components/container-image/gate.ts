/** What ECR's scan finds over a severity stops an `up`, before a task definition names the image. */
import { AsyncResource } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import { explainAwsError } from "../aws-error";
import { hasEngine } from "../engine";
import { clientOptions } from "../fargate/aws-clients";
import {
    findingLine,
    judged,
    type Scan,
    SCAN_NEEDS,
    type ScannedImage,
    scannedImage,
    scanOf,
    type Threshold,
} from "./scan";

/** What an image may have in it. */
export interface ImageGate {
    /** Findings of this severity or worse stop an `up`. */
    severity: Threshold;
    /** Findings that do not, by their numbers (`CVE-2026-1234`), each with its reason. */
    except?: readonly { readonly cve: string; readonly reason: string }[];
}

/** A scan takes about a minute; one that has to wait its turn takes longer. */
const PATIENCE = { seconds: 600, everySeconds: 3 };
/** Those that an error shows; with a severity of low there may be hundreds. */
const SHOWN = 20;

/**
 * Before the parameter is written that says which image was let through: asks ECR's scan of it. Where that has something against it, the
 * parameter stays as it is, so that the next `up` asks again; an image that was let through is not asked about in a later `up`.
 */
export function gates(name: string, gate: ImageGate, resource: pulumi.Resource): pulumi.ResourceHook[] {
    if (!hasEngine()) return [];
    // Bound to where it is made: the engine calls a hook from outside the program, where its log would go nowhere.
    const pass = AsyncResource.bind(async (image: ScannedImage) => {
        const { ECRClient } = await import("@aws-sdk/client-ecr");
        const progress = () => void pulumi.log.info(`${name}: ECR scans the image`, resource, undefined, true);
        const ecr = new ECRClient(await clientOptions(image.region));
        const scan = await scanOf(ecr, image, { ...PATIENCE, progress }).catch((error: unknown): Scan => {
            const { what, fix } = explainAwsError(error, { about: "its scan", needs: SCAN_NEEDS });
            return { failure: `${what} (${fix})` };
        });
        const { refusal, notes } = judge(name, scan, gate);
        for (const note of notes) void pulumi.log.warn(note, resource);
        if (refusal !== undefined) throw new Error(refusal);
    });
    return [
        new pulumi.ResourceHook(`${name}-gate`, async ({ newInputs, oldInputs }) => {
            const reference: unknown = newInputs?.insecureValue;
            if (typeof reference !== "string" || reference === oldInputs?.insecureValue) return;
            const image = scannedImage(reference);
            if (!image) throw new Error(`${name}: ${reference} is no image of ECR, so nothing says what is in it`);
            await pass(image);
        }),
    ];
}

/** Whether an image is let through, and what there is to say of it. */
export function judge(name: string, scan: Scan, gate: ImageGate): { refusal?: string; notes: string[] } {
    if ("failure" in scan) {
        const fix = "Run the up again; or take images.gate out of the stack file, and the image is used unseen.";
        return { refusal: `${name}: the image is not used: ${scan.failure}\n  → ${fix}`, notes: [] };
    }
    if ("unsupported" in scan) {
        return { notes: [`${name}: ECR cannot scan the image, so nothing stops it: ${scan.unsupported}`] };
    }
    const { left, excepted } = judged(scan.findings, gate.severity, gate.except);
    const notes = excepted.map(({ cve, reason }) => `${name}: ${cve} does not stop the image: ${reason}`);
    if (left.length === 0) return { notes };
    const lines = [
        `${name}: the image is not used: ECR's scan found ${left.length} of severity ${gate.severity} or worse`,
        ...left.slice(0, SHOWN).map((finding) => `    ${findingLine(finding)}`),
        ...(left.length > SHOWN ? [`    and ${left.length - SHOWN} more`] : []),
        "  → Raise what the image starts from (npx identity images pin) and its packages, and run the up again; or say",
        "    in the stack file why one may be there, and until when: images.gate.except (docs/configuration.md).",
    ];
    return { refusal: lines.join("\n"), notes };
}
