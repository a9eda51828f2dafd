/** The images of a compose file: built where the stack builds them, pulled where they exist. */
import { UsageError } from "../shared/errors";
import { dockerfileOf } from "../../components/container-image/build";
import { withoutSlash } from "../../config/dockerfile";
import { baseImages, inProject } from "./dockerfiles";
import { docker, dockerOutput } from "./docker";
import type { LocalImage } from "./local-aws";
import type { Progress } from "./progress";

/** Pulls or builds the missing images. Throws a `UsageError` for one that cannot be had. */
export async function haveImages(
    built: readonly LocalImage[],
    used: readonly string[],
    progress: Progress,
    signal: AbortSignal,
): Promise<void> {
    const references = new Set(built.map(({ reference }) => reference));
    const arePresent = await Promise.all(built.map(({ reference }) => isHere(reference)));
    const missing = built.filter((_, i) => !arePresent[i]);
    const bases = missing.flatMap((build) => baseImages(build).map((image) => ({ image, context: build.context })));
    for (const image of used) if (!references.has(image)) bases.push({ image, context: "" });
    for (const [image, context] of new Map(bases.map((base) => [base.image, base.context]))) {
        if (!(await isHere(image))) await pull(image, context, progress, signal);
    }
    for (const image of missing) await build(image, progress, signal);
}

/** What the VOLUMEs of images name that are not built here: pulled for that where they are missing. */
export async function volumesOfPulled(
    images: readonly string[],
    progress: Progress,
    signal: AbortSignal,
): Promise<Map<string, readonly string[]>> {
    const volumes = new Map<string, readonly string[]>();
    const look = ["image", "inspect", "--format", "{{json .Config.Volumes}}"];
    for (const image of images) {
        const { code, stdout } = await docker([...look, image]);
        if (code !== 0) await pull(image, "", progress, signal);
        const found = code === 0 ? stdout : await dockerOutput([...look, image]);
        const named = Object.keys((JSON.parse(found) as object | null) ?? {});
        volumes.set(image, named.map(withoutSlash));
    }
    return volumes;
}

const isHere = async (image: string) => (await docker(["image", "inspect", image])).code === 0;

async function pull(image: string, context: string, progress: Progress, signal: AbortSignal): Promise<void> {
    const { code, stderr } = await progress.during(`pulling ${image}`, () =>
        docker(["pull", "--quiet", image], { signal }),
    );
    if (code === 0) return;
    const needs = context ? ` (${context} starts from it)` : "";
    throw new UsageError(`the image ${image}${needs} is neither here nor can it be pulled: ${lastLine(stderr)}`);
}

async function build(image: LocalImage, progress: Progress, signal: AbortSignal): Promise<void> {
    const { reference, context, target, args } = image;
    const here = inProject(image);
    const settings = [
        "--tag",
        reference,
        "--file",
        dockerfileOf(here),
        ...(target === undefined ? [] : ["--target", target]),
        // Values come from the environment: a list of authorities is long.
        ...Object.keys(args).flatMap((name) => ["--build-arg", name]),
    ];
    const { code, stdout, stderr } = await progress.during(`building ${context}`, () =>
        docker(["build", ...settings, here.context], { env: args, signal }),
    );
    if (code === 0) return;
    const lines = `${stdout}\n${stderr}`.split("\n").filter((line) => line.trim() !== "");
    throw new UsageError(
        [`the image of ${context} cannot be built:`, ...lines.slice(-10).map((line) => `    ${line}`)].join("\n"),
    );
}

export const lastLine = (text: string) => text.trim().split("\n").at(-1) ?? "";
