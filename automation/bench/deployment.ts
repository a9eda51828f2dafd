/**
 * Measures a preview and an `up` of one stack on a real engine, in a process of its own: `deployment.ts FOLDER STACK FILE` writes the figures
 * to FILE. It fails without AWS_ENDPOINT_URL, so that it never uses a real account.
 */
import { writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { LocalWorkspace } from "@pulumi/pulumi/automation";

export interface Deployment {
    /** Seconds. */
    readonly preview: number;
    readonly up: number;
    readonly resources: number;
    /** The `up`'s requests to AWS's APIs, of the provider and of the program. */
    readonly requests: number;
    /** Peak memory of the program's process, in MiB. */
    readonly memory: number;
}

async function deploy(folder: string, stackName: string): Promise<Deployment> {
    const emulator = process.env.AWS_ENDPOINT_URL;
    if (!emulator) throw new Error("AWS_ENDPOINT_URL is not set");
    const counter = await counting(new URL(emulator));
    process.env.AWS_ENDPOINT_URL = counter.url;
    const program = async () => {
        process.chdir(folder);
        const { default: platform } = await import("../../index");
        return (await platform()) as Record<string, unknown>;
    };
    const stack = await LocalWorkspace.createOrSelectStack(
        { stackName, projectName: "identity", program },
        { workDir: folder },
    );
    try {
        const timed = async <T>(work: () => Promise<T>) => {
            const started = Date.now();
            const result = await work();
            return { seconds: (Date.now() - started) / 1000, result };
        };
        const preview = await timed(() => stack.preview());
        const before = counter.requests();
        const up = await timed(() => stack.up());
        return {
            preview: preview.seconds,
            up: up.seconds,
            resources: up.result.summary.resourceChanges?.create ?? 0,
            requests: counter.requests() - before,
            memory: process.resourceUsage().maxRSS / 1024,
        };
    } finally {
        await stack.workspace.removeStack(stackName, { force: true });
        counter.close();
    }
}

/** A proxy in front of the emulator, which counts requests. */
async function counting({ hostname, port }: URL) {
    let requests = 0;
    const server = createServer((from, to) => {
        requests++;
        const { method, url: path, headers } = from;
        const on = request({ hostname, port, method, path, headers }, (answer) => {
            to.writeHead(answer.statusCode ?? 502, answer.headers);
            answer.pipe(to);
        });
        on.on("error", () => to.destroy());
        from.pipe(on);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port: proxyPort } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${proxyPort}`, requests: () => requests, close: () => server.close() };
}

if (require.main === module) {
    const [folder, stack, file] = process.argv.slice(2) as [string, string, string];
    deploy(folder, stack).then(
        (deployment) => {
            writeFileSync(file, JSON.stringify(deployment));
            process.exit(0); // open keep-alive connections would delay the end
        },
        (error) => {
            process.stderr.write(`${String(error).slice(-4000)}\n`);
            process.exit(1);
        },
    );
}
