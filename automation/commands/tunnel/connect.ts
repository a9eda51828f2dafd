/** Forwards a port of this machine to a database, an admin API or a console of the stack. */
import { mkdirSync, writeFileSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import path from "node:path";
import { rdsCertificateAuthorities } from "../../../components/rds/certificate-authority";
import { type Aws, deployed, type Outputs, pick } from "../../runner/deployed";
import type { CommandContext } from "../../shared/context";
import { Exit, UsageError } from "../../shared/errors";
import { FAILED, INTERRUPTED } from "../../shared/exit-codes";
import { pause } from "../../shared/pause";
import { attach, needPlugin, type Session, startPlugin } from "../exec/session";
import { type Files, type Target, targets } from "./targets";
import type { TunnelInput } from "../tunnel";

const DOCUMENT = "AWS-StartPortForwardingSessionToRemoteHost";
/** Ports below it are for the system's own. */
const ABOVE = 10_000;

export async function tunnel(input: TunnelInput, context: Pick<CommandContext, "root" | "out">): Promise<number> {
    needPlugin();
    const { aws, outputs } = await deployed(context.root, input.stack);
    return connect(aws, outputs, input, context);
}

/** Opens the session, says how to use it, and stays until it ends. */
export async function connect(
    aws: Pick<Aws, "region" | "ssm">,
    outputs: Outputs,
    { stack, target: name, port }: TunnelInput,
    { root, out }: Pick<CommandContext, "root" | "out">,
): Promise<number> {
    const instanceId = workbenchOf(outputs, stack);
    const target = pick(targets(outputs), name, "end of a tunnel");
    const local = await localPort(port, target.port + ABOVE);
    const session = await forward(aws, { instanceId, target, local });
    const files = writeAuthorities(root, stack, aws.region, outputs);
    out(`\n${name} is at 127.0.0.1:${local} until Ctrl-C. From another terminal:\n\n`);
    for (const line of target.explain({ local, region: aws.region, files }))
        out(`${line === "" ? "" : "    "}${line}\n`);
    out("\n");
    return attach(aws.region, session);
}

/** Milliseconds in which the session has to open its port. */
const OPEN_MILLISECONDS = 30_000;

/** A tunnel for the program itself, on any port. It is there when it listens. */
export async function background(
    aws: Pick<Aws, "region" | "ssm">,
    { instanceId, target }: { instanceId: string; target: Pick<Target, "host" | "port"> },
    signal: AbortSignal,
): Promise<{ port: number; close(): void }> {
    const port = await localPort(undefined, 0);
    const session = await forward(aws, { instanceId, target, local: port });
    // In a process group of its own: Ctrl-C is for this program, which may have to clean up through the tunnel.
    const plugin = startPlugin(aws.region, session, { stdio: ["ignore", "pipe", "pipe"], detached: true });
    let said = "";
    for (const stream of [plugin.stdout!, plugin.stderr!]) stream.on("data", (text: Buffer) => void (said += text));
    let ended = false;
    plugin.on("error", () => (ended = true)).on("exit", () => (ended = true));
    const end = () => plugin.kill("SIGINT");
    process.once("exit", end);
    const close = () => {
        process.off("exit", end);
        end();
    };
    for (const late = Date.now() + OPEN_MILLISECONDS; !(await listens(port)); await pause(200, signal)) {
        const why = ended ? "the tunnel ended" : Date.now() > late ? "the tunnel does not open" : undefined;
        if (why === undefined && !signal.aborted) continue;
        close();
        if (signal.aborted) throw new Exit(INTERRUPTED, "interrupted; nothing was changed");
        throw new Exit(FAILED, `${why}, and nothing was changed: ${said.trim().slice(-500)}`);
    }
    return { port, close };
}

const listens = (port: number) =>
    new Promise<boolean>((resolve) => {
        const socket = createConnection({ port, host: "127.0.0.1" });
        const end = (answer: boolean) => () => {
            socket.destroy();
            resolve(answer);
        };
        socket.once("connect", end(true)).once("error", end(false));
    });

function workbenchOf({ workbenchId }: Outputs, stack: string): string {
    if (workbenchId) return workbenchId;
    throw new UsageError(
        `the stack ${stack} has no workbench: \`identity:workbench: {}\` in Pulumi.${stack}.yaml, and an \`up\``,
    );
}

/** Asks Systems Manager for a session through the workbench to another machine's port. */
export async function forward(
    { ssm }: Pick<Aws, "ssm">,
    { instanceId, target, local }: { instanceId: string; target: Pick<Target, "host" | "port">; local: number },
): Promise<Session> {
    const { StartSessionCommand, TargetNotConnected } = await import("@aws-sdk/client-ssm");
    const request = {
        DocumentName: DOCUMENT,
        Parameters: {
            host: [target.host],
            portNumber: [String(target.port)],
            localPortNumber: [String(local)],
        },
    };
    try {
        const { SessionId, TokenValue, StreamUrl } = await ssm.send(
            new StartSessionCommand({ Target: instanceId, ...request }),
        );
        return { session: { SessionId, TokenValue, StreamUrl }, target: instanceId, request };
    } catch (error) {
        if (!(error instanceof TargetNotConnected)) throw error;
        throw new UsageError(
            `the workbench ${instanceId} is not connected to Systems Manager: a new one takes two minutes; is it stopped?`,
        );
    }
}

/** The wanted port, which has to be free; or the usual one, and where that is taken any other. */
export async function localPort(wanted: number | undefined, usual: number): Promise<number> {
    if (wanted === undefined) return (await free(usual)) ?? (await free(0))!;
    const port = await free(wanted);
    if (port !== undefined) return port;
    throw new UsageError(`port ${wanted} of this machine is taken, or not yours to take; another --port, or none`);
}

function free(port: number): Promise<number | undefined> {
    return new Promise((resolve) => {
        const server = createServer();
        server.once("error", () => resolve(undefined));
        server.listen(port, "127.0.0.1", () => {
            const { port: found } = server.address() as { port: number };
            server.close(() => resolve(found));
        });
    });
}

/** What the other end's certificates are verified against, as files: both are public. */
export function writeAuthorities(root: string, stack: string, region: string, outputs: Outputs): Files {
    const folder = path.join("build", "tunnel", stack);
    const write = (name: string, text: string) => {
        mkdirSync(path.join(root, folder), { recursive: true });
        writeFileSync(path.join(root, folder, name), text);
        return path.join(folder, name);
    };
    return {
        rds: write("rds-ca.pem", rdsCertificateAuthorities(region)),
        stack: outputs.certificateAuthority ? write("ca.pem", outputs.certificateAuthority) : undefined,
    };
}
