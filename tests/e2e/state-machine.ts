/** Runs a state machine of the stack in the emulator's interpreter (moto's, from LocalStack), as `boto-names.ts` hands it over. */
const REGION = "ap-northeast-1";

/** One request to a service that speaks JSON. Its signature is not valid: it never goes to a real account (`needsEngine`). */
export async function call<Answer>(target: string, scope: string, input: object): Promise<Answer> {
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

/** Runs a machine with an input to its end. `change` edits a copy of its definition first, as a change of the program would. */
export async function execute(
    machineArn: string,
    input: unknown,
    change?: (text: string) => string,
): Promise<Execution> {
    const stateMachineArn = change ? await changed(machineArn, change) : machineArn;
    const { executionArn } = await stepFunctions<{ executionArn: string }>("StartExecution", {
        stateMachineArn,
        input: JSON.stringify(input),
    });
    for (let tries = 0; tries < 240; tries++) {
        const execution = await stepFunctions<Execution>("DescribeExecution", { executionArn });
        if (execution.status !== "RUNNING") {
            if (change) await stepFunctions("DeleteStateMachine", { stateMachineArn });
            return execution;
        }
        await new Promise((resolve) => setTimeout(resolve, 500));
    }
    throw new Error(`${executionArn} does not end`);
}

async function changed(stateMachineArn: string, change: (text: string) => string): Promise<string> {
    const machine = await stepFunctions<{ definition: string; roleArn: string }>("DescribeStateMachine", {
        stateMachineArn,
    });
    const copy = await stepFunctions<{ stateMachineArn: string }>("CreateStateMachine", {
        name: `changed-${process.pid}-${++runs}`, // other processes' are in the same account
        roleArn: machine.roleArn,
        definition: change(machine.definition),
    });
    return copy.stateMachineArn;
}
