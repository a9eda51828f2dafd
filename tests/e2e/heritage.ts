/** The heritage `sample-api` alone in a stack: its file, what runs of it, and commands about it. */
import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { DescribeServicesCommand, ECSClient } from "@aws-sdk/client-ecs";
import { expect } from "chai";
import { parseDocument } from "yaml";
import { identity } from "../../automation/commands";
import { withinBoundary } from "./deploy-role";
import { TestStack } from "./engine";

const FILE = "heritages/sample-api.yml";
export const SERVICE = "aws:ecs/service:Service";

export const ecs = () => new ECSClient({ region: "ap-northeast-1" });

/** Expects an operation to fail; the stack's log says why. */
export async function failed(run: Promise<unknown>) {
    const error = await run.then(
        () => undefined,
        (e: Error) => e,
    );
    expect(error, "it did not fail").to.be.instanceOf(Error);
}

export class HeritageStack {
    private constructor(readonly stack: TestStack) {}
    readonly document = parseDocument(readFileSync(FILE, "utf8"));

    /** The stack file of dev with the heritage and nothing else. */
    static async create(name: string): Promise<HeritageStack> {
        const stack = await TestStack.create(name, "Pulumi.dev.yaml");
        withinBoundary(stack);
        stack.edit(
            ...["agents", "services", "keycloak", "publicEndpoint", "walletDb", "sharedDatabase"].map(
                (key): [string[], unknown] => [[`identity:${key}`], undefined],
            ),
            [["identity:heritages"], ["sample-api"]],
        );
        return new HeritageStack(stack);
    }

    /** Changes the heritage's file; `undefined` takes a key out. */
    edit(at: string[], value: unknown) {
        if (value === undefined) this.document.deleteIn(at);
        else this.document.setIn(at, this.document.createNode(value));
        this.stack.write(FILE, this.document.toString());
    }

    async outputs(): Promise<Record<string, unknown>> {
        return Object.fromEntries(Object.entries(await this.stack.outputs()).map(([k, v]) => [k, v.value]));
    }

    /** The task definitions that ECS runs, by service. */
    async running() {
        const { clusterName, serviceNames } = await this.outputs();
        const names = serviceNames as Record<string, string>;
        const { services } = await ecs().send(
            new DescribeServicesCommand({ cluster: clusterName as string, services: Object.values(names) }),
        );
        const definitions = new Map(services!.map(({ serviceName, taskDefinition }) => [serviceName, taskDefinition]));
        return Object.fromEntries(Object.entries(names).map(([key, name]) => [key, definitions.get(name)]));
    }

    /** How often the task before a deployment ran in the last `up`. */
    released(): number {
        return new Set(this.stack.log.match(/sample-api before_deploy: task [\w-]+ was started/g)).size;
    }

    /** Runs a command line in the stack's folder. */
    async command(words: string[], input = "") {
        const said = { out: "", err: "" };
        const code = await identity(words, {
            root: this.stack.dir,
            input: Readable.from(input === "" ? [] : [Buffer.from(input)]) as unknown as NodeJS.ReadStream,
            out: (text) => void (said.out += text),
            err: (text) => void (said.err += text),
            signal: new AbortController().signal,
        });
        return { code, ...said };
    }
}
