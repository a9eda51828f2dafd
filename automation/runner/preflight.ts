/** Finds all problems that would stop an `up`, before anything is created. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { IAMClient } from "@aws-sdk/client-iam";
import type { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import * as pulumi from "@pulumi/pulumi";
import type { Build } from "../../components/container-image/build";
import { type Emulation, emulation } from "../../components/container-image/emulation";
import { boundedOptions } from "../../components/fargate/aws-clients";
import type { PlatformConfig } from "../../config/defaults";
import { readDockerfile } from "../../config/dockerfile";
import { wrongAccount } from "../../platform/account";
import type { LookUpClients } from "../../platform/lookups";
import { LINKED_ROLES, withoutLinkedRole } from "../bootstrap/linked-roles";
import { beyondBoundary } from "./boundary";
import { groupBy } from "../plan/grouping";
import type { PlannedStack } from "../plan/plan-stack";
import type { StackFile } from "../plan/stack-file";
import type { Finding } from "./findings";
import { countedQuotas, fargateQuotas, type InUse, judgeQuotas, ownQuotas, toBeCreated } from "./quotas";
import type { StateResource } from "./stack";
export interface Clients extends LookUpClients {
    readonly quotas: Pick<ServiceQuotasClient, "send">;
    readonly iam: Pick<IAMClient, "send">;
}

export interface Checked {
    readonly findings: readonly Finding[];
    /** Things that could not be checked. They do not stop the command. */
    readonly notes: readonly string[];
    readonly account?: string;
}

async function clients(file: StackFile, region: string): Promise<Clients> {
    pulumi.runtime.setAllConfig(file.config); // boundedOptions reads the provider's settings from there
    const options = await boundedOptions(region);
    const { lookUpClients } = await import("../../platform/lookups");
    const { ServiceQuotasClient } = await import("@aws-sdk/client-service-quotas");
    const { IAMClient } = await import("@aws-sdk/client-iam");
    return {
        ...(await lookUpClients(region)),
        quotas: new ServiceQuotasClient(options),
        iam: new IAMClient(options),
    };
}

export interface Preflight {
    /** The plan of the stack, and its configuration; undefined for a program that cannot be planned. */
    readonly planned?: PlannedStack;
    readonly config?: PlatformConfig;
    /** The resources of the state. */
    readonly there: readonly StateResource[];
}

/** Checks Docker, credentials, the configuration's look-ups, quotas and roles. */
export async function preflight(
    file: StackFile,
    { planned, config, there }: Preflight,
    make: (file: StackFile, region: string) => Promise<Clients> = clients,
    docker: Docker = DOCKER,
): Promise<Checked> {
    const findings: Finding[] = [];
    const resources = planned?.resources ?? [];
    const builds = await imageBuilds(imagesToBuild(resources, there), docker);
    findings.push(...builds.findings);
    const region = file.config["aws:region"];
    if (!region) {
        const fix = `pulumi config set aws:region REGION --stack ${file.stack}`;
        return {
            findings: [...findings, { what: `${file.file} names no region`, fix, blind: true }],
            notes: builds.notes,
        };
    }
    const { lookUps } = await import("../../platform/lookups"); // a late import, since it loads all components
    const aws = await make(file, region);
    const { problems, account } = await lookUps(
        { project: file.project, stack: file.stack, region, settings: file.config, config },
        aws,
    );
    // The program would fail for the same reasons, also in a preview.
    findings.push(...problems.map((problem) => ({ ...problem, blind: true })));
    // Without credentials, or in another account, the other checks prove nothing.
    if (account === undefined || wrongAccount(account, file.config)) return { findings, notes: builds.notes, account };
    const beyond = planned ? await beyondBoundary(aws.iam, planned, file, { account, region }, config) : [];
    const room = await quotas(aws, { planned, there, region });
    const roles = await linkedRoles(aws, resources);
    return {
        findings: [...findings, ...beyond, ...room.findings],
        notes: [...builds.notes, ...room.notes, ...roles],
        account,
    };
}

/** Notes the service-linked roles that the stack needs and the account lacks. None where IAM may not be read. */
async function linkedRoles({ iam }: Clients, resources: readonly { type: string }[]): Promise<string[]> {
    const used = LINKED_ROLES.filter(({ types }) => resources.some(({ type }) => types.includes(type)));
    if (used.length === 0) return [];
    const { GetRoleCommand } = await import("@aws-sdk/client-iam");
    const notes = await Promise.all(
        used.map((role) =>
            iam.send(new GetRoleCommand({ RoleName: role.role })).then(
                () => [],
                (error: Error) => (error.name === "NoSuchEntityException" ? [withoutLinkedRole(role)] : []),
            ),
        ),
    );
    return notes.flat();
}

async function quotas(
    { ec2, quotas: service }: Clients,
    { planned, there, region }: Pick<Preflight, "planned" | "there"> & { region: string },
) {
    if (!planned) return { findings: [], notes: [] };
    const needed = toBeCreated(planned.resources, there);
    const inUse = countedQuotas(needed, undefined).some(({ need }) => need > 0) ? await regionHas(ec2) : undefined;
    const all = [...countedQuotas(needed, inUse), ...ownQuotas(planned.resources), ...fargateQuotas(planned)];
    const wanted = all.filter(({ need }) => need > 0);
    const { GetServiceQuotaCommand } = await import("@aws-sdk/client-service-quotas");
    const limits = new Map(
        await Promise.all(
            wanted.map(async ({ code, service: ServiceCode }) => {
                const answer = service.send(new GetServiceQuotaCommand({ ServiceCode, QuotaCode: code }));
                return [code, await answer.then(({ Quota }) => Quota?.Value).catch(() => undefined)] as const;
            }),
        ),
    );
    return judgeQuotas(wanted, limits, region);
}

async function regionHas(ec2: Clients["ec2"]): Promise<InUse | undefined> {
    const { DescribeAddressesCommand, DescribeVpcsCommand } = await import("@aws-sdk/client-ec2");
    try {
        const { Addresses = [] } = await ec2.send(new DescribeAddressesCommand({}));
        let [vpcs, NextToken] = [0, undefined as string | undefined];
        do {
            const page = await ec2.send(new DescribeVpcsCommand({ NextToken }));
            vpcs += page.Vpcs?.length ?? 0;
            NextToken = page.NextToken;
        } while (NextToken !== undefined);
        return { addresses: Addresses.length, vpcs };
    } catch {
        return undefined;
    }
}

const IMAGE = "docker:index/image:Image";

interface Planned {
    readonly type: string;
    readonly name: string;
    readonly inputs: Record<string, unknown>;
}

/** Images that are not built yet or whose folder has changed. The tag begins with the folder's digest. */
export function imagesToBuild(planned: readonly Planned[], there: readonly StateResource[]): Planned[] {
    const digest = (image: unknown) => /:([0-9a-f]{16})-[^:]*$/.exec(String(image))?.[1] ?? String(image);
    const built = new Set(there.filter(({ type }) => type === IMAGE).map(({ inputs }) => digest(inputs?.imageName)));
    return planned.filter(({ type, inputs }) => type === IMAGE && !built.has(digest(inputs.imageName)));
}

interface Docker {
    readonly runs: () => Promise<boolean>;
    readonly emulation: (platform: string, images: string) => Promise<Emulation>;
}

const DOCKER: Docker = {
    runs: () =>
        promisify(execFile)("docker", ["version", "--format", "{{.Server.Version}}"], { timeout: 10_000 }).then(
            () => true,
            () => false,
        ),
    emulation,
};

/** Whether Docker can build what has to be built. */
async function imageBuilds(images: readonly Planned[], docker: Docker): Promise<Omit<Checked, "account">> {
    const namesOf = (some: readonly Planned[]) => some.map(({ name }) => name).join(", ");
    if (images.length === 0) return { findings: [], notes: [] };
    if (!(await docker.runs())) {
        const fix = "start Docker, or name finished images in the stack file";
        const what = `Docker does not answer, and images have to be built: ${namesOf(images)}`;
        return { findings: [{ what, fix }], notes: [] };
    }
    const answers = await Promise.all(
        groupBy(images.filter(runsSomething), platformOf).map((some) =>
            docker.emulation(platformOf(some[0]), namesOf(some)),
        ),
    );
    return {
        findings: answers.flatMap((answer) => (answer && "problem" in answer ? answer.problem : [])),
        notes: answers.flatMap((answer) => (answer && "note" in answer ? answer.note : [])),
    };
}

/** A build without RUN in a stage for the image's own processors is done on any machine. */
const runsSomething = ({ inputs }: Planned) =>
    readDockerfile(inputs.build as Build).some(
        ({ platform, instructions }) => platform === undefined && instructions.some(({ name }) => name === "RUN"),
    );

const platformOf = ({ inputs }: Planned) => (inputs.build as { platform: string }).platform;
