import { expect } from "chai";
import fc from "fast-check";
import { type ContainerArgs, renderContainers } from "../../../components/fargate/container";
import { known, secretAt } from "../support";

const OPTIONS = { logGroup: "/acme/test/app", region: "eu-west-1", exec: false };
const CONTAINER: ContainerArgs = { image: "example.com/app@sha256:00", user: "1001" };

const render = async (containers: Record<string, ContainerArgs>, options: Partial<typeof OPTIONS> = {}) => {
    const { definitions, volumes } = renderContainers(containers, { ...OPTIONS, ...options });
    return { definitions: JSON.parse(await known(definitions)) as Record<string, unknown>[], volumes };
};
const only = async (args: Partial<ContainerArgs>) => (await render({ app: { ...CONTAINER, ...args } })).definitions[0]!;

describe("renderContainers", () => {
    it("gives a container nothing that it does not need", async () => {
        expect(await render({ app: CONTAINER })).to.deep.equal({
            definitions: [
                {
                    name: "app",
                    image: "example.com/app@sha256:00",
                    essential: true,
                    user: "1001",
                    environment: [],
                    secrets: [],
                    portMappings: [],
                    readonlyRootFilesystem: true,
                    linuxParameters: { initProcessEnabled: true, capabilities: { add: [], drop: ["ALL"] } },
                    mountPoints: [],
                    volumesFrom: [],
                    systemControls: [],
                    stopTimeout: 30,
                    logConfiguration: {
                        logDriver: "awslogs",
                        options: {
                            "awslogs-group": "/acme/test/app",
                            "awslogs-region": "eu-west-1",
                            "awslogs-stream-prefix": "app",
                            mode: "non-blocking",
                            "max-buffer-size": "25m",
                        },
                    },
                },
            ],
            volumes: [],
        });
    });

    it("gives it what it asks for", async () => {
        const definition = await only({
            command: ["start"],
            environment: { B: "2", A: "1" },
            secrets: { TOKEN: secretAt("/x/TOKEN") },
            ports: [8020, 8021],
            healthCheck: { command: ["CMD", "true"], startPeriod: 90 },
            stopTimeout: 120,
        });
        expect(definition).to.deep.include({
            command: ["start"],
            environment: [
                { name: "A", value: "1" },
                { name: "B", value: "2" },
            ],
            secrets: [{ name: "TOKEN", valueFrom: "arn:aws:ssm:eu-west-1:123456789012:parameter/x/TOKEN" }],
            portMappings: [
                { containerPort: 8020, hostPort: 8020, protocol: "tcp" },
                { containerPort: 8021, hostPort: 8021, protocol: "tcp" },
            ],
            healthCheck: { command: ["CMD", "true"], interval: 15, timeout: 10, retries: 3, startPeriod: 90 },
            stopTimeout: 120,
        });
    });

    it("waits half a minute for the first health check to count where nothing else is said", async () => {
        expect((await only({ healthCheck: { command: ["CMD"] } })).healthCheck).to.include({ startPeriod: 30 });
    });

    it("makes a directory writable by a volume of the task", async () => {
        const { definitions, volumes } = await render({
            app: { ...CONTAINER, writable: ["/tmp", "/var/run"] },
            proxy: { ...CONTAINER, writable: ["/tmp"] },
        });
        expect(definitions.map(({ mountPoints }) => mountPoints)).to.deep.equal([
            [
                { sourceVolume: "app-tmp", containerPath: "/tmp", readOnly: false },
                { sourceVolume: "app-var-run", containerPath: "/var/run", readOnly: false },
            ],
            [{ sourceVolume: "proxy-tmp", containerPath: "/tmp", readOnly: false }],
        ]);
        expect(volumes).to.deep.equal([{ name: "app-tmp" }, { name: "app-var-run" }, { name: "proxy-tmp" }]);
        expect(definitions.map((d) => d.readonlyRootFilesystem)).to.deep.equal([true, true]);
    });

    it("gives each directory a volume of its own, and declares none twice", async () => {
        const writable = ["/a-b", "/a/b", "/var/log/amazon"];
        const { definitions, volumes } = await render({ app: { ...CONTAINER, writable } }, { exec: true });
        const names = volumes.map(({ name }) => name);
        expect(names)
            .to.have.length(4)
            .and.deep.equal([...new Set(names)]);
        expect(definitions[0]!.mountPoints).to.have.length(4);
    });

    it("gives the agent of ECS Exec the two directories that it writes to", async () => {
        const { definitions, volumes } = await render({ app: CONTAINER }, { exec: true });
        expect(definitions[0]!.mountPoints).to.deep.equal([
            { sourceVolume: "app-var-lib-amazon", containerPath: "/var/lib/amazon", readOnly: false },
            { sourceVolume: "app-var-log-amazon", containerPath: "/var/log/amazon", readOnly: false },
        ]);
        expect(volumes).to.deep.equal([{ name: "app-var-lib-amazon" }, { name: "app-var-log-amazon" }]);
        expect(definitions[0]!.readonlyRootFilesystem).to.equal(true);
    });

    it("carries a label that changes with the version of a secret", async () => {
        const label = async (version: string) =>
            (await only({ secrets: { B: secretAt("/x/B", { version }), A: secretAt("/x/A", { version: "1" }) } }))
                .dockerLabels;
        expect(await label("1")).to.deep.equal({ "secret-versions": "A=1 B=1" });
        expect(await label("2")).to.deep.equal({ "secret-versions": "A=1 B=2" });
        expect(await only({})).not.to.have.property("dockerLabels");
    });

    it("carries the reasons for those of its variables that only look like secrets, as a label", async () => {
        const { dockerLabels } = await only({
            environment: { B_TOKEN: "b", A_TOKEN: "a", C: "c" },
            notSecret: { B_TOKEN: "why b", A_TOKEN: "why a", D_TOKEN: "another container's" },
        });
        expect(dockerLabels).to.deep.equal({ "not-secret": '{"A_TOKEN":"why a","B_TOKEN":"why b"}' });
        expect(await only({ notSecret: { D_TOKEN: "another container's" } })).not.to.have.property("dockerLabels");
    });

    it("is the same to the letter in whatever order containers, variables and secrets are given", async () => {
        const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,3}$/);
        const listOf = <T>(value: fc.Arbitrary<T>) =>
            fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, maxLength: 4 });
        const container = fc.record({ environment: listOf(fc.string()), secrets: listOf(fc.constant("/x")) });
        const task = listOf(container).chain((list) =>
            fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        );
        type Task = [string, { environment: [string, string][]; secrets: [string, string][] }][];
        const text = async (list: Task, reverse: boolean) => {
            const ordered = <T>(entries: T[]) => (reverse ? entries.toReversed() : entries);
            const containers = list.map(([key, { environment, secrets }]) => [
                key,
                {
                    ...CONTAINER,
                    environment: Object.fromEntries(ordered(environment)),
                    secrets: Object.fromEntries(ordered(secrets).map(([variable, at]) => [variable, secretAt(at)])),
                    writable: ["/tmp"],
                },
            ]);
            const { definitions, volumes } = renderContainers(Object.fromEntries(containers), OPTIONS);
            return `${await known(definitions)} ${JSON.stringify(volumes)}`;
        };
        await fc.assert(
            fc.asyncProperty(task, async ([given, shuffled]) => {
                expect(await text(shuffled, true)).to.equal(await text(given, false));
            }),
            { numRuns: 50 },
        );
    });
});
