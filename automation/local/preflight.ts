/** What has to be right before anything is started, each said in one sentence. */
import { createServer } from "node:net";
import { UsageError } from "../shared/errors";
import { containersOf, docker, dockerOutput, PROJECT_LABEL } from "./docker";
import { lastLine } from "./images";
import type { LocalSecrets } from "./secrets";
import { FILES, localFolder, ofStack, type State } from "./state";

/** Bytes below which Java and all the rest do not fit. */
const LEAST_MEMORY = 3.5 * 1024 ** 3;

export async function checkDocker(warn: (text: string) => void): Promise<void> {
    const daemon = await docker(["version", "--format", "{{.Server.Version}}"]);
    if (daemon.code === -1)
        throw new UsageError("there is no `docker` on the PATH: install Docker (https://docs.docker.com/get-docker)");
    if (daemon.code !== 0) throw new UsageError(`no Docker daemon answers: ${lastLine(daemon.stderr)}`);
    if ((await docker(["compose", "version"])).code !== 0) {
        throw new UsageError("Docker has no compose plugin: install it (https://docs.docker.com/compose/install)");
    }
    const memory = Number((await docker(["info", "--format", "{{.MemTotal}}"])).stdout);
    if (memory > 0 && memory < LEAST_MEMORY) {
        warn(`Docker has ${(memory / 1024 ** 3).toFixed(1)} GiB of memory, and the dev stack wants 4`);
    }
}

/** Wallets and users of one run open with the secrets of that run alone. */
export async function checkVolumes(project: string, stack: string, kept: LocalSecrets): Promise<void> {
    if (!kept.fresh) return;
    const volumes = await dockerOutput(["volume", "ls", "--quiet", "--filter", `label=${PROJECT_LABEL}=${project}`]);
    if (volumes === "") return;
    throw new UsageError(
        `the data of ${project} is there (${volumes.split("\n").join(", ")}), and the secrets that open it are gone: ` +
            `put ${localFolder(stack)}/${FILES.secrets} back, or have npx identity local down --stack ${stack} --volumes ` +
            "delete the data",
    );
}

/** The ports of what does not run yet: free, or somebody else's. */
export async function checkPorts(state: State): Promise<void> {
    const running = await containersOf(state.composeProject);
    const published = [
        ...Object.entries(state.loadBalancers).flatMap(([container, { listeners }]) =>
            listeners.map((listener) => [container, listener.published] as const),
        ),
        ...Object.entries(state.standIns).flatMap(([container, { published: port }]) =>
            port === undefined ? [] : [[container, port] as const],
        ),
    ];
    const wanted = published
        .filter(([container]) => running.get(container)?.State.Status !== "running")
        .map(([, port]) => port);
    const ours = [...running.values()].flatMap(({ NetworkSettings }) =>
        Object.values(NetworkSettings.Ports ?? {}).flat(),
    );
    for (const { debug } of Object.values(state.services))
        if (debug !== undefined && !ours.some((port) => port?.HostPort === String(debug))) wanted.push(debug);
    const taken: string[] = [];
    for (const port of wanted) if (!(await isFree(port))) taken.push(`${port}, by ${await holderOf(port)}`);
    if (taken.length === 0) return;
    const subject = taken.length === 1 ? "a port is" : `${taken.length} ports are`;
    throw new UsageError(
        `${subject} in use: ${taken.join("; ")}. Free them, or move all of them: npx identity local up${ofStack(state.stack)} --port-offset ${state.portOffset + 10_000}`,
    );
}

const isFree = (port: number) =>
    new Promise<boolean>((resolve) => {
        const server = createServer();
        server.once("error", () => resolve(false));
        server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
    });

async function holderOf(port: number): Promise<string> {
    const format = '{{.Names}}\t{{.Label "com.docker.compose.project.working_dir"}}';
    const { stdout } = await docker(["ps", "--filter", `publish=${port}`, "--format", format]);
    const [name, folder] = stdout.trim().split("\n")[0]!.split("\t");
    if (!name) return "another program";
    return `the container ${name}${folder ? `, started from ${folder}` : ""}`;
}
