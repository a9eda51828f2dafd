import { expect } from "chai";
import {
    type ContainerDefinition,
    containerSettings,
    environmentOf,
    stopTimeout,
    type TaskDefinition,
} from "../../../automation/local/container";

const task = (...containerDefinitions: ContainerDefinition[]): TaskDefinition => ({
    family: "family",
    cpu: "512",
    memory: "1024",
    volumes: [{ name: "data" }, { name: "tmp" }],
    containerDefinitions,
});
const settings = (container: ContainerDefinition) => containerSettings(task(container), container);

describe("a container of a task definition as Docker runs it", () => {
    it("is handed on whole", () => {
        const all: ContainerDefinition = {
            name: "app",
            image: "registry/app@sha256:0",
            essential: true,
            command: ["serve", "--for=$HOME"],
            entryPoint: ["tini", "--"],
            user: "1000",
            workingDirectory: "/srv",
            environment: [{ name: "A", value: "1" }],
            secrets: [{ name: "S", valueFrom: "arn" }],
            portMappings: [{ containerPort: 80 }],
            dependsOn: [{ containerName: "other", condition: "HEALTHY" }],
            healthCheck: { command: ["CMD", "check"], interval: 15, timeout: 10, retries: 3, startPeriod: 45 },
            readonlyRootFilesystem: true,
            linuxParameters: { initProcessEnabled: true, capabilities: { add: ["NET_ADMIN"], drop: ["ALL"] } },
            mountPoints: [
                { sourceVolume: "data", containerPath: "/data", readOnly: true },
                { sourceVolume: "tmp", containerPath: "/tmp" },
            ],
            ulimits: [{ name: "nofile", softLimit: 10, hardLimit: 20 }],
            systemControls: [{ namespace: "net.ipv4.ip_unprivileged_port_start", value: "80" }],
            stopTimeout: 60,
        };
        expect(settings(all)).to.deep.equal({
            image: "registry/app@sha256:0",
            command: ["serve", "--for=$HOME"],
            entrypoint: ["tini", "--"],
            user: "1000",
            working_dir: "/srv",
            environment: { A: "1" },
            healthcheck: { test: ["CMD", "check"], interval: "15s", timeout: "10s", retries: 3, start_period: "45s" },
            read_only: true,
            init: true,
            cap_add: ["NET_ADMIN"],
            cap_drop: ["ALL"],
            volumes: [
                { type: "volume", target: "/data", read_only: true },
                { type: "volume", target: "/tmp", read_only: false },
            ],
            ulimits: { nofile: { soft: 10, hard: 20 } },
            sysctls: { "net.ipv4.ip_unprivileged_port_start": "80" },
            stop_grace_period: "60s",
            mem_limit: "1024m",
            memswap_limit: "1024m",
            cpus: 0.5,
        });
    });

    it("gives a directory to root, as Fargate does, where no VOLUME of the image names it", () => {
        const mountPoints = [
            { sourceVolume: "data", containerPath: "/data" },
            { sourceVolume: "tmp", containerPath: "/tmp/" },
        ];
        const app: ContainerDefinition = { name: "app", image: "app", mountPoints };
        expect(containerSettings(task(app), app, "app", ["/tmp"]).volumes).to.deep.equal([
            { type: "volume", target: "/data", read_only: false, volume: { nocopy: true } },
            { type: "volume", target: "/tmp/", read_only: false },
        ]);
    });

    it("says nothing where the definition says nothing, and has the defaults of ECS", () => {
        const bare: ContainerDefinition = { name: "app", image: "app" };
        expect(containerSettings({ family: "f", containerDefinitions: [bare] }, bare, "another")).to.deep.equal({
            image: "another",
            environment: {},
            cap_add: [],
            cap_drop: [],
            sysctls: { "net.ipv4.ip_unprivileged_port_start": "1024" }, // as on Fargate; Docker's own is 0
            volumes: [],
            ulimits: {},
            stop_grace_period: "30s",
        });
        const checked = settings({ ...bare, healthCheck: { command: ["CMD-SHELL", "true"] } });
        expect(checked.healthcheck).to.deep.equal({
            test: ["CMD-SHELL", "true"],
            interval: "30s",
            timeout: "5s",
            retries: 3,
            start_period: "0s",
        });
        expect(stopTimeout(bare)).to.equal(30);
        expect(environmentOf(bare)).to.deep.equal({});
        expect(settings({ ...bare, memory: 256 }).mem_limit).to.equal("256m");
    });

    it("refuses what it could not hand on", () => {
        const refused: [Record<string, unknown>, string][] = [
            [{ privileged: true }, "privileged"],
            [{ linuxParameters: { sharedMemorySize: 1 } }, "linuxParameters.sharedMemorySize"],
            [{ mountPoints: [{ sourceVolume: "none", containerPath: "/x" }] }, "/x is of no volume"],
        ];
        for (const [more, what] of refused) {
            expect(() => settings({ name: "app", image: "app", ...more } as ContainerDefinition)).to.throw(what);
        }
        expect(() => settings({ name: "app", image: "app", volumesFrom: [] } as ContainerDefinition)).not.to.throw();
    });

    it("names a volume that containers share, and no other", () => {
        const mounts = { image: "i", mountPoints: [{ sourceVolume: "data", containerPath: "/data" }] };
        const [one, two] = [
            { name: "one", ...mounts },
            { name: "two", ...mounts },
        ];
        expect(containerSettings(task(one, two), one).volumes).to.deep.equal([
            { type: "volume", source: "data", target: "/data", read_only: false },
        ]);
        expect(containerSettings(task(one), one).volumes[0]).not.to.have.property("source");
    });
});
