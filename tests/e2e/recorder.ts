/** A proxy before the emulator that writes down what is asked of AWS: service, action, and what of the request tells the resource. */
import { createServer, request, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface Asked {
    /** As IAM has it, e.g. `ecs:CreateCluster`. */
    readonly action: string;
    readonly region: string;
    readonly path: string;
    /** Form fields, or the body. */
    readonly input: Record<string, unknown>;
    readonly text: string;
}

export class Recorder {
    readonly asked: Asked[] = [];
    private server!: Server;
    private readonly target = new URL(process.env.AWS_ENDPOINT_URL!);

    /** From here on every client of this process and of the engine goes through it. */
    static async start(): Promise<Recorder> {
        const made = new Recorder();
        made.server = createServer((incoming, outgoing) => {
            const chunks: Buffer[] = [];
            incoming.on("data", (chunk: Buffer) => void chunks.push(chunk));
            incoming.on("end", () => {
                const body = Buffer.concat(chunks);
                const asked = read(incoming, body);
                if (asked) made.asked.push(asked);
                const { method, url: path, headers } = incoming;
                const { hostname: host, port } = made.target;
                const onward = request({ host, port, method, path, headers }, (answer) => {
                    outgoing.writeHead(answer.statusCode!, answer.headers);
                    answer.pipe(outgoing);
                });
                onward.on("error", () => outgoing.destroy());
                onward.end(body);
            });
        });
        await new Promise<void>((resolve) => made.server.listen(0, "127.0.0.1", resolve));
        process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${(made.server.address() as AddressInfo).port}`;
        return made;
    }

    stop() {
        process.env.AWS_ENDPOINT_URL = this.target.href.replace(/\/$/, "");
        this.server.closeAllConnections();
        this.server.close();
    }
}

/** Names of services in signatures that are others in policies. */
const PREFIX: Record<string, string> = { monitoring: "cloudwatch", tagging: "tag", email: "ses" };

function read({ method = "GET", url = "/", headers }: IncomingMessage, body: Buffer): Asked | undefined {
    const scope = /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\/aws4_request/.exec(String(headers.authorization));
    if (!scope) return undefined;
    const [, region, signed] = scope as unknown as [string, string, string];
    const service = PREFIX[signed] ?? signed;
    const text = body.toString("utf8");
    const type = String(headers["content-type"] ?? "");
    const form = type.includes("x-www-form-urlencoded") ? Object.fromEntries(new URLSearchParams(text)) : undefined;
    const json =
        type.includes("json") && text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : undefined;
    const target = String(headers["x-amz-target"] ?? "")
        .split(".")
        .pop();
    const operation = /\/operation\/(\w+)/.exec(url)?.[1];
    const rest = REST[service]?.(method, new URL(url, "http://aws"));
    const name = form?.Action ?? (target || operation) ?? rest;
    if (name === undefined)
        throw new Error(`recorder: ${service} ${method} ${url}: an operation that it does not know`);
    return { action: `${service}:${name}`, region, path: url, input: form ?? json ?? {}, text };
}

/** By sub-resource, in IAM's names where these are others than the API's (service authorization reference, Amazon S3). */
const S3: Record<string, string> = {
    ...{
        acl: "BucketAcl",
        cors: "BucketCORS",
        website: "BucketWebsite",
        logging: "BucketLogging",
        policy: "BucketPolicy",
    },
    ...{ versioning: "BucketVersioning", tagging: "BucketTagging", requestPayment: "BucketRequestPayment" },
    ...{ "object-lock": "BucketObjectLockConfiguration", ownershipControls: "BucketOwnershipControls" },
    ...{
        accelerate: "AccelerateConfiguration",
        lifecycle: "LifecycleConfiguration",
        encryption: "EncryptionConfiguration",
    },
    ...{
        replication: "ReplicationConfiguration",
        publicAccessBlock: "BucketPublicAccessBlock",
        location: "BucketLocation",
    },
};

function s3(method: string, { pathname, searchParams }: URL): string | undefined {
    const [, bucket, key] = /^\/([^/]*)\/?(.*)$/.exec(pathname)!;
    if (!bucket) return "ListAllMyBuckets";
    const part = Object.keys(S3).find((name) => searchParams.has(name));
    if (part)
        return `${method === "DELETE" && part === "policy" ? "Delete" : method === "GET" ? "Get" : "Put"}${S3[part]}`;
    if (searchParams.has("versions")) return "ListBucketVersions";
    if (searchParams.has("delete")) return "DeleteObject";
    if (key) return { GET: "GetObject", HEAD: "GetObject", PUT: "PutObject", DELETE: "DeleteObject" }[method];
    return { GET: "ListBucket", HEAD: "ListBucket", PUT: "CreateBucket", DELETE: "DeleteBucket" }[method];
}

function route53(method: string, { pathname }: URL): string | undefined {
    const path = pathname.replace(/^\/2013-04-01/, "");
    const found = [
        ["POST /hostedzone/[^/]+/rrset/?", "ChangeResourceRecordSets"],
        ["GET /hostedzone/[^/]+/rrset", "ListResourceRecordSets"],
        ["POST /hostedzone/[^/]+/associatevpc", "AssociateVPCWithHostedZone"],
        ["POST /hostedzone/[^/]+/disassociatevpc", "DisassociateVPCFromHostedZone"],
        ["GET /hostedzone/[^/]+/dnssec", "GetDNSSEC"],
        ["GET /hostedzone/[^/]+", "GetHostedZone"],
        ["POST /hostedzone/[^/]+", "UpdateHostedZoneComment"],
        ["DELETE /hostedzone/[^/]+", "DeleteHostedZone"],
        ["POST /hostedzone", "CreateHostedZone"],
        ["GET /hostedzonesbyname", "ListHostedZonesByName"],
        ["GET /hostedzonesbyvpc", "ListHostedZonesByVPC"],
        ["GET /hostedzone", "ListHostedZones"],
        ["GET /change/.*", "GetChange"],
        ["GET /tags/.*", "ListTagsForResource"],
        ["POST /tags/.*", "ChangeTagsForResource"],
    ].find(([pattern]) => new RegExp(`^${pattern}$`).test(`${method} ${path}`));
    return found?.[1];
}

function scheduler(method: string, { pathname }: URL): string | undefined {
    const verb = { GET: "Get", POST: "Create", PUT: "Update", DELETE: "Delete" }[method];
    if (/^\/schedule-groups\//.test(pathname)) return `${verb}ScheduleGroup`;
    if (/^\/schedules\//.test(pathname)) return `${verb}Schedule`;
    if (/^\/tags\//.test(pathname))
        return { GET: "ListTagsForResource", POST: "TagResource", DELETE: "UntagResource" }[method];
    return undefined;
}

/** Services whose requests say by method and path what they are. */
const REST: Record<string, (method: string, url: URL) => string | undefined> = { s3, route53, scheduler };
