import { expect } from "chai";
import { findingLine, scannedImage, scanOf, worstOf } from "../../../components/container-image/scan";

const DIGEST = `sha256:${"ab".repeat(32)}`;
const IMAGE = {
    registryId: "123456789012",
    region: "eu-west-1",
    repositoryName: "agent-0123456",
    imageDigest: DIGEST,
};
const PATIENCE = { seconds: 1, everySeconds: 0.001 };

/** ECR that gives these answers in turn, the last one again and again; an error is thrown. */
function ecr(...answers: unknown[]) {
    const asked: unknown[] = [];
    const send = async ({ input }: { input: unknown }) => {
        asked.push(input);
        const answer = answers.length > 1 ? answers.shift() : answers[0];
        if (answer instanceof Error) throw answer;
        return answer;
    };
    return { client: { send } as never, asked };
}
const status = (text: string, description?: string) => ({ imageScanStatus: { status: text, description } });
const ENDED = { imageScanCompletedAt: new Date() };
const error = (name: string) => Object.assign(new Error(name), { name });
const basic = (name: string, severity: string) => ({
    name,
    severity,
    uri: `https://example.com/${name}`,
    attributes: [
        { key: "package_version", value: "3.0.1" },
        { key: "package_name", value: "openssl" },
    ],
});

describe("ECR's scan of an image", () => {
    it("is waited for, and read to its last page", async () => {
        const { client, asked } = ecr(
            error("ScanNotFoundException"),
            status("IN_PROGRESS"),
            {
                ...status("COMPLETE"),
                imageScanFindings: { ...ENDED, findings: [basic("CVE-1", "HIGH")] },
                nextToken: "more",
            },
            { ...status("COMPLETE"), imageScanFindings: { ...ENDED, findings: [basic("CVE-2", "LOW")] } },
        );
        const said: string[] = [];
        const scan = await scanOf(client, IMAGE, { ...PATIENCE, progress: (text) => said.push(text) });
        const finding = { packages: ["openssl 3.0.1"] };
        expect(scan).to.deep.equal({
            findings: [
                { cve: "CVE-1", severity: "HIGH", link: "https://example.com/CVE-1", ...finding },
                { cve: "CVE-2", severity: "LOW", link: "https://example.com/CVE-2", ...finding },
            ],
        });
        expect(said).to.deep.equal(["NONE", "IN_PROGRESS"]);
        const { registryId, repositoryName } = IMAGE;
        expect(asked[0]).to.deep.include({ registryId, repositoryName, imageId: { imageDigest: DIGEST } });
        expect(asked.at(-1)).to.include({ nextToken: "more" });
    });

    it("is Inspector's where the registry has that: with versions that have a fix, without what is suppressed", async () => {
        const enhanced = (vulnerabilityId: string, more: object) => ({
            severity: "CRITICAL",
            packageVulnerabilityDetails: {
                vulnerabilityId,
                sourceUrl: "https://example.com",
                vulnerablePackages: [
                    { name: "zlib", version: "1.2", fixedInVersion: "1.3" },
                    { name: "minizip", version: "1.2", fixedInVersion: "NotAvailable" },
                ],
            },
            ...more,
        });
        const { client } = ecr({
            ...status("ACTIVE"),
            imageScanFindings: {
                ...ENDED,
                enhancedFindings: [
                    enhanced("CVE-3", { status: "ACTIVE" }),
                    enhanced("CVE-4", { status: "SUPPRESSED" }),
                    enhanced("CVE-5", { status: "CLOSED" }),
                ],
            },
        });
        const scan = await scanOf(client, IMAGE, PATIENCE);
        const lines = "findings" in scan ? scan.findings.map(findingLine) : [];
        expect(lines).to.deep.equal(["CVE-3, CRITICAL: zlib 1.2 (fixed in 1.3), minizip 1.2, https://example.com"]);
    });

    it("has not ended before ECR says when it did, whatever its status", async () => {
        const { client, asked } = ecr(
            { ...status("ACTIVE"), imageScanFindings: { findings: [] } },
            { ...status("COMPLETE"), imageScanFindings: { findings: [] } },
            { ...status("ACTIVE"), imageScanFindings: { ...ENDED, findings: [basic("CVE-1", "HIGH")] } },
        );
        const scan = await scanOf(client, IMAGE, PATIENCE);
        expect("findings" in scan && scan.findings.map(({ cve }) => cve)).to.deep.equal(["CVE-1"]);
        expect(asked).to.have.length(3);
    });

    it("says where ECR cannot look into such an image", async () => {
        const unsupported = "UnsupportedImageError: The operating system and/or package manager are not supported.";
        for (const state of ["FAILED", "UNSUPPORTED_IMAGE"]) {
            expect(await scanOf(ecr(status(state, unsupported)).client, IMAGE, PATIENCE)).to.deep.equal({
                unsupported,
            });
        }
    });

    it("says what went wrong, and does not take it for an image without findings", async () => {
        const failure = async (answer: unknown) => {
            const scan = await scanOf(ecr(answer).client, IMAGE, { ...PATIENCE, seconds: 0.01 });
            return "failure" in scan ? scan.failure : scan;
        };
        expect(await failure(status("FAILED", "LayerError"))).to.equal("ECR's scan is FAILED: LayerError");
        expect(await failure(status("LIMIT_EXCEEDED"))).to.equal("ECR's scan is LIMIT_EXCEEDED");
        expect(await failure(status("IN_PROGRESS"))).to.match(/not ended after 0.01 seconds: it is IN_PROGRESS$/);
        expect(await failure(status("ACTIVE"))).to.match(/not ended after 0.01 seconds: it is ACTIVE$/);
        expect(await failure(error("ScanNotFoundException"))).to.match(/not ended .*: there is no scan yet$/);
        const denied = scanOf(ecr(error("AccessDeniedException")).client, IMAGE, PATIENCE);
        expect(await denied.catch(({ name }: Error) => name)).to.equal("AccessDeniedException");
    });

    it("is judged by a severity and those that are worse; what has none is not counted", () => {
        const findings = ["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNDEFINED", "UNTRIAGED"].map(
            (severity) => ({ cve: severity, severity, packages: [] }),
        );
        const names = (least: Parameters<typeof worstOf>[1]) => worstOf(findings, least).map(({ cve }) => cve);
        expect(names("critical")).to.deep.equal(["CRITICAL"]);
        expect(names("high")).to.deep.equal(["CRITICAL", "HIGH"]);
        expect(names("low")).to.deep.equal(["CRITICAL", "HIGH", "MEDIUM", "LOW"]);
    });

    it("is asked of the repository that a reference names by digest", () => {
        const host = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
        expect(scannedImage(`${host}/agent-0123456@${DIGEST}`)).to.deep.equal(IMAGE);
        expect(scannedImage(`${host}/agent-0123456:latest`)).to.equal(undefined);
        expect(scannedImage(`example.com/agent@${DIGEST}`)).to.equal(undefined);
    });
});
