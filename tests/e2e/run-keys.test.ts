import { DescribeServicesCommand, DescribeTaskDefinitionCommand, ECSClient } from "@aws-sdk/client-ecs";
import { expect } from "chai";
import { stringify } from "yaml";
import { needsEngine, TestStack } from "./engine";

const IMAGE = `example.com/app@sha256:${"a".repeat(64)}`;
const FILE = "heritages/shop.yml";
/** What the image is built of: the program builds where its value changes. */
const BUILT_OF = "aws:ssm/parameter:Parameter::shop";
const ecs = () => new ECSClient({ region: "ap-northeast-1" });

/** How an application is built and run: one heritage, from its first deployment on. */
describe("the keys by which a heritage is built and run, on a real engine", () => {
    let stack: TestStack;
    const heritage = {
        build: {
            context: "shop",
            dockerfile: "docker/web.Dockerfile",
            target: "web",
            args: { NODE_ENV: "production" },
        },
        volumes: { pages: {} },
        services: {
            web: {
                reachable: true,
                port: 80,
                entrypoint: ["/usr/bin/env", "--"],
                command: "exec serve -p $PORT",
                stop_first: true,
                mounts: { pages: "/pages" },
                sidecars: {
                    warm: { image: IMAGE, command: "warm /srv", first: true, mounts: { pages: "/srv" } },
                    exporter: { image: IMAGE, port: 9100, essential: false },
                },
            },
            beat: { singleton: true },
            paused: { count: 0 },
        },
    };
    const service = async (name: string) => {
        const outputs = await stack.outputs();
        const names = outputs.serviceNames!.value as Record<string, string>;
        const { services } = await ecs().send(
            new DescribeServicesCommand({
                cluster: outputs.clusterName!.value as string,
                services: [names[name]!],
            }),
        );
        return services![0]!;
    };
    const container = async (name: string, of: string) => {
        const { taskDefinition } = await service(name);
        const found = await ecs().send(new DescribeTaskDefinitionCommand({ taskDefinition }));
        return found.taskDefinition!.containerDefinitions!.find((one) => one.name === of)!;
    };

    before(async function () {
        needsEngine(this);
        stack = await TestStack.create("runs", "Pulumi.dev.yaml");
        stack.edit(
            ...["agents", "services", "keycloak", "publicEndpoint", "walletDb", "sharedDatabase"].map(
                (key): [string[], unknown] => [[`identity:${key}`], undefined],
            ),
            [["identity:heritages"], ["shop"]],
        );
        const dockerfile = "FROM scratch AS base\nFROM base AS web\nVOLUME /pages\nCOPY --chown=1000 pages /pages\n";
        stack.write("shop/docker/web.Dockerfile", dockerfile.replace(/(VOLUME.*\n)(COPY.*\n)/, "$2$1"));
        stack.write("shop/.dockerignore", "*\n!pages\n");
        stack.write("shop/pages/index.html", "1");
        stack.write(FILE, stringify(heritage));
    });
    after(async () => {
        await stack?.cleanUp();
    });

    it("come up, and again without a change", async () => {
        expect(Object.keys(await stack.up())).to.deep.equal(["create"]);
        await stack.upUnchanged();
    });

    it("are what ECS has", async () => {
        // The emulator does not tell a service's deployment configuration: the state has what the provider sent.
        const web = (await stack.resources()).find(({ urn }) => urn.endsWith("aws:ecs/service:Service::shop-web"));
        expect(web?.inputs).to.include({ deploymentMinimumHealthyPercent: 0, deploymentMaximumPercent: 100 });
        expect((await service("shop-beat")).desiredCount).to.equal(1);
        expect((await service("shop-paused")).desiredCount).to.equal(0);
        const app = await container("shop-web", "app");
        expect(app.entryPoint).to.deep.equal(["/usr/bin/env", "--"]);
        expect(app.command).to.deep.equal(["/bin/sh", "-c", "exec serve -p $PORT"]);
        expect(app.systemControls).to.deep.equal([{ namespace: "net.ipv4.ip_unprivileged_port_start", value: "80" }]);
        expect(app.dependsOn).to.deep.equal([{ containerName: "warm", condition: "SUCCESS" }]);
    });

    it("start what was stopped", async () => {
        const { paused: _, ...others } = heritage.services;
        stack.write(FILE, stringify({ ...heritage, services: { ...others, paused: { count: 1 } } }));
        expect(await stack.preview()).to.deep.equal({ update: ["aws:ecs/service:Service::shop-paused"] });
    });

    it("build anew where a file of the build changes, and not for one that .dockerignore names", async () => {
        const isBuilt = async () =>
            Object.values(await stack.preview())
                .flat()
                .includes(BUILT_OF);
        stack.write("shop/notes.md", "another word");
        expect(await isBuilt()).to.equal(false);
        stack.write("shop/pages/index.html", "2");
        expect(await isBuilt()).to.equal(true);
    });

    it("go without leaving anything", async () => {
        expect(Object.keys(await stack.destroy())).to.deep.equal(["delete"]);
        expect(await stack.resources()).to.deep.equal([]);
    });
});
