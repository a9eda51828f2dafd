/** What a heritage is made of: an image that exists, or a folder that one is built from. */
import { existsSync } from "node:fs";
import path from "node:path";
import { type Draft, some, type Tree } from "./heritage";
import type { Build, Workload } from "./model";
import type { Path } from "./node";

/** A tag can come to mean another image; only a registry knows its digest. */
export function noteDigest(draft: Draft, reference: string, place: Path) {
    if (/@sha256:[0-9a-f]{64}$/.test(reference)) return;
    const name = reference.replace(/:[^:/]*$/, "");
    draft.note(
        "todo",
        `A digest in the place of the tag, ${name}@sha256:…: docker buildx imagetools inspect ${reference}`,
        place,
    );
}

export function imageKeys(draft: Draft, { image, imageCredentials }: Workload, folder: string, root: string): Tree {
    if ("reference" in image) {
        noteDigest(draft, image.reference, ["image"]);
        return { image: image.reference, image_credentials: imageCredentials };
    }
    if ("missing" in image) {
        draft.note("todo", image.missing, ["build"]);
        return { build: `images/${draft.name}` };
    }
    return { build: buildKey(draft, image.build, folder, root) };
}

function buildKey(draft: Draft, build: Build, folder: string, root: string): Tree | string {
    const from = path.relative(root, path.resolve(folder));
    const isWithin =
        !from.startsWith("..") && !path.isAbsolute(from) && existsSync(path.resolve(folder, build.context));
    const base = isWithin ? from : `images/${draft.name}`;
    const context = path.normalize(path.join(base || ".", build.context)).replace(/\/$/, "");
    if (!isWithin) {
        draft.note(
            "todo",
            `Put the application's folder at ${base} (a checkout, a submodule or a copy), with its Dockerfile.`,
            ["build"],
        );
    }
    const named = build.dockerfile?.replace(/^\.\//, "");
    const dockerfile = named === "Dockerfile" ? undefined : named;
    for (const [name, value] of Object.entries(build.args ?? {})) {
        if (value !== undefined) continue;
        const whole = `The build argument ${name} has no value in the file: the Dockerfile's default is taken, or write one under build.args.`;
        draft.note("todo", whole, ["build"]);
    }
    const others = some({ dockerfile, target: build.target, args: build.args && some(build.args) });
    return others ? { context, ...others } : context;
}
