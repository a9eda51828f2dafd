/** What ECR's scan finds in an image: basic scanning, or Amazon Inspector's (enhanced), whichever the account's registry has. */
import type { DescribeImageScanFindingsCommandOutput, ECRClient } from "@aws-sdk/client-ecr";

/** From the worst on, as ECR writes them. What it has no severity for (UNDEFINED, UNTRIAGED) is none of these. */
export const SEVERITIES = ["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL"] as const;

/** The least severity that is asked about, as a stack file writes it. */
export const THRESHOLDS = ["critical", "high", "medium", "low"] as const;
export type Threshold = (typeof THRESHOLDS)[number];

export interface ScanFinding {
    /** Its number: `CVE-2026-1234`. */
    readonly cve: string;
    readonly severity: string;
    /** The package with its version, and with the version that has a fix where the scan knows one. Basic scanning knows none. */
    readonly packages: readonly string[];
    readonly link?: string;
}

/** An image in ECR. */
export interface ScannedImage {
    readonly registryId: string;
    readonly region: string;
    readonly repositoryName: string;
    readonly imageDigest: string;
}

/** What became of a scan: findings; a reason why ECR cannot look into such an image; or what went wrong. */
export type Scan =
    { readonly findings: readonly ScanFinding[] } | { readonly unsupported: string } | { readonly failure: string };

const BY_DIGEST =
    /^(\d{12})\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^@:]+)@(sha256:[0-9a-f]{64})$/;

/** The image in ECR that a reference names by digest; undefined for one of another registry. */
export function scannedImage(reference: string): ScannedImage | undefined {
    const [, registryId, region, repositoryName, imageDigest] = BY_DIGEST.exec(reference) ?? [];
    return registryId && region && repositoryName && imageDigest
        ? { registryId, region, repositoryName, imageDigest }
        : undefined;
}

/** Findings of a severity or worse. */
export const worstOf = (findings: readonly ScanFinding[], least: Threshold): ScanFinding[] => {
    const counted: readonly string[] = SEVERITIES.slice(0, THRESHOLDS.indexOf(least) + 1);
    return findings.filter(({ severity }) => counted.includes(severity));
};

/** Those of a severity or worse: which have no exception, and which have one, with it. */
export function judged<Exception extends { readonly cve: string }>(
    findings: readonly ScanFinding[],
    least: Threshold,
    exceptions: readonly Exception[] = [],
) {
    const found = worstOf(findings, least).map((finding) => ({
        finding,
        exception: exceptions.find(({ cve }) => cve === finding.cve),
    }));
    return {
        left: found.flatMap(({ finding, exception }) => (exception ? [] : finding)),
        excepted: found.flatMap(({ exception }) => exception ?? []),
    };
}

/** A line for a person: `CVE-2026-1234, CRITICAL: openssl 3.0.1 (fixed in 3.0.2), https://…`. */
export const findingLine = ({ cve, severity, packages, link }: ScanFinding) =>
    [`${cve}, ${severity}: ${packages.join(", ") || "no package named"}`, ...(link ? [link] : [])].join(", ");

/** What a caller of `scanOf` has to be allowed. ECR asks Inspector in the caller's name (ECR guide, "IAM permissions required for enhanced scanning"). */
export const SCAN_NEEDS =
    "ecr:DescribeImageScanFindings, and where Amazon Inspector scans (enhanced scanning) inspector2:ListCoverage and inspector2:ListFindings";

/** Of Inspector's scans they come before there is a finding. Only with the time at which a scan ended is it one that did. */
const OVER = ["COMPLETE", "ACTIVE"];
/** Of an image that was pushed a moment ago, ECR knows no scan yet. */
const NOT_YET = ["ScanNotFoundException", "ImageNotFoundException"];

export interface Patience {
    readonly seconds: number;
    /** Between two questions. */
    readonly everySeconds: number;
    readonly progress?: (status: string) => void;
}

/** Waits until a scan has come to its end, and says what it found. */
export async function scanOf(ecr: Pick<ECRClient, "send">, image: ScannedImage, patience: Patience): Promise<Scan> {
    const deadline = Date.now() + patience.seconds * 1000;
    for (;;) {
        const { status, description, findings, isOver } = await ask(ecr, image);
        if (isOver) return { findings };
        if (status === "UNSUPPORTED_IMAGE" || /UnsupportedImage/.test(description)) {
            return { unsupported: description || "ECR does not scan such an image" };
        }
        if (!["PENDING", "IN_PROGRESS", "NONE", ...OVER].includes(status)) {
            return { failure: `ECR's scan is ${status}${description && `: ${description}`}` };
        }
        if (Date.now() >= deadline) {
            const last = status === "NONE" ? "there is no scan yet" : `it is ${status}`;
            return { failure: `ECR's scan has not ended after ${patience.seconds} seconds: ${last}` };
        }
        patience.progress?.(status);
        await new Promise((resolve) => setTimeout(resolve, patience.everySeconds * 1000));
    }
}

/** All pages of an answer. The status NONE is none of ECR's: there is no scan. */
async function ask(ecr: Pick<ECRClient, "send">, { registryId, repositoryName, imageDigest }: ScannedImage) {
    const { DescribeImageScanFindingsCommand } = await import("@aws-sdk/client-ecr");
    const findings: ScanFinding[] = [];
    let [status, description, isOver] = ["NONE", "", false];
    let nextToken: string | undefined;
    do {
        const input = { registryId, repositoryName, imageId: { imageDigest }, maxResults: 1000, nextToken };
        const page = await ecr.send(new DescribeImageScanFindingsCommand(input)).catch((error: Error) => {
            if (!NOT_YET.includes(error.name)) throw error;
        });
        if (!page) break;
        status = page.imageScanStatus?.status ?? "NONE";
        description = page.imageScanStatus?.description ?? "";
        isOver = OVER.includes(status) && page.imageScanFindings?.imageScanCompletedAt !== undefined;
        findings.push(...findingsOf(page));
        nextToken = page.nextToken;
    } while (nextToken);
    return { status, description, findings, isOver };
}

function findingsOf({ imageScanFindings = {} }: DescribeImageScanFindingsCommandOutput): ScanFinding[] {
    const basic = (imageScanFindings.findings ?? []).map(({ name, severity, uri, attributes = [] }) => {
        const of = (wanted: string) => attributes.find(({ key }) => key === wanted)?.value;
        return finding(name, severity, [packageText(of("package_name"), of("package_version"))], uri);
    });
    // Inspector keeps those that a rule suppresses, or that a newer scan does not have any more.
    const active = (imageScanFindings.enhancedFindings ?? []).filter(({ status = "ACTIVE" }) => status === "ACTIVE");
    const enhanced = active.map(({ title, severity, packageVulnerabilityDetails: of = {} }) => {
        const packages = (of.vulnerablePackages ?? []).map((vulnerable) =>
            packageText(vulnerable.name, vulnerable.version, vulnerable.fixedInVersion),
        );
        return finding(of.vulnerabilityId ?? title, severity, packages, of.sourceUrl);
    });
    return [...basic, ...enhanced];
}

const finding = (cve = "?", severity = "UNDEFINED", packages: string[], link: string | undefined): ScanFinding => ({
    cve,
    severity,
    packages: packages.filter((text) => text !== ""),
    ...(link ? { link } : {}),
});

/** Inspector writes `NotAvailable` where there is no version with a fix. */
function packageText(name = "", version = "", fixedIn = "NotAvailable") {
    const fix = fixedIn === "NotAvailable" ? "" : ` (fixed in ${fixedIn})`;
    return [name, version].filter(Boolean).join(" ") + fix;
}
