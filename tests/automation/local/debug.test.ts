import { expect } from "chai";
import { checkDebugPorts, debugPort } from "../../../automation/local/debug";
import { memoryUsed } from "../../../automation/local/memory";
import { prepare } from "../../../automation/local/prepare";
import { projectWith, service, stackFile } from "./support";

const FILE = stackFile(
    `identity:services: ${JSON.stringify({ app: { build: "images/hello", port: 8080, healthCheckPath: "/service", environment: { NODE_OPTIONS: "--trace-warnings" } } })}`,
    "identity:agents: {}",
);

describe("a debugger's port on this machine", () => {
    const ready = (...debug: (readonly [string, number])[]) =>
        prepare({ root: projectWith(FILE), stack: "trial", debug });

    it("leads to the one task of the service, whose application is told, and which stops before the next one starts", async () => {
        const debugged = await ready(["app", 9229]);
        const { tasks, rollout, debug } = debugged.state.services.app!;
        expect(tasks.map(({ name }) => name)).to.deep.equal(["app-1"]);
        expect([rollout!.stopsFirst, debug]).to.deep.equal([true, 9229]);
        expect(service(debugged, "app-1-network").ports).to.include("127.0.0.1:9229:9229");
        const { environment } = service(debugged, "app-1-app");
        expect(environment).to.include({ DEBUG_PORT: "9229", NODE_OPTIONS: "--trace-warnings --inspect=0.0.0.0:9229" });
        expect(environment!.JAVA_TOOL_OPTIONS).to.match(/^-agentlib:jdwp=.*address=\*:9229$/);
        expect(service(debugged, "app-1-envoy").environment).not.to.have.property("DEBUG_PORT");
    });

    it("is none where nobody asks for one", async () => {
        const plain = await ready();
        const { tasks, rollout, debug } = plain.state.services.app!;
        expect([tasks.length, rollout!.stopsFirst, debug]).to.deep.equal([2, false, undefined]);
        expect(service(plain, "app-1-app").environment).to.not.have.any.keys("DEBUG_PORT", "JAVA_TOOL_OPTIONS");
        expect(service(plain, "app-1-app").environment!.NODE_OPTIONS).to.equal("--trace-warnings");
    });

    for (const text of ["app", "app=", "app=80", "app=70000", "=9229", "app=9229x", "App=9229"])
        it(`is refused as ${text}`, () => {
            expect(() => debugPort(text, "--debug")).to.throw(/^--debug .*a service and a port from 1024 to 65535/);
        });

    it("says all that is wrong with several", () => {
        const all = [
            ["web", 9229],
            ["app", 9230],
            ["job", 9230],
        ] as const;
        expect(() => checkDebugPorts(all, ["app"])).to.throw(
            "--debug web: there is no such service; there are: app\n" +
                "--debug job: there is no such service; there are: app\n" +
                "--debug job=9230: another service has that port",
        );
        expect(debugPort("app=9229", "--debug")).to.deep.equal(["app", 9229]);
    });
});

describe("the memory of containers, as Docker tells it", () => {
    it("is read in MiB", () => {
        const stats = ["a1 512B / 1GiB", "b2 1.5KiB / 1GiB", "c3 12.25MiB / 512MiB", "d4 1.5GiB / 2GiB", "--", ""];
        expect([...memoryUsed(stats.join("\n"))]).to.deep.equal([
            ["a1", 512 / 1024 ** 2],
            ["b2", 1.5 / 1024],
            ["c3", 12.25],
            ["d4", 1536],
        ]);
    });
});
