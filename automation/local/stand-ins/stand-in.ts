/** What all containers share that stand in for a service of AWS. */
import path from "node:path";
import { buildDigest } from "../../../components/container-image/build";
import { ROOT } from "../dockerfiles";
import type { LocalImage } from "../local-aws";
import type { ComposeServices } from "../tasks";

/** Containers in place of a service of AWS, with what they need. */
export interface StandIns {
    readonly composed: ComposeServices;
    readonly images: readonly LocalImage[];
}

/** Where their images are, from the project's root. */
export const STAND_IN_IMAGES = "automation/local/images";

/** What the names of these images begin with. */
export const standInImages = (project: string) => `${project}/local-`;

/** One of these images, named after the compose project. */
export const standInImage = (project: string, name: string, args: Record<string, string> = {}): LocalImage => {
    const context = `${STAND_IN_IMAGES}/${name}`;
    const digest = buildDigest({ context: path.join(ROOT, context), args }, "local");
    return { reference: `${standInImages(project)}${name}:${digest}`, context, args };
};

/**
 * Docker calls a container unhealthy only after its start period: compose gives up on everything that depends on it then, and
 * PostgreSQL's first start takes minutes on a busy machine. A check that passes makes the container healthy at once.
 */
export const STAND_IN_CHECK = { interval: "2s", timeout: "5s", retries: 30, start_period: "5m" };

/** A program that is no user's own gets no right that it does not need. */
export const CONFINED = {
    pull_policy: "never",
    init: true,
    read_only: true,
    cap_drop: ["ALL"],
    restart: "unless-stopped",
} as const;
