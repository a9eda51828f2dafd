/**
 * A proxy in front of the AWS emulator, one in each process that runs engine tests. It mends where moto differs from AWS, and shows the tests every
 * request that is sent: by the test, by the program and by the provider.
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { DeploymentConfiguration, Service } from "@aws-sdk/client-ecs";
import { backupAnswer, backupUrl } from "./backups";
import { forMoto } from "./boto-names";
import { budgetsAnswer } from "./budgets";
import { chatAnswer } from "./chat-channels";
import { asCompositeAlarms, asksForCompositeAlarms, asMetricAlarm } from "./composite-alarms";
import { executionsAnswer } from "./executions";
import { efsAnswer } from "./file-systems";
import { scanAnswer } from "./image-scans";
import { queryDefinitionsAnswer } from "./query-definitions";
import { asWatched, deploymentBegins } from "./watched-deployments";

export interface EmulatorRequest {
    readonly method: string;
    /** Path and query. */
    readonly url: string;
    readonly headers: IncomingHttpHeaders;
    readonly body: Buffer;
}

/**
 * Operations that moto lacks, and that the provider calls for each state machine. Nobody checks the definition here: moto's interpreter
 * runs it (state-machine.ts). The program publishes no versions.
 */
const ANSWERS: Readonly<Record<string, object>> = {
    "AWSStepFunctions.ValidateStateMachineDefinition": { result: "OK", diagnostics: [] },
    "AWSStepFunctions.ListStateMachineVersions": { stateMachineVersions: [] },
};

/**
 * moto keeps one setting for all clients that says whether answers have tags (`_include_in_response` in moto/core/responses.py; the other
 * operation that has one, ec2:DescribeKeyPairs, nobody calls). One client that asks without tags takes them from the answer to another that
 * asks with tags at the same time, and the provider then plans to add them again. So here all clients ask with tags.
 */
const ASKED_WITH_TAGS = /^AmazonEC2ContainerServiceV20141113\.Describe(Clusters|Services|Tasks|TaskSets)$/;

/**
 * The authority of a new database's certificate where nobody names one ("the default CA", RDS User Guide, Using SSL/TLS to encrypt a connection).
 * moto has another one, so that the provider changes it when the database is there, and waits for that as long as for the database.
 */
const DEFAULT_AUTHORITY = "rds-ca-rsa2048-g1";

const ECS = "AmazonEC2ContainerServiceV20141113";
/** How a service is deployed, by its name: moto forgets it where it comes with the service's creation. */
const deployments = new Map<string, DeploymentConfiguration>();

/** Definitions of state machines, by their names. moto has them under boto's names (boto-names.ts). */
const definitions = new Map<string, string>();

const listeners = new Set<(request: EmulatorRequest) => void>();
let started: Promise<void> | undefined;
let past: string;

/** From here on every client of this process, and of what it starts, goes through the proxy. */
export const startProxy = (): Promise<void> => (started ??= listen(new URL((past = process.env.AWS_ENDPOINT_URL!))));

/** The emulator's own URL: what is sent there nobody sees. */
export const pastProxy = () => past;

/** Has each request from now on handed to `listener`; the function that is returned ends that. */
export function onRequest(listener: (request: EmulatorRequest) => void): () => void {
    listeners.add(listener);
    return () => void listeners.delete(listener);
}

async function listen(emulator: URL): Promise<void> {
    await interpretStateMachines(emulator);
    const server = createServer((incoming, outgoing) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => void chunks.push(chunk));
        incoming.on("end", () => {
            answer(emulator, incoming, Buffer.concat(chunks), outgoing).catch((error: Error) =>
                outgoing.destroy(error),
            );
        });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    server.unref(); // it ends with the process
    process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/**
 * moto runs state machines only where it is told to, and keeps those that were made before in another place. So it is told before any suite
 * begins. An emulator that is not moto has no such setting.
 */
async function interpretStateMachines(emulator: URL): Promise<void> {
    await fetch(new URL("/moto-api/config", emulator), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ stepfunctions: { execute_state_machine: true } }),
    });
}

async function answer(emulator: URL, incoming: IncomingMessage, received: Buffer, outgoing: ServerResponse) {
    const { method = "GET", url = "/", headers } = incoming;
    for (const listener of listeners) listener({ method, url, headers, body: received });
    const operation = String(headers["x-amz-target"]);
    const ask = (asked: string, input: object) => askEmulator(emulator, headers, asked, input);
    const known =
        operation in ANSWERS
            ? JSON.stringify(ANSWERS[operation])
            : (budgetsAnswer(operation, received) ??
              scanAnswer(operation, received) ??
              queryDefinitionsAnswer(operation, received) ??
              (await executionsAnswer(operation, received, ask)));
    if (known !== undefined) {
        outgoing.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end(known);
        return;
    }
    const ofWaf = ipSetAnswer(operation, received);
    if (ofWaf !== undefined) {
        outgoing.writeHead(ofWaf.status, { "content-type": "application/x-amz-json-1.1" }).end(ofWaf.text);
        return;
    }
    const ofEfs = efsAnswer(method, url, received);
    if (ofEfs !== undefined) {
        outgoing.writeHead(200, { "content-type": "application/json" }).end(ofEfs);
        return;
    }
    if (operation === `${ECS}.CreateService` || operation === `${ECS}.UpdateService`) keepDeployment(received);
    const cloudWatch = () => new CloudWatchClient({ region: regionOf(headers), endpoint: emulator.href });
    if (operation === `${ECS}.UpdateService`) await deploymentBegins(received, ask, cloudWatch);
    const own = chatAnswer(method, url, received) ?? backupAnswer(method, url, received);
    if (own !== undefined) {
        outgoing.writeHead(own.status, { "content-type": "application/json" }).end(own.text);
        return;
    }
    const body = bodyFor(operation, received);
    const { expect: _, "transfer-encoding": __, ...others } = headers; // the body is here already, and in one piece
    const { hostname: host, port } = emulator;
    const sent = { ...others, "content-length": String(body.length) };
    const onward = request({ host, port, method, path: backupUrl(method, url), headers: sent }, (answered) => {
        if (operation === "AmazonSQS.GetQueueAttributes") return void changed(answered, outgoing, compactPolicy);
        if (operation === `${ECS}.DescribeServices`) {
            return void changed(answered, outgoing, async (described: { services?: Service[] }) => {
                withDeployments(described);
                for (const service of described.services ?? []) await asWatched(service, ask, cloudWatch);
            });
        }
        if (operation === "AWSStepFunctions.DescribeStateMachine") {
            return void changed(answered, outgoing, withDefinition);
        }
        if (/Action=(Run|Describe)Instances&/.test(received.toString("utf8", 0, 200))) {
            return void rewritten(answered, outgoing, withoutEmptyAssociation);
        }
        if (asksForCompositeAlarms(received)) return void rewritten(answered, outgoing, asCompositeAlarms);
        outgoing.writeHead(answered.statusCode!, answered.headers);
        answered.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    onward.end(body);
}

/** The region that a request is signed for. */
const regionOf = ({ authorization }: IncomingHttpHeaders) => String(authorization).split("/")[2];

/** One more operation of the service and region that a request is for. */
async function askEmulator(
    emulator: URL,
    { authorization, ...headers }: IncomingHttpHeaders,
    asked: string,
    input: object,
) {
    const response = await fetch(emulator, {
        method: "POST",
        headers: {
            "content-type": String(headers["content-type"]),
            authorization: String(authorization),
            "x-amz-target": asked,
        },
        body: JSON.stringify(input),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${asked}: ${response.status} ${text.slice(0, 500)}`);
    return JSON.parse(text) as Record<string, unknown>;
}

const WAF = "AWSWAF_20190729";
const deletedIpSets = new Set<string>();

/** moto's lock tokens of IP sets are six digits, which are none to AWS's model: nothing could delete one. So it stays, and is hidden. */
function ipSetAnswer(operation: string, received: Buffer): { status: number; text: string } | undefined {
    if (operation !== `${WAF}.DeleteIPSet` && operation !== `${WAF}.GetIPSet`) return undefined;
    const { Id } = JSON.parse(received.toString("utf8")) as { Id: string };
    const message = "AWS WAF could not perform the operation because your resource does not exist.";
    if (deletedIpSets.has(Id)) {
        return { status: 400, text: JSON.stringify({ __type: "WAFNonexistentItemException", message }) };
    }
    if (operation === `${WAF}.GetIPSet`) return undefined;
    deletedIpSets.add(Id);
    return { status: 200, text: "{}" };
}

function bodyFor(operation: string, received: Buffer): Buffer {
    if (ASKED_WITH_TAGS.test(operation)) return withTags(received);
    if (operation === "AmazonSSM.SendCommand") return toNamedInstances(received);
    return /^AWSStepFunctions\.(Create|Update)StateMachine$/.test(operation)
        ? runnable(received)
        : asMetricAlarm(withoutPublicAddress(withAuthority(received)));
}

function runnable(body: Buffer): Buffer {
    const input = JSON.parse(body.toString("utf8")) as { name?: string; stateMachineArn?: string; definition?: string };
    if (input.definition === undefined) return body;
    definitions.set(input.name ?? input.stateMachineArn!.split(":").at(-1)!, input.definition);
    return Buffer.from(JSON.stringify({ ...input, definition: forMoto(input.definition) }));
}

function withDefinition(answer: { name?: string; definition?: string }) {
    answer.definition = definitions.get(answer.name ?? "") ?? answer.definition;
}

function withTags(body: Buffer): Buffer {
    const input = JSON.parse(body.toString("utf8")) as { include?: string[] };
    return Buffer.from(JSON.stringify({ ...input, include: [...new Set([...(input.include ?? []), "TAGS"])] }));
}

/** moto sends a command without targets to every instance of the account, other suites' among them, beside those that it names. */
function toNamedInstances(body: Buffer): Buffer {
    const input = JSON.parse(body.toString("utf8")) as { InstanceIds?: string[]; Targets?: unknown };
    if (input.InstanceIds === undefined || input.Targets !== undefined) return body;
    return Buffer.from(JSON.stringify({ ...input, Targets: [{ Key: "instance-id", Values: input.InstanceIds }] }));
}

function withAuthority(body: Buffer): Buffer {
    if (!body.includes("Action=CreateDBInstance&")) return body;
    const form = new URLSearchParams(body.toString("utf8"));
    if (!form.has("CACertificateIdentifier")) form.set("CACertificateIdentifier", DEFAULT_AUTHORITY);
    return Buffer.from(form.toString());
}

/**
 * moto gives an instance a public address also where its interface is told `false`. Without an interface of its own the subnet decides, as with
 * AWS; and what is told `false` is in a subnet that gives none.
 */
function withoutPublicAddress(body: Buffer): Buffer {
    if (!body.includes("Action=RunInstances&")) return body;
    const form = new URLSearchParams(body.toString("utf8"));
    if (form.get("NetworkInterface.1.AssociatePublicIpAddress") !== "false") return body;
    for (const [key, value] of [...form]) {
        const [, own] = /^NetworkInterface\.1\.(.*)$/.exec(key) ?? [];
        if (own === undefined) continue;
        form.delete(key);
        if (/^(SubnetId|PrivateIpAddress|SecurityGroupId\.\d+)$/.test(own)) form.set(own, value);
    }
    return Buffer.from(form.toString());
}

/** moto writes an association for an interface without a public address, too, with nothing in it: the provider takes it for an address. */
const withoutEmptyAssociation = (xml: string) =>
    xml.replaceAll(/<association\s*\/>|<association>\s*<\/association>/g, "");

function keepDeployment(body: Buffer) {
    const input = JSON.parse(body.toString("utf8")) as Partial<Service> & { service?: string };
    if (!input.deploymentConfiguration) return;
    deployments.set(
        String(input.serviceName ?? input.service)
            .split("/")
            .at(-1)!,
        input.deploymentConfiguration,
    );
}

function withDeployments({ services = [] }: { services?: Service[] }) {
    for (const service of services) service.deploymentConfiguration ??= deployments.get(service.serviceName!);
}

/**
 * moto writes a queue's redrive policy with spaces, and SQS without (API reference, GetQueueAttributes): the provider keeps the text as it
 * comes, and would plan to write it anew.
 */
function compactPolicy({ Attributes = {} }: { Attributes?: Record<string, string> }) {
    const { RedrivePolicy } = Attributes;
    if (RedrivePolicy) Attributes.RedrivePolicy = JSON.stringify(JSON.parse(RedrivePolicy));
}

/** Hands an answer in JSON on, as `change` leaves it. */
const changed = <Answer>(
    answered: IncomingMessage,
    outgoing: ServerResponse,
    change: (answer: Answer) => void | Promise<void>,
) =>
    rewritten(answered, outgoing, async (text) => {
        const answer = JSON.parse(text) as Answer;
        await change(answer);
        return JSON.stringify(answer);
    });

async function rewritten(
    answered: IncomingMessage,
    outgoing: ServerResponse,
    change: (text: string) => string | Promise<string>,
) {
    const chunks: Buffer[] = [];
    for await (const chunk of answered) chunks.push(chunk as Buffer);
    const body = Buffer.from(await change(Buffer.concat(chunks).toString("utf8")));
    outgoing.writeHead(answered.statusCode!, { ...answered.headers, "content-length": String(body.length) }).end(body);
}
