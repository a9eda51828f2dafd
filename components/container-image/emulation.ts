/** Images for other processors than this machine's: Docker builds them by emulation (QEMU), where it has it. */
import { AsyncResource } from "node:async_hooks";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { hasEngine } from "../engine";

type Ask = () => Promise<string>;

/** What is to be known before a build for a platform, such as linux/arm64; nothing of this machine's own. */
export type Emulation = { readonly problem: { what: string; fix: string } } | { readonly note: string } | undefined;

/** Docker's own machine may be another than the one that this runs on, and has the last word. */
export async function emulation(platform: string, names: string, ask: Ask = inspect): Promise<Emulation> {
    const [native, ...others] = platformsOf(await ask().catch(() => ""));
    // Docker that says nothing of it is left to say it in the build.
    if (native === undefined || native === platform) return undefined;
    if (others.includes(platform)) {
        return {
            note: `${names}: built for ${platform} by emulation, which is many times as slow as a build for ${native}`,
        };
    }
    const processors = platform.split("/")[1]!;
    return {
        problem: {
            what: `${names}: to be built for ${platform}, and this machine's Docker runs ${native} alone`,
            fix:
                `give it emulation (docker run --privileged --rm tonistiigi/binfmt --install ${processors}), build on a machine with such ` +
                `processors, or architecture: ${platform === "linux/arm64" ? "x86_64" : "arm64"} in the stack file`,
        },
    };
}

/**
 * Before an image is built: warns of what Docker could not run ("exec format error" at a RUN of the Dockerfile; a build without one needs no
 * emulation), and says what takes long.
 */
export function checksEmulation(name: string, platform: string, resource: pulumi.Resource): pulumi.ResourceHook[] {
    if (!hasEngine() || platform === PLATFORM_HERE) return [];
    // Bound to where it is made: the engine calls a hook from outside the program, where its log would go nowhere.
    const check = AsyncResource.bind(async () => {
        const found = await emulation(platform, name);
        if (found && "note" in found) pulumi.log.info(found.note, resource);
        if (found && "problem" in found) pulumi.log.warn(`${found.problem.what}: ${found.problem.fix}`, resource);
    });
    return [
        new pulumi.ResourceHook(`${name}-emulation`, async ({ newInputs, oldInputs }) => {
            if (newInputs?.imageName !== oldInputs?.imageName) await check();
        }),
    ];
}

const PLATFORM_HERE = `linux/${process.arch === "arm64" ? "arm64" : "amd64"}`;

/** The first one is the machine's own: `Platforms: linux/amd64, linux/amd64/v2, linux/386, linux/arm64` (an asterisk: somebody's choice). */
const platformsOf = (text: string): string[] =>
    (/^Platforms:[ \t]*(.+)$/m.exec(text)?.[1] ?? "")
        .split(/,\s*/)
        .flatMap((platform) => platform.replace("*", "").trim() || []);

const inspect: Ask = async () =>
    (await promisify(execFile)("docker", ["buildx", "inspect"], { timeout: 20_000 })).stdout;
