/** A deployed stack's databases, reached through its workbench with PostgreSQL's own tools. */
import { spawnSync } from "node:child_process";
import path from "node:path";
import { LocalWorkspace } from "@pulumi/pulumi/automation";
import { clientOptions } from "../../../components/fargate/aws-clients";
import { ownerOf } from "../../../components/rds/shared-roles";
import { readStackFile } from "../../plan/stack-file";
import { type Aws, type Database, deployed, type Outputs } from "../../runner/deployed";
import type { Finding } from "../../runner/findings";
import { stateOf, type StateResource } from "../../runner/stack";
import type { CommandContext } from "../../shared/context";
import { missingPlugin } from "../exec/session";
import { background, writeAuthorities } from "../tunnel/connect";
import type { Rds } from "./instance";
import { type Server, sql, type Tool, TOOLS } from "./postgres";

/** A deployed stack, as far as this needs it. */
export interface Deployed {
    readonly aws: Pick<Aws, "region" | "ecs" | "ssm">;
    readonly rds: Rds;
    readonly outputs: Outputs;
    readonly resources: readonly StateResource[];
    /** What the names of its instances begin with. */
    readonly prefix: string;
    /** Between two looks at AWS. @default that of whoever looks */
    readonly pollMilliseconds?: number;
}

export async function stackOf(stack: string, { root }: Pick<CommandContext, "root">): Promise<Deployed> {
    const { aws, outputs } = await deployed(root, stack);
    const { project } = readStackFile(root, stack);
    const { resources } = await stateOf(await LocalWorkspace.selectStack({ stackName: stack, workDir: root }));
    const { RDSClient } = await import("@aws-sdk/client-rds");
    const rds = new RDSClient(await clientOptions(aws.region));
    return { aws, rds, outputs, resources, prefix: `${project}-${stack}` };
}

/** What is missing on the way there. */
export const missing = (
    { outputs }: Deployed,
    stack: string,
    engineVersion: string | undefined,
    tools: readonly Tool[] = TOOLS,
): Finding[] => [
    ...(outputs.workbenchId
        ? []
        : [
              {
                  what: `the stack ${stack} has no workbench`,
                  fix: `identity:workbench: {} in Pulumi.${stack}.yaml, and an \`up\``,
              },
          ]),
    ...missingPlugin(),
    ...missingTools(Number.parseInt(engineVersion ?? "", 10), tools),
];

/** pg_restore writes what another major version of the server may not know, and pg_dump reads no newer one. */
function missingTools(major: number, tools: readonly Tool[]): Finding[] {
    const found = tools.map((tool) => {
        const { stdout } = spawnSync(tool, ["--version"], { encoding: "utf8" });
        return { tool, version: / (\d+)[.\d]*/.exec(stdout ?? "")?.[1] };
    });
    const wrong = found.filter(({ version }) => version !== String(major));
    if (wrong.length === 0) return [];
    const what = wrong.map(({ tool, version }) =>
        version ? `${tool} is of PostgreSQL ${version}` : `there is no ${tool} on the PATH`,
    );
    return [
        {
            what: what.join(", "),
            fix: `PostgreSQL's client programs of version ${major}, which the instance has, on the PATH`,
        },
    ];
}

/** Where the tunnel goes, and who says what about it. */
interface Way extends Deployed {
    readonly stack: string;
    readonly access: Database;
    say(text: string): void;
}

/** Opens a tunnel, and closes it in the end. */
export async function throughTunnel<T>(
    { access, aws, stack, outputs, say }: Way,
    { root, signal }: Pick<CommandContext, "root" | "signal">,
    work: (server: Server) => Promise<T>,
): Promise<T> {
    const password = await passwordOf(aws.ssm, access.passwordParameter);
    const tunnel = await background(aws, { instanceId: outputs.workbenchId!, target: access }, signal);
    try {
        const { rds } = writeAuthorities(root, stack, aws.region, outputs);
        const server: Server = {
            role: ownerOf(access.user),
            command: (tool) => [tool],
            env: {
                PGHOST: access.host, // its certificate's name
                PGHOSTADDR: "127.0.0.1",
                PGPORT: String(tunnel.port),
                PGUSER: access.user,
                PGPASSWORD: password,
                PGSSLMODE: "verify-full",
                PGSSLROOTCERT: path.join(root, rds),
                PGCONNECT_TIMEOUT: "20",
            },
            signal,
        };
        await sql(server, access.name, "SELECT 1"); // it lets us in, before anything is stopped
        say(`connected to ${access.host.split(".")[0]}`);
        return await work(server);
    } finally {
        tunnel.close();
    }
}

async function passwordOf(ssm: Aws["ssm"], parameter: string): Promise<string> {
    const { GetParameterCommand } = await import("@aws-sdk/client-ssm");
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: parameter, WithDecryption: true }));
    const value = Parameter!.Value!;
    return parameter.endsWith("_CREDS") ? (JSON.parse(value) as { password: string }).password : value;
}
