import { expect } from "chai";
import { judge } from "../../../components/container-image/gate";

const finding = (cve: string, severity: string) => ({ cve, severity, packages: ["openssl 3.0.1"] });
const GATE = { severity: "high" as const, except: [{ cve: "CVE-1", reason: "nobody calls it" }] };

describe("the gate of an image", () => {
    it("lets an image through that has nothing of the severity, and says which exceptions it needed", () => {
        const findings = [finding("CVE-1", "CRITICAL"), finding("CVE-2", "MEDIUM")];
        const notes = ["agent: CVE-1 does not stop the image: nobody calls it"];
        expect(judge("agent", { findings }, GATE)).to.deep.equal({ notes });
        expect(judge("agent", { findings: [finding("CVE-2", "MEDIUM")] }, GATE)).to.deep.equal({ notes: [] });
    });

    it("names each finding that stops it", () => {
        const findings = [finding("CVE-1", "HIGH"), finding("CVE-3", "HIGH"), finding("CVE-4", "CRITICAL")];
        const { refusal } = judge("agent", { findings }, GATE);
        expect(refusal!.split("\n").slice(0, 3)).to.deep.equal([
            "agent: the image is not used: ECR's scan found 2 of severity high or worse",
            "    CVE-3, HIGH: openssl 3.0.1",
            "    CVE-4, CRITICAL: openssl 3.0.1",
        ]);
        expect(refusal).to.contain("images.gate.except").and.contain("npx identity images pin");
    });

    it("counts those beyond twenty", () => {
        const findings = Array.from({ length: 23 }, (_, i) => finding(`CVE-${i + 10}`, "HIGH"));
        expect(judge("agent", { findings }, GATE).refusal).to.match(/CVE-29,.*\n {4}and 3 more\n/);
    });

    it("lets an image through that ECR cannot scan, and says so; a scan that failed stops it", () => {
        expect(judge("agent", { unsupported: "UnsupportedImageError" }, GATE)).to.deep.equal({
            notes: ["agent: ECR cannot scan the image, so nothing stops it: UnsupportedImageError"],
        });
        expect(judge("agent", { failure: "ECR's scan is FAILED" }, GATE).refusal).to.match(
            /^agent: the image is not used: ECR's scan is FAILED\n {2}→ Run the up again/,
        );
    });
});
