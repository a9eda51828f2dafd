import { spawnSync } from "node:child_process";
import { expect } from "chai";
import { userData, VON_NETWORK_COMMIT, waitScript } from "../../../components/dev-ledger/user-data";
import { rdsCertificateAuthorities } from "../../../components/rds/certificate-authority";
import { userData as workbenchUserData } from "../../../components/workbench";

const LEDGER = userData(VON_NETWORK_COMMIT);
const WORKBENCH = workbenchUserData(rdsCertificateAuthorities("ap-northeast-1"));
/** The files that a script writes, as they are. */
const written = (script: string) => [...script.matchAll(/<< 'END'\n(.*?)\nEND\n/gs)].map(([, text]) => text!);

/** What cloud-init and Systems Manager run on the machines. */
describe("The machines' scripts", () => {
    const scripts: Record<string, string> = {
        ledger: LEDGER,
        workbench: WORKBENCH,
        "wait for the ledger": waitScript(60),
        ...Object.fromEntries(written(LEDGER).map((text, i) => [`ledger, file ${i + 1}`, text])),
    };
    for (const [name, script] of Object.entries(scripts)) {
        it(`can be read by bash: ${name}`, function () {
            const { error, status, stderr } = spawnSync("bash", ["-n"], { input: script, encoding: "utf8" });
            if (error) return this.skip(); // there is no bash
            expect(stderr).to.equal("");
            expect(status).to.equal(0);
        });
    }

    it("begin with their interpreter, stop at the first mistake, and fit into what EC2 takes", () => {
        for (const script of [LEDGER, WORKBENCH]) {
            expect(script).to.match(/^#!\/bin\/bash\nset -euo pipefail\n/);
            expect(Buffer.byteLength(script)).to.be.lessThan(16 * 1024);
        }
        expect(written(LEDGER)).to.have.length(3);
        for (const script of written(LEDGER)) expect(script).to.match(/^#!\/bin\/bash\n/);
    });

    it("take von-network by its commit, and nothing of it from a branch", () => {
        expect(LEDGER.split(VON_NETWORK_COMMIT)).to.have.length(7);
        expect(LEDGER).not.to.match(/main|master|latest(?!\/api|\/meta-data)/);
        expect(userData("f".repeat(40))).not.to.contain(VON_NETWORK_COMMIT);
    });

    it("have every node on its two ports", function () {
        const node = written(LEDGER)[1]!.replace("exec docker", "echo");
        const ports = [1, 2, 3, 4].map((number) => {
            const { error, stdout } = spawnSync("bash", ["-s", String(number)], { input: node, encoding: "utf8" });
            if (error) this.skip();
            return stdout.match(/--publish \S+ --publish \S+/)![0];
        });
        expect(ports).to.deep.equal(
            [9701, 9703, 9705, 9707].map((port) => `--publish ${port}:${port} --publish ${port + 1}:${port + 1}`),
        );
    });

    it("tell in time that there is no ledger", function () {
        // Of a machine without systemd and without cloud-init, on whose port nobody listens.
        const { error, status } = spawnSync("bash", ["-s"], { input: waitScript(0).replace(":9000", ":1") });
        if (error) this.skip();
        expect(status).to.equal(1);
    });
});
