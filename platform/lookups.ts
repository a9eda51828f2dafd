/**
 * What AWS is asked before anything is made: whether everything is there that the program will look up, and may be read. All that is
 * not is told at once. The program asks (`platform/preflight.ts`), and so do the commands before a preview.
 *
 * Asked of AWS's SDK with limits of seconds. The provider tries 25 times, and a look-up that fails in the middle of the program
 * leaves resources that wait for it.
 */
import type { ECRClient } from "@aws-sdk/client-ecr";
import type { RDSClient } from "@aws-sdk/client-rds";
import type { Route53Client } from "@aws-sdk/client-route-53";
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { SSMClient } from "@aws-sdk/client-ssm";
import type { STSClient } from "@aws-sdk/client-sts";
import { explainAwsError, type Problem, type Question, withinSeconds } from "../components/aws-error";
import { newestAmi } from "../components/ec2/amazon-linux";
import { boundedOptions } from "../components/fargate/aws-clients";
import { versionsPath } from "../components/keycloak/deployed-version";
import { NAT_INSTANCE_TYPE } from "../components/network/nat-instance";
import { FURTHER_ZONE_FIX, ZONE_FIX } from "../components/public-zone";
import { hasTls, type PlatformConfig } from "../config/defaults";
import type { FoundSecret } from "../components/secret-store";
import { inSecretsManager, references } from "../config/references";
import { describeSecret } from "./secrets-manager";
import { wrongAccount } from "./account";
import { type Existing, type ExistingClients, lookUpExisting, NOTHING_EXISTS } from "./existing/look-up";
import { FACTS_NEED } from "./existing-network/facts";
import type { FoundNetwork } from "./existing-network/found";
import { lookUpNetwork } from "./existing-network/look-up";
import { leftVpcProblems, MOVED_NEEDS } from "./existing-network/moved";
import { LEFT_INSTANCES_NEED, leftInstances } from "./left-instances";
import { parametersOf } from "./parameters";
import { lastTurn, type Turn, TURN_NEEDS } from "./rotation";

export interface LookUpClients extends ExistingClients {
    readonly sts: Pick<STSClient, "send">;
    readonly ssm: Pick<SSMClient, "send">;
    readonly ecr: Pick<ECRClient, "send">;
    readonly rds: Pick<RDSClient, "send">;
    readonly route53: Pick<Route53Client, "send">;
    readonly secretsManager: Pick<SecretsManagerClient, "send">;
}

/** Whose look-ups they are. */
export interface LookUpSubject {
    readonly project: string;
    readonly stack: string;
    readonly region: string;
    /** The stack's settings as Pulumi has them, a text for each key: the accounts that it may live in are there. */
    readonly settings: Readonly<Record<string, string>>;
    /** What the stack consists of. @default only the account is looked at */
    readonly config?: PlatformConfig;
}

export interface LookedUp {
    readonly problems: readonly Problem[];
    readonly account?: string;
    /** Versions of the parameters that others set, by name. */
    readonly versions: ReadonlyMap<string, number>;
    /** Secrets in Secrets Manager, by the name or the ARN that the configuration has. */
    readonly secrets: ReadonlyMap<string, FoundSecret>;
    /** The network that exists; undefined where the stack has one of its own. */
    readonly network?: FoundNetwork;
    /** What exists already beside the network. */
    readonly existing: Existing;
    /** The last turn of the users of the shared instance's databases; undefined where there was none. */
    readonly turn?: Turn;
}

/** Seconds for one question with everything that it takes: credentials, a connection, a second attempt. */
const LIMIT_SECONDS = 45;

export async function lookUpClients(region: string): Promise<LookUpClients> {
    const options = await boundedOptions(region);
    const { STSClient } = await import("@aws-sdk/client-sts");
    const { SSMClient } = await import("@aws-sdk/client-ssm");
    const { EC2Client } = await import("@aws-sdk/client-ec2");
    const { ECRClient } = await import("@aws-sdk/client-ecr");
    const { RDSClient } = await import("@aws-sdk/client-rds");
    const { Route53Client } = await import("@aws-sdk/client-route-53");
    const { SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager");
    return {
        sts: new STSClient(options),
        ssm: new SSMClient(options),
        ec2: new EC2Client(options),
        ecr: new ECRClient(options),
        rds: new RDSClient(options),
        route53: new Route53Client(options),
        secretsManager: new SecretsManagerClient(options),
        ecs: async () => new (await import("@aws-sdk/client-ecs")).ECSClient(options),
        efs: async () => new (await import("@aws-sdk/client-efs")).EFSClient(options),
        wafv2: async () => new (await import("@aws-sdk/client-wafv2")).WAFV2Client(options),
    };
}

/** Without credentials, or with those of another account, nothing else is asked. */
export async function lookUps(subject: LookUpSubject, clients: LookUpClients): Promise<LookedUp> {
    const [versions, secrets] = [new Map<string, number>(), new Map<string, FoundSecret>()];
    const identity = await answerTo({ about: "whose the credentials are" }, () => whoami(clients));
    const existing = NOTHING_EXISTS;
    if ("fix" in identity) return { problems: [identity], versions, secrets, existing };
    const { account } = identity;
    const wrong = wrongAccount(account, subject.settings);
    if (wrong) return { problems: [wrong], account, versions, secrets, existing };
    const { config } = subject;
    if (!config) return { problems: [], account, versions, secrets, existing };
    const [network, turn, ...problems] = await Promise.all([
        existingNetwork({ ...subject, config }, clients, account),
        rotation({ ...subject, config }, clients),
        parameters({ ...subject, config }, clients, versions),
        zones(config, clients, account),
        secretsManager({ ...subject, config }, clients, secrets),
        availabilityZones(config, clients),
        keycloakVersion({ ...subject, config }, clients),
        machineImages(config, clients),
        registry(config, clients),
        ownInstances({ ...subject, config }, clients),
    ]);
    const owner = { project: subject.project, stack: subject.stack };
    const others = await lookUpExisting({ config, account, owner }, clients, answerTo, network.network);
    const all = [network.problems, turn.problems, others.problems, problems].flat(2);
    const { existing: there } = others;
    return { problems: all, account, versions, secrets, network: network.network, existing: there, turn: turn.last };
}

type Configured = LookUpSubject & { readonly config: PlatformConfig };

/** The answer, or what is in its way. */
async function answerTo<T extends object>(question: Question, ask: () => Promise<T>): Promise<T | Problem> {
    return withinSeconds(LIMIT_SECONDS, ask()).catch((error: unknown) => explainAwsError(error, question));
}

async function whoami({ sts }: LookUpClients): Promise<{ account: string }> {
    const { GetCallerIdentityCommand } = await import("@aws-sdk/client-sts");
    return { account: (await sts.send(new GetCallerIdentityCommand({}))).Account ?? "" };
}

/** Parameters that somebody else sets. No value is decrypted. */
async function parameters(
    { project, stack, region, config }: Configured,
    { ssm }: LookUpClients,
    versions: Map<string, number>,
): Promise<Problem[]> {
    const prefix = `/${project}/${stack}`;
    const wanted = references(prefix, config);
    if (wanted.length === 0) return [];
    const names = wanted.map(({ parameter }) => parameter);
    const question = { about: "the secrets that SSM keeps", needs: "ssm:GetParameters on them" };
    const found = await answerTo(question, () => parametersOf(ssm, names));
    if ("fix" in found) return [found];
    for (const [name, { Version }] of found) versions.set(name, Version!);
    return wanted
        .filter(({ parameter }) => !found.has(parameter))
        .map(({ parameter, owner, variable, set }) => ({
            what: `SSM has no parameter ${parameter} (${region}), which ${owner} reads as ${variable}`,
            fix: set
                ? `npx identity secrets set ${owner} ${variable} --stack ${stack}`
                : "whoever keeps it has to make it, a SecureString; or is it in another region?",
        }));
}

/** Secrets of Secrets Manager. No value is read. */
async function secretsManager(
    { region, config }: Configured,
    clients: LookUpClients,
    secrets: Map<string, FoundSecret>,
): Promise<Problem[]> {
    const problems = inSecretsManager(config).map(async ({ secret, owner, variable, source }): Promise<Problem[]> => {
        const question = { about: `the secret ${secret}`, needs: "secretsmanager:DescribeSecret on it" };
        const found = await answerTo(question, () => describeSecret(clients.secretsManager, secret));
        if ("fix" in found) return [found];
        const reads = `${owner} reads as ${variable}`;
        if (!found.secret) {
            const fix = "whoever keeps it has to make it; or is it in another region?";
            return [{ what: `Secrets Manager has no secret ${secret} (${region}), which ${reads}`, fix }];
        }
        secrets.set(secret, found.secret);
        if (found.keyArn === undefined || source.keyArn !== undefined) return [];
        const what = `the secret ${secret}, which ${reads}, is encrypted by a key of its own`;
        return [{ what, fix: `the key's ARN beside it, as key_arn (keyArn in a stack file): ${found.keyArn}` }];
    });
    return (await Promise.all(problems)).flat();
}

/** The public zones of the domains, where the program does not make them. */
async function zones({ domain, domains }: PlatformConfig, clients: LookUpClients, account: string): Promise<Problem[]> {
    const first = domain && !domain.createZone ? [{ zone: domain.zone, fix: ZONE_FIX }] : [];
    const further = domains
        .map(({ zone }) => ({ zone, fix: FURTHER_ZONE_FIX }))
        .filter(({ zone }) => zone !== domain?.zone);
    const all = new Map([...further, ...first].map((wanted) => [wanted.zone, wanted]));
    const found = await Promise.all(
        [...all.values()].map(({ zone, fix }) => publicZoneProblems(zone, fix, clients, account)),
    );
    return found.flat();
}

/** There is one of the name. */
async function publicZoneProblems(zone: string, fix: string, { route53 }: LookUpClients, account: string) {
    const { ListHostedZonesByNameCommand } = await import("@aws-sdk/client-route-53");
    const about = `the public hosted zone ${zone}`;
    const question = { about, needs: "route53:ListHostedZonesByName" };
    const answer = await answerTo(question, () =>
        route53.send(new ListHostedZonesByNameCommand({ DNSName: zone, MaxItems: 100 })),
    );
    if ("fix" in answer) return [answer];
    const { HostedZones = [] } = answer;
    const name = `${zone.toLowerCase().replace(/\.$/, "")}.`;
    const found = HostedZones.filter((hostedZone) => hostedZone.Name === name && !hostedZone.Config?.PrivateZone);
    if (found.length === 0) return [{ what: `account ${account} has no ${about.slice(4)}`, fix }];
    if (found.length === 1) return [];
    const what = `account ${account} has ${found.length} public hosted zones ${zone}`;
    const ids = found.map(({ Id }) => Id?.replace("/hostedzone/", "")).join(", ");
    return [{ what, fix: `delete those that nobody delegates to, of ${ids}` }];
}

/** The network that exists, where the stack is in one; and that the stack stays in the network that it is in. */
async function existingNetwork(
    { project, stack, config }: Configured,
    { ec2 }: LookUpClients,
    account: string,
): Promise<{ problems: Problem[]; network?: FoundNetwork }> {
    const { existing } = config.network;
    if (!existing) {
        const question = { about: "the network that this stack is in", needs: MOVED_NEEDS };
        const left = await answerTo(question, () => leftVpcProblems(ec2, { project, stack }));
        return { problems: "fix" in left ? [left] : left };
    }
    const question = { about: "the network that exists", needs: FACTS_NEED };
    const found = await answerTo(question, () => lookUpNetwork(ec2, { existing, config, project, stack, account }));
    return "fix" in found ? { problems: [found] } : found;
}

/** As many zones as the network is to have, or those that it names. Local Zones are others. */
async function availabilityZones({ network, region }: PlatformConfig, { ec2 }: LookUpClients): Promise<Problem[]> {
    if (network.existing) return []; // its zones are those of its subnets
    const { DescribeAvailabilityZonesCommand } = await import("@aws-sdk/client-ec2");
    const question = { about: `the availability zones of ${region}`, needs: "ec2:DescribeAvailabilityZones" };
    const answer = await answerTo(question, () => ec2.send(new DescribeAvailabilityZonesCommand({})));
    if ("fix" in answer) return [answer];
    const available = (answer.AvailabilityZones ?? [])
        .filter(
            ({ State, ZoneType = "availability-zone" }) => State === "available" && ZoneType === "availability-zone",
        )
        .map(({ ZoneName }) => ZoneName!);
    const has = `${region} has the availability zones ${available.join(", ")}`;
    const missing = (network.zoneNames ?? []).filter((name) => !available.includes(name));
    if (missing.length > 0) {
        return [{ what: `${has}, and not ${missing.join(", ")}`, fix: "network.zoneNames: those that there are" }];
    }
    if (available.length >= network.zones) return [];
    return [{ what: `${has}, and the stack wants ${network.zones}`, fix: `network.zones: ${available.length}` }];
}

/** What Keycloak's component reads (`components/keycloak/deployed-version.ts`). Nothing there is an answer, too. */
async function keycloakVersion({ project, stack, config }: Configured, { ssm }: LookUpClients): Promise<Problem[]> {
    if (!config.keycloak) return [];
    const { GetParametersByPathCommand } = await import("@aws-sdk/client-ssm");
    const Path = versionsPath(project, stack, "keycloak");
    const question = { about: "the version of Keycloak that runs", needs: `ssm:GetParametersByPath on ${Path}` };
    const answer = await answerTo(question, () => ssm.send(new GetParametersByPathCommand({ Path })));
    return "fix" in answer ? [answer] : [];
}

/** The AMIs of the workbench, of the ledger and of the NAT instance. */
async function machineImages(
    { workbench, devLedger, network }: PlatformConfig,
    { ssm }: LookUpClients,
): Promise<Problem[]> {
    const types = [workbench, devLedger].flatMap((machine) => machine?.instanceType ?? []);
    if (network.nat === "instance") types.push(NAT_INSTANCE_TYPE);
    const names = [...new Set(types.map(newestAmi))];
    if (names.length === 0) return [];
    const { GetParameterCommand } = await import("@aws-sdk/client-ssm");
    const answers = await Promise.all(
        names.map((Name) =>
            answerTo({ about: `the newest AMI of Amazon Linux (${Name})`, needs: "ssm:GetParameter on it" }, () =>
                ssm.send(new GetParameterCommand({ Name })),
            ),
        ),
    );
    return answers.flatMap((answer) => ("fix" in answer ? [answer] : []));
}

/** A log-in to ECR, where an image is built. */
async function registry(config: PlatformConfig, { ecr }: LookUpClients): Promise<Problem[]> {
    if (!buildsImages(config)) return [];
    const { GetAuthorizationTokenCommand } = await import("@aws-sdk/client-ecr");
    const question = { about: "a log-in to the registry (ECR)", needs: "ecr:GetAuthorizationToken" };
    const answer = await answerTo(question, () => ecr.send(new GetAuthorizationTokenCommand({})));
    return "fix" in answer ? [answer] : [];
}

/** How often users of the shared instance's databases took turns. */
async function rotation(subject: Configured, { ssm }: LookUpClients): Promise<{ last?: Turn; problems: Problem[] }> {
    const question = { about: "the last rotation of the shared databases", needs: TURN_NEEDS };
    const found = await answerTo(question, () => lastTurn(subject, ssm));
    return "fix" in found ? { problems: [found] } : found;
}

/** Instances that databases had before they were to be on the shared one. */
async function ownInstances(subject: Configured, { rds }: LookUpClients): Promise<Problem[]> {
    const question = { about: "the stack's own database instances", needs: LEFT_INSTANCES_NEED };
    const found = await answerTo(question, () => leftInstances(subject, rds));
    return "fix" in found ? [found] : found;
}

function buildsImages(config: PlatformConfig): boolean {
    const { agents, agentImage, keycloak, services, heritages, envoyImage } = config;
    const applications = [...Object.values(services), ...Object.values(heritages)];
    return (
        (Object.keys(agents).length > 0 && !agentImage) ||
        (keycloak !== undefined && !keycloak.image) ||
        applications.some(({ build }) => build !== undefined) ||
        ((applications.length > 0 || hasTls(config).length > 0) && !envoyImage)
    );
}
