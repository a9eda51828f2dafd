import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { readStackFile } from "../../automation/plan/stack-file";
import { UsageError } from "../../automation/shared/errors";

/** As `pulumi config set --secret` wrote it, with the passphrase "correct horse". */
const FILE = `encryptionsalt: v1:rgFDjQXEAsA=:v1:DvNWh5anr/PnzdAr:xylOsN8ndPE6bRK9C0101U24SFOKvw==
config:
  p:x:
    secure: v1:+ZGhc3cPUAOrQO1N:qM6Hmrs1yxBzCT+GnvjcSO9yJp/iabMV/ME66G8lTfNn
  p:list:
    - plain
    - secure: v1:+ZGhc3cPUAOrQO1N:qM6Hmrs1yxBzCT+GnvjcSO9yJp/iabMV/ME66G8lTfNn
`;
const VALUE = 'schön & "quoted"';

describe("an encrypted value of a stack file", () => {
    const given = { ...process.env };
    let root: string;
    beforeEach(() => {
        root = mkdtempSync(path.join(os.tmpdir(), "stack-"));
        writeFileSync(path.join(root, "Pulumi.yaml"), "name: p\n");
        writeFileSync(path.join(root, "Pulumi.dev.yaml"), FILE);
        delete process.env.PULUMI_CONFIG_PASSPHRASE;
        delete process.env.PULUMI_CONFIG_PASSPHRASE_FILE;
    });
    afterEach(() => {
        process.env = { ...given };
        rmSync(root, { recursive: true });
    });
    const config = () => readStackFile(root, "dev").config;

    it("stays hidden without a passphrase", () => {
        expect(config()).to.deep.equal({ "p:x": "[secret]", "p:list": '["plain","[secret]"]' });
        expect(readStackFile(root, "dev").secretKeys).to.deep.equal(["p:x", "p:list"]);
    });

    it("is read with the passphrase", () => {
        process.env.PULUMI_CONFIG_PASSPHRASE = "correct horse";
        expect(config()).to.deep.equal({ "p:x": VALUE, "p:list": JSON.stringify(["plain", VALUE]) });
    });

    it("is read with a passphrase in a file", () => {
        process.env.PULUMI_CONFIG_PASSPHRASE_FILE = path.join(root, "passphrase");
        writeFileSync(path.join(root, "passphrase"), "correct horse\n");
        expect(config()["p:x"]).to.equal(VALUE);
    });

    it("is refused with another passphrase, with no stack trace", () => {
        process.env.PULUMI_CONFIG_PASSPHRASE = "wrong horse";
        expect(config).to.throw(UsageError, /^Pulumi\.dev\.yaml: PULUMI_CONFIG_PASSPHRASE is not the passphrase/);
    });

    it("is refused with a passphrase in a file that is not there", () => {
        process.env.PULUMI_CONFIG_PASSPHRASE_FILE = path.join(root, "nothing");
        expect(config).to.throw(UsageError, /^PULUMI_CONFIG_PASSPHRASE_FILE: .*nothing cannot be read \(ENOENT\)/);
    });

    it("is refused where it is another stack's, or half of one", () => {
        process.env.PULUMI_CONFIG_PASSPHRASE = "correct horse";
        for (const broken of [FILE.replace("+ZGhc3cP", "+ZGhc3cQ"), FILE.replace(/(secure: )v1:\S+/, "$1v1")]) {
            writeFileSync(path.join(root, "Pulumi.dev.yaml"), broken);
            expect(config).to.throw(UsageError, /^Pulumi\.dev\.yaml: a value in p:x was not encrypted for this stack/);
        }
    });

    it("stays hidden with another secrets provider", () => {
        process.env.PULUMI_CONFIG_PASSPHRASE = "correct horse";
        const kms = FILE.replace(/encryptionsalt: .*/, "secretsprovider: awskms://alias/x\nencryptedkey: AQID");
        writeFileSync(path.join(root, "Pulumi.dev.yaml"), kms);
        expect(config()["p:x"]).to.equal("[secret]");
    });
});
