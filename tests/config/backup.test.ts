import { expect } from "chai";
import { readConfig } from "../../config/load";
import { type Broken, DEV, handedOver, PROD, refusals } from "./support";

const AGENT = "agents: { issuer: {} }\n";
const VAULT = "arn:aws:backup:eu-west-1:210987654321:backup-vault:identity";

const BROKEN: Broken = {
    "backups of nothing": [
        `${DEV}services: { app: { image: "x@sha256:${"a".repeat(64)}", healthCheckPath: /up, paths: [/a] } }\nbackup: {}`,
        "identity:backup",
        /neither a database nor a file system/,
        /leave it out/,
    ],
    "weekly backups that go with the daily ones": [
        `${DEV}${AGENT}backup: { daily: 35, weekly: 35 }`,
        "identity:backup.weekly",
        /35 days are over with those of the daily backups, 35/,
        /more than 35/,
    ],
    "a vault by its name": [
        `${DEV}${AGENT}backup: { copyTo: [identity] }`,
        "identity:backup.copyTo[0]",
        /"identity"/,
        /backup-vault/,
    ],
    "a vault twice": [
        `${DEV}${AGENT}backup: { copyTo: [${VAULT}, ${VAULT}] }`,
        "identity:backup.copyTo[1]",
        /is there twice/,
        /once/,
    ],
    "backups for ever": [`${DEV}${AGENT}backup: { daily: 40000 }`, "identity:backup.daily", /40000/, /36500/],
};

describe("backups in a stack file", () => {
    refusals(BROKEN);

    const backup = (yaml: string) => readConfig(handedOver(yaml), "identity", () => false).config!.backup;

    it("are off, and kept for 35 days where they are on, with a lock in prod alone", () => {
        const defaults = { daily: 35, weekly: undefined, monthly: undefined, copyTo: [] };
        expect(backup(`${DEV}${AGENT}`)).to.equal(undefined);
        expect(backup(`${DEV}${AGENT}backup: {}`)).to.deep.equal({ ...defaults, lock: false });
        expect(backup(`${PROD}${AGENT}backup: {}`)).to.deep.equal({ ...defaults, lock: true });
    });
});
