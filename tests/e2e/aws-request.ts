/** What a request to AWS asks for: the action, in IAM's words, and what the request says of the resource. */
import type { EmulatorRequest } from "./emulator";

export interface AwsRequest {
    /** As IAM spells it, e.g. `ecs:CreateCluster`. */
    readonly action: string;
    readonly region: string;
    readonly url: URL;
    /** The members of the request, for the protocols that have them in the body: JSON and forms. */
    readonly input: Readonly<Record<string, unknown>>;
    /** The body, its escapes resolved. */
    readonly text: string;
}

/** Services whose prefix in IAM is not their name in a signature. */
const PREFIXES: Readonly<Record<string, string>> = { monitoring: "cloudwatch", tagging: "tag" };

/** Undefined for a request without a signature, such as one to the emulator itself. An operation that is not known is an error. */
export function awsRequest({ method, url: path, headers, body }: EmulatorRequest): AwsRequest | undefined {
    const scope = /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\/aws4_request/.exec(String(headers.authorization));
    if (!scope) return undefined;
    const [, region, signed] = scope as unknown as [string, string, string];
    const service = PREFIXES[signed] ?? signed;
    const url = new URL(path, "http://aws");
    const raw = body.toString("utf8");
    const type = String(headers["content-type"] ?? "");
    const form = type.includes("x-www-form-urlencoded") ? Object.fromEntries(new URLSearchParams(raw)) : undefined;
    const json = raw.startsWith("{") ? (JSON.parse(raw) as Record<string, unknown>) : undefined;
    const operation =
        form?.Action ??
        headers["x-amz-target"]?.toString().split(".").pop() ??
        /\/operation\/(\w+)$/.exec(url.pathname)?.[1] ??
        BY_PATH[service]?.(method, url);
    if (operation === undefined) throw new Error(`which operation of ${service} is ${method} ${path}?`);
    const text = form ? Object.values(form).join("\n") : raw;
    return {
        action: `${service}:${ACTIONS[service]?.(operation) ?? operation}`,
        region,
        url,
        input: form ?? json ?? {},
        text,
    };
}

/** Services whose actions in IAM are not called like their operations (service authorization reference). */
const ACTIONS: Readonly<Record<string, (operation: string) => string>> = {
    budgets: (operation) =>
        operation.replace(/^Describe.*/, "ViewBudget").replace(/^(Create|Update|Delete).*/, "ModifyBudget"),
};

/** Services whose requests name their operation by method and path alone. */
const BY_PATH: Readonly<Record<string, (method: string, url: URL) => string | undefined>> = {
    s3: bucketAction,
    route53: (method, url) => inTable(ROUTE53, method, url),
    scheduler: (method, url) => inTable(SCHEDULER, method, url),
    elasticfilesystem: (method, url) => inTable(EFS, method, url),
    backup: (method, url) => inTable(BACKUP, method, url),
    chatbot: (_, { pathname }) => operationIn(pathname),
};

/** `/create-ms-teams-channel-configuration`: the operation itself, with dashes. */
const operationIn = (pathname: string) =>
    pathname
        .slice(1)
        .replace("-ms-", "-microsoft-")
        .replaceAll(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase());

const inTable = (table: Readonly<Record<string, string>>, method: string, { pathname }: URL) =>
    Object.entries(table).find(([pattern]) => new RegExp(`^${pattern}$`).test(`${method} ${pathname}`))?.[1];

const ROUTE53: Readonly<Record<string, string>> = {
    "POST /2013-04-01/hostedzone/[^/]+/rrset/?": "ChangeResourceRecordSets",
    "GET /2013-04-01/hostedzone/[^/]+/rrset": "ListResourceRecordSets",
    "POST /2013-04-01/hostedzone/[^/]+/associatevpc": "AssociateVPCWithHostedZone",
    "POST /2013-04-01/hostedzone/[^/]+/disassociatevpc": "DisassociateVPCFromHostedZone",
    "GET /2013-04-01/hostedzone/[^/]+/dnssec": "GetDNSSEC",
    "GET /2013-04-01/hostedzone/[^/]+": "GetHostedZone",
    "POST /2013-04-01/hostedzone/[^/]+": "UpdateHostedZoneComment",
    "DELETE /2013-04-01/hostedzone/[^/]+": "DeleteHostedZone",
    "POST /2013-04-01/hostedzone": "CreateHostedZone",
    "GET /2013-04-01/hostedzonesbyname": "ListHostedZonesByName",
    "GET /2013-04-01/hostedzonesbyvpc": "ListHostedZonesByVPC",
    "GET /2013-04-01/hostedzone": "ListHostedZones",
    "GET /2013-04-01/change/.+": "GetChange",
    "GET /2013-04-01/tags/.+": "ListTagsForResource",
    "POST /2013-04-01/tags/.+": "ChangeTagsForResource",
};

/** Below `/2015-02-01` (EFS API reference). */
const EFS: Readonly<Record<string, string>> = Object.fromEntries(
    Object.entries({
        "POST /file-systems": "CreateFileSystem",
        "GET /file-systems": "DescribeFileSystems",
        "PUT /file-systems/[^/]+": "UpdateFileSystem",
        "DELETE /file-systems/[^/]+": "DeleteFileSystem",
        "GET /file-systems/[^/]+/lifecycle-configuration": "DescribeLifecycleConfiguration",
        "PUT /file-systems/[^/]+/policy": "PutFileSystemPolicy",
        "GET /file-systems/[^/]+/policy": "DescribeFileSystemPolicy",
        "DELETE /file-systems/[^/]+/policy": "DeleteFileSystemPolicy",
        "PUT /file-systems/[^/]+/backup-policy": "PutBackupPolicy",
        "GET /file-systems/[^/]+/backup-policy": "DescribeBackupPolicy",
        "POST /mount-targets": "CreateMountTarget",
        "GET /mount-targets": "DescribeMountTargets",
        "DELETE /mount-targets/[^/]+": "DeleteMountTarget",
        "GET /mount-targets/[^/]+/security-groups": "DescribeMountTargetSecurityGroups",
        "POST /access-points": "CreateAccessPoint",
        "GET /access-points": "DescribeAccessPoints",
        "DELETE /access-points/[^/]+": "DeleteAccessPoint",
        "GET /resource-tags/[^/]+": "ListTagsForResource",
    }).map(([pattern, operation]) => [pattern.replace(" ", " /2015-02-01"), operation]),
);

/** AWS Backup API reference. */
const BACKUP: Readonly<Record<string, string>> = {
    "PUT /backup-vaults/[^/]+": "CreateBackupVault",
    "GET /backup-vaults/[^/]+": "DescribeBackupVault",
    "DELETE /backup-vaults/[^/]+": "DeleteBackupVault",
    "PUT /backup-vaults/[^/]+/vault-lock": "PutBackupVaultLockConfiguration",
    "GET /backup-vaults/[^/]+/recovery-points/?": "ListRecoveryPointsByBackupVault",
    "PUT /backup/plans/[^/]+/selections/?": "CreateBackupSelection",
    "GET /backup/plans/[^/]+/selections/[^/]+": "GetBackupSelection",
    "DELETE /backup/plans/[^/]+/selections/[^/]+": "DeleteBackupSelection",
    "PUT /backup/plans/?": "CreateBackupPlan",
    "GET /backup/plans/[^/]+/?": "GetBackupPlan",
    "POST /backup/plans/[^/]+": "UpdateBackupPlan",
    "DELETE /backup/plans/[^/]+": "DeleteBackupPlan",
    "GET /tags/.+": "ListTags",
    "POST /tags/.+": "TagResource",
    "POST /untag/.+": "UntagResource",
};

const SCHEDULER: Readonly<Record<string, string>> = {
    "GET /schedule-groups/.+": "GetScheduleGroup",
    "POST /schedule-groups/.+": "CreateScheduleGroup",
    "DELETE /schedule-groups/.+": "DeleteScheduleGroup",
    "GET /schedules": "ListSchedules",
    "GET /schedules/.+": "GetSchedule",
    "POST /schedules/.+": "CreateSchedule",
    "PUT /schedules/.+": "UpdateSchedule",
    "DELETE /schedules/.+": "DeleteSchedule",
    "GET /tags/.+": "ListTagsForResource",
    "POST /tags/.+": "TagResource",
    "DELETE /tags/.+": "UntagResource",
};

/** Settings of a bucket, by the word in the query, as IAM calls them (service authorization reference, Amazon S3). */
const BUCKET_SETTINGS: Readonly<Record<string, string>> = {
    accelerate: "AccelerateConfiguration",
    acl: "BucketAcl",
    cors: "BucketCORS",
    encryption: "EncryptionConfiguration",
    lifecycle: "LifecycleConfiguration",
    location: "BucketLocation",
    logging: "BucketLogging",
    "object-lock": "BucketObjectLockConfiguration",
    ownershipControls: "BucketOwnershipControls",
    policy: "BucketPolicy",
    publicAccessBlock: "BucketPublicAccessBlock",
    replication: "ReplicationConfiguration",
    requestPayment: "BucketRequestPayment",
    tagging: "BucketTagging",
    versioning: "BucketVersioning",
    website: "BucketWebsite",
};

/** To delete a setting, IAM asks for the right to put it; a policy alone has an action of its own for that. */
function bucketAction(method: string, { pathname, searchParams }: URL): string | undefined {
    const [, bucket, key] = /^\/([^/]*)\/?(.*)$/.exec(pathname)!;
    if (!bucket) return "ListAllMyBuckets";
    const setting = Object.keys(BUCKET_SETTINGS).find((word) => searchParams.has(word));
    if (setting !== undefined) {
        const verb = method === "GET" ? "Get" : method === "DELETE" && setting === "policy" ? "Delete" : "Put";
        return verb + BUCKET_SETTINGS[setting];
    }
    if (searchParams.has("versions")) return "ListBucketVersions";
    if (searchParams.has("delete")) return "DeleteObject";
    if (key) return { GET: "GetObject", HEAD: "GetObject", PUT: "PutObject", DELETE: "DeleteObject" }[method];
    return { GET: "ListBucket", HEAD: "ListBucket", PUT: "CreateBucket", DELETE: "DeleteBucket" }[method];
}
