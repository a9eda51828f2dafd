import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { OutputError } from "../../components/output-error";
import { UserError } from "../../components/user-error";
import { ConfigError } from "../../config/problems";
import { programFiles } from "./program-files";

describe("An error that is meant for a person", () => {
    for (const error of [
        new UserError("no such zone"),
        new OutputError("no such zone"),
        new ConfigError([{ path: ["identity:agents"], what: "is wrong", fix: "right" }], "Pulumi.dev.yaml", "identity"),
    ]) {
        it(`${error.constructor.name} is shown by Pulumi without a stack, and has none that somebody could inspect`, () => {
            expect(pulumi.RunError.isInstance(error)).to.equal(true);
            expect(error.stack).to.equal(undefined);
            // Node 20 and 22 need 18 s for one with source-mapped frames: here there is nothing to map.
            const started = process.cpuUsage();
            inspect(error, { colors: true });
            expect(process.cpuUsage(started).user).to.be.lessThan(1_000_000);
        });
    }

    it("keeps its message, whatever Pulumi writes into it", () => {
        const error = new UserError("no such zone");
        error.message = 'error serializing property "zoneId": no such zone';
        expect(error.message).to.equal("no such zone");
    });

    it("is the only kind that the program throws", () => {
        // What a hook throws goes to the engine as a text.
        const hooks = [
            "components/container-image/gate.ts",
            "components/fargate/run-task.ts",
            "components/ec2/script-hook.ts",
            "components/keycloak/deployed-version.ts",
        ];
        // `Unreadable` is for the readers of files, who tell it with the file's name.
        const others = programFiles()
            .filter(({ text }) => /throw new (?!UserError|OutputError|ConfigError|Unreadable)/.test(text))
            .map(({ file }) => file);
        expect(others.filter((file) => !hooks.includes(file))).to.deep.equal([]);
        const ownRunErrors = programFiles().filter(({ file, text }) => text.includes("new pulumi.RunError") && file);
        expect(ownRunErrors).to.deep.equal([]);
    });
});
