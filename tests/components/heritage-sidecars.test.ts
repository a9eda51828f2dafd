import { expect } from "chai";
import { planEverything } from "../stacks/everything";

interface Container {
    name: string;
    essential: boolean;
    user: string;
    command?: string[];
    portMappings: { containerPort: number }[];
    systemControls: { namespace: string; value: string }[];
    dependsOn?: { containerName: string; condition: string }[];
    mountPoints: { sourceVolume: string; containerPath: string }[];
}

describe("a heritage's task with sidecars", () => {
    const containers: Record<string, Container> = {};
    let volumes: readonly { name: string }[];
    before(async function () {
        this.timeout(120_000);
        const { taskDefinitions } = await planEverything("everything-dev");
        const definition = taskDefinitions.get("press-web")!;
        ({ volumes } = definition);
        for (const one of definition.containerDefinitions as unknown as Container[]) containers[one.name] = one;
    });

    it("runs one that is first to its end, before all that stay", () => {
        expect(containers.warm).to.deep.include({ essential: false, command: ["warm", "/srv"] });
        const first = { containerName: "warm", condition: "SUCCESS" };
        expect(containers.app!.dependsOn).to.deep.equal([first]);
        expect(containers.nginx!.dependsOn).to.deep.equal([first]);
        expect(containers.warm!.dependsOn).to.equal(undefined);
    });

    it("sends requests to the one that receives them, and tells the application its own port", () => {
        const { command, dependsOn } = containers.envoy!;
        expect(command!.join(" ")).to.contain('"port_value":8081');
        expect(dependsOn).to.deep.equal([{ containerName: "nginx", condition: "START" }]);
        expect(Object.values(containers).flatMap(({ portMappings }) => portMappings)).to.have.length(1); // Envoy's
    });

    it("lets the application listen on a port below 1024", () => {
        const opened = [{ namespace: "net.ipv4.ip_unprivileged_port_start", value: "80" }];
        expect(containers.app!.systemControls).to.deep.equal(opened);
        expect(containers.nginx!.systemControls).to.deep.equal([]);
    });

    it("shares a volume, once in the task definition", () => {
        expect(volumes.filter(({ name }) => name === "volume-pages")).to.have.length(1);
        const at = (name: string) =>
            containers[name]!.mountPoints.find(({ sourceVolume }) => sourceVolume === "volume-pages")?.containerPath;
        expect([at("app"), at("nginx"), at("warm")]).to.deep.equal(["/pages", "/srv", "/srv"]);
    });

    it("runs each as a user of its own, or as the heritage's", () => {
        expect([containers.nginx!.user, containers.warm!.user, containers.app!.user]).to.deep.equal([
            "101",
            "1000",
            "1000",
        ]);
    });
});
