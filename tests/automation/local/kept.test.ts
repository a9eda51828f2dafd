import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { lock } from "../../../automation/local/lock";
import { LocalSecrets } from "../../../automation/local/secrets";
import { composeProject, filePath, readJson, type State, writeJson } from "../../../automation/local/state";
import { summary } from "../../../automation/local/summary";
import { projectWith, stackFile } from "./support";

describe("what a checkout keeps of its stacks", () => {
    it("is a compose project of this folder alone", () => {
        const [one, other] = [projectWith(stackFile()), projectWith(stackFile())];
        const name = composeProject(one, "identity", "trial");
        expect(name).to.match(/^identity-local-trial-[0-9a-f]{6}$/);
        expect(composeProject(one, "identity", "trial")).to.equal(name);
        expect(composeProject(other, "identity", "trial")).not.to.equal(name);
    });

    it("goes on under the name that it was started with", () => {
        const root = projectWith(stackFile());
        writeJson(filePath(root, "trial", "state"), { composeProject: "as-it-was" });
        expect(composeProject(root, "identity", "trial")).to.equal("as-it-was");
    });

    it("knows that its secrets were gone, also once new ones are made", async () => {
        const kept = LocalSecrets.read(projectWith(stackFile()), "trial");
        await kept.once("password", 1, () => "secret");
        expect(kept.fresh).to.equal(true);
        expect(new LocalSecrets({ generated: { a: { of: "", value: "" } }, parameters: {} }).fresh).to.equal(false);
    });

    it("says which file is broken, and what to do", () => {
        const root = projectWith(stackFile());
        const file = filePath(root, "trial", "secrets");
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, '{"generated": {');
        expect(() => LocalSecrets.read(root, "trial")).to.throw(
            /secrets\.json is no JSON .*: mend it, or delete it and run npx identity local down --volumes --stack trial$/,
        );
        expect(readJson(`${file}.not-there`)).to.equal(undefined);
    });
});

describe("two ups of one stack", () => {
    it("are one after the other: the second is told of the first", () => {
        const root = projectWith(stackFile());
        const unlock = lock(root, "trial");
        expect(() => lock(root, "trial")).to.throw(
            `another npx identity local up of the stack trial is under way (process ${process.pid})`,
        );
        lock(root, "other")();
        unlock();
        lock(root, "trial")();
    });

    it("are not held up by one that was killed", () => {
        const root = projectWith(stackFile());
        const file = path.join(root, "build/local/trial/up.pid");
        mkdirSync(path.dirname(file), { recursive: true });
        for (const left of ["999999999", "", "no number"]) {
            writeFileSync(file, left);
            const unlock = lock(root, "trial");
            expect(readFileSync(file, "utf8")).to.equal(String(process.pid));
            unlock();
        }
    });
});

describe("what an up prints", () => {
    it("names the stack in each command, but for dev", async () => {
        const state = (stack: string): State => ({
            project: "identity",
            stack,
            composeProject: `identity-local-${stack}`,
            portOffset: 0,
            outputs: { adminUrls: { issuer: "https://admin.localhost:8443" } },
            services: {},
            loadBalancers: {},
            standIns: {},
            tasks: { nightly: { command: ["x"], schedule: undefined, beforeDeploy: false } },
            members: {},
        });
        const commands = async (stack: string) =>
            (await summary(state(stack), 1)).match(/npx identity local [^)"\n]+/g)!;
        const mine = await commands("mine");
        expect(mine).to.have.length(6);
        for (const command of mine) expect(command).to.match(/ --stack mine$/);
        for (const command of await commands("dev")) expect(command).not.to.contain("--stack");
    });
});
