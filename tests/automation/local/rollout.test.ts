import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { prepare, write } from "../../../automation/local/prepare";
import { connectedTo } from "../../../automation/local/rollout";
import { DIGEST_LABEL, targetName } from "../../../automation/local/tasks";
import { prepared, projectWith, service, stackFile } from "./support";

const STACK = stackFile(
    "identity:publicEndpoint: { plainHttp: true }",
    "identity:services: { hello: { build: images/hello, healthCheckPath: /service, paths: [/service] } }",
);

describe("a new version of a service on this machine", () => {
    it("has names of its own, and the load balancer knows both without starting anew", async () => {
        const one = await prepared(STACK);
        const other = one.withSlots({ hello: "b" });
        expect(Object.keys(one.file.services)).to.include("hello-1-app").and.not.to.include("hello-1b-app");
        expect(Object.keys(other.file.services)).to.include("hello-1b-app").and.not.to.include("hello-1-app");
        expect(other.file.services.public).to.deep.equal(one.file.services.public);
        const [, config] = service(one, "public").command as string[];
        for (const holder of ["hello-1-network", "hello-1b-network"]) {
            expect(config).to.contain(`"${targetName(one.project, holder)}"`);
        }
        expect(other.state.services.hello!.tasks.map(({ name }) => name)).to.deep.equal(["hello-1", "hello-2"]);
        expect(other.state.services.hello!.rollout).to.deep.include({ slot: "b", stopsFirst: false, goesBack: true });
    });

    it("is one where its definition is another one, and not where the number of tasks is", async () => {
        const root = projectWith(STACK);
        const digest = async (more: string) => {
            writeFileSync(path.join(root, "Pulumi.trial.yaml"), STACK.replace("paths:", `${more}paths:`));
            const made = await prepare({ root, stack: "trial" });
            write(root, "trial", made); // the secrets stay
            return service(made, "hello-1-network").labels![DIGEST_LABEL];
        };
        const first = await digest("");
        expect(await digest("count: 3, ")).to.equal(first);
        expect(await digest("memory: 1024, ")).not.to.equal(first);
    });

    it("is found by a name that any resolver takes", () => {
        const long = targetName(
            "identity-local-a-stack-with-a-long-name-123456",
            "a-heritage-with-a-service-12b-network",
        );
        expect(long).to.have.length(63);
        expect(targetName("identity-local-dev-123456", "hello-1-network")).to.equal(
            "identity-local-dev-123456--hello-1-network",
        );
    });

    it("waits for the connections that are open, and for no other", () => {
        const table = `  sl  local_address rem_address   st tx_queue
   0: 0E0016AC:26AE 00000000:0000 0A 00000000:00000000
   8: 0E0016AC:D0A6 040016AC:20FB 01 00000000:00000000
  10: 0E0016AC:26AE 010016AC:CC36 06 00000000:00000000
`;
        expect(connectedTo(table)).to.deep.equal(["172.22.0.4"]);
    });
});
