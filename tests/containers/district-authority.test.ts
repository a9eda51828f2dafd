import { expect } from "chai";
import { districtTrust } from "../../components/district-authority";
import { authority } from "./certificates";
import { type Sandbox, sandboxOrSkip } from "./docker";
import { baseImage } from "./plan";

const BASE = baseImage("acapy-agent", "ACAPY_IMAGE");
const OWN = "/etc/ssl/certs/ca-certificates.crt";
/** The names of those that ACA-Py's HTTP client verifies servers against, which is Python's default. */
const TRUSTED =
    'import json, ssl; print(json.dumps([dict(x[0] for x in one["subject"]).get("commonName") ' +
    "for one in ssl.create_default_context().get_ca_certs()]))";

describe("an agent that is told of the district's authority", function () {
    let sandbox: Sandbox;
    before(async function () {
        sandbox = await sandboxOrSkip(this, [BASE]);
    });
    after(() => sandbox?.cleanUp());

    /** Under the task's own restrictions: its user, a read-only root, /tmp as a volume. */
    async function trusted(pem: string | undefined): Promise<string[]> {
        const { entryPoint, environment } = districtTrust(
            { program: "python3", variable: "SSL_CERT_FILE", own: OWN },
            pem,
        );
        const [entry = "python3", ...rest] = entryPoint ?? [];
        const { code, stdout, stderr } = await sandbox.runToEnd([
            "--user",
            "1001",
            "--read-only",
            "--cap-drop",
            "ALL",
            "--mount",
            "type=volume,dst=/tmp",
            ...Object.entries(environment).flatMap(([name, value]) => ["--env", `${name}=${value as string}`]),
            "--entrypoint",
            entry,
            BASE,
            ...rest,
            "-c",
            TRUSTED,
        ]);
        expect(code, stderr).to.equal(0);
        return JSON.parse(stdout);
    }

    it("trusts it beside all that it trusts otherwise, and nobody more", async () => {
        const { certificate } = await authority(sandbox.directory, "district");
        const before = await trusted(undefined);
        const after = await trusted(certificate);
        expect(before.length).to.be.greaterThan(50);
        expect(before).not.to.include("district");
        expect([...after].sort()).to.eql([...before, "district"].sort());
    });
});
