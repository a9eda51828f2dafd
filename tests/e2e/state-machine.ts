/**
 * Runs a state machine of the stack in the emulator's interpreter (moto's, after LocalStack's). moto hands requests of the SDK integration to
 * boto, by boto's names: the definition is the stack's own but for capital letters and shorter waits.
 */
const REGION = "ap-northeast-1";

/** One call of a JSON service. The signature is none: this never goes to a real account (`needsEngine`). */
async function call<Answer>(target: string, scope: string, input: object): Promise<Answer> {
    const response = await fetch(process.env.AWS_ENDPOINT_URL!, {
        method: "POST",
        headers: {
            "content-type": "application/x-amz-json-1.0",
            "x-amz-target": target,
            host: `${scope}.${REGION}.amazonaws.com`,
            authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${REGION}/${scope}/aws4_request, SignedHeaders=host, Signature=none`,
        },
        body: JSON.stringify(input),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${target}: ${response.status} ${text.slice(0, 500)}`);
    return JSON.parse(text) as Answer;
}

const states = <Answer>(action: string, input: object) => call<Answer>(`AWSStepFunctions.${action}`, "states", input);

/** Puts an image into a repository of the emulator; returns its digest. */
export async function pushImage(repositoryName: string, tag: string): Promise<string> {
    const config = {
        mediaType: "application/vnd.docker.container.image.v1+json",
        size: 1,
        digest: `sha256:${"1".repeat(64)}`,
    };
    const mediaType = "application/vnd.docker.distribution.manifest.v2+json";
    const imageManifest = JSON.stringify({ schemaVersion: 2, mediaType, config, layers: [], annotations: { tag } });
    const { image } = await call<{ image: { imageId: { imageDigest: string } } }>(
        "AmazonEC2ContainerRegistry_V20150921.PutImage",
        "ecr",
        { repositoryName, imageManifest, imageTag: tag },
    );
    return image.imageId.imageDigest;
}

export interface Execution {
    status: string;
    error?: string;
    cause?: string;
}

let runs = 0;

/** Starts the machine's definition with an input, and waits for its end. `change` is what somebody would have changed in the program. */
export async function execute(machineArn: string, input: unknown, change = (text: string) => text): Promise<Execution> {
    await fetch(`${process.env.AWS_ENDPOINT_URL}/moto-api/config`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ stepfunctions: { execute_state_machine: true } }),
    });
    const { definition, roleArn } = await states<{ definition: string; roleArn: string }>("DescribeStateMachine", {
        stateMachineArn: machineArn,
    });
    // moto runs a machine once; each execution gets one of its own.
    const name = `run-${++runs}`;
    const { stateMachineArn } = await states<{ stateMachineArn: string }>("CreateStateMachine", {
        ...{ name, roleArn },
        definition: change(JSON.stringify(forBoto(JSON.parse(definition)))),
    });
    const { executionArn } = await states<{ executionArn: string }>("StartExecution", {
        ...{ stateMachineArn, name },
        input: JSON.stringify(input),
    });
    for (let tries = 0; tries < 240; tries++) {
        const execution = await states<Execution>("DescribeExecution", { executionArn });
        if (execution.status !== "RUNNING") {
            await states("DeleteStateMachine", { stateMachineArn });
            return execution;
        }
        await new Promise((resolve) => setTimeout(resolve, 500));
    }
    throw new Error(`${executionArn} does not end`);
}

const lower = (key: string) => key[0]!.toLowerCase() + key.slice(1);

/** Members of requests and answers in small letters; the states' own keys stay. */
function forBoto(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(forBoto);
    if (typeof value === "string")
        return value.replace(/\$\.[^,\s]+/g, (path) => path.replace(/\.[A-Z]/g, lowerSecond));
    if (typeof value !== "object" || value === null) return value;
    const state = value as Record<string, unknown>;
    const entries = Object.entries(state).map(([key, one]) => {
        if (key === "Parameters" && state.Type === "Task") return [key, forBoto(members(one))];
        return [key, key === "Seconds" ? 1 : forBoto(one)];
    });
    return Object.fromEntries(entries);
}

const lowerSecond = (text: string) => text[0] + text[1]!.toLowerCase();

function members(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(members);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
        Object.entries(value).map(([key, one]) => [
            lower(key),
            ["Options", "DockerLabels"].includes(key) ? one : members(one),
        ]),
    );
}
