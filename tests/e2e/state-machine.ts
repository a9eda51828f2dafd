/**
 * Runs a state machine of the stack in the emulator's interpreter (moto's, from LocalStack). moto passes the requests of the SDK integration to
 * boto, under boto's names. So the definition that runs is the stack's own, except that these names begin with small letters and that it waits
 * one second at a time.
 */
const REGION = "ap-northeast-1";

/** One request to a service that speaks JSON. Its signature is not valid: it never goes to a real account (`needsEngine`). */
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

export const stepFunctions = <Answer>(action: string, input: object) =>
    call<Answer>(`AWSStepFunctions.${action}`, "states", input);

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

/** Runs the machine's definition with an input to its end. `change` edits the definition first, as a change of the program would. */
export async function execute(machineArn: string, input: unknown, change = (text: string) => text): Promise<Execution> {
    const { definition, roleArn } = await stepFunctions<{ definition: string; roleArn: string }>(
        "DescribeStateMachine",
        {
            stateMachineArn: machineArn,
        },
    );
    // moto runs a machine only once, so each execution gets a machine of its own; other processes' are in the same account.
    const name = `run-${process.pid}-${++runs}`;
    const { stateMachineArn } = await stepFunctions<{ stateMachineArn: string }>("CreateStateMachine", {
        name,
        roleArn,
        definition: change(JSON.stringify(forBoto(JSON.parse(definition)))),
    });
    const { executionArn } = await stepFunctions<{ executionArn: string }>("StartExecution", {
        stateMachineArn,
        name,
        input: JSON.stringify(input),
    });
    for (let tries = 0; tries < 240; tries++) {
        const execution = await stepFunctions<Execution>("DescribeExecution", { executionArn });
        if (execution.status !== "RUNNING") {
            await stepFunctions("DeleteStateMachine", { stateMachineArn });
            return execution;
        }
        await new Promise((resolve) => setTimeout(resolve, 500));
    }
    throw new Error(`${executionArn} does not end`);
}

const lower = (key: string) => key[0]!.toLowerCase() + key.slice(1);

/** A definition whose requests and answers have boto's names. The keys of the states stay. */
function forBoto(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(forBoto);
    if (typeof value === "string")
        return value.replace(/\$\.[^,\s]+/g, (path) => path.replace(/\.[A-Z]/g, lowerSecond));
    if (typeof value !== "object" || value === null) return value;
    const state = value as Record<string, unknown>;
    const entries = Object.entries(state).map(([key, member]) => {
        if (key === "Parameters" && state.Type === "Task") return [key, forBoto(members(member))];
        return [key, key === "Seconds" ? 1 : forBoto(member)];
    });
    return Object.fromEntries(entries);
}

const lowerSecond = (text: string) => text[0] + text[1]!.toLowerCase();

function members(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(members);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
        Object.entries(value).map(([key, member]) => [
            lower(key),
            ["Options", "DockerLabels"].includes(key) ? member : members(member), // maps, whose keys are the user's
        ]),
    );
}
