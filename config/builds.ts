/** Images that the program builds: what a file says of each, and what it is called. */
import type { Build } from "../components/container-image/build";

/** A folder with its Dockerfile, or one with more to say. */
export type BuildInput = string | Build;

export const buildOf = (input: BuildInput): Build => (typeof input === "string" ? { context: input } : input);

/** Build arguments; none of an image that exists. */
export const argumentsOf = (input: BuildInput | undefined): Readonly<Record<string, string>> =>
    input === undefined ? {} : (buildOf(input).args ?? {});

/**
 * The name of an image, and of its repository. A folder is one image for all that build it; a build with more to say is its owner's, so that
 * another stage or argument makes no other repository.
 */
export const imageName = (owner: string, build: BuildInput): string =>
    typeof build === "string"
        ? build
              .replace(/^images\//, "")
              .replaceAll(/[^a-z0-9]+/gi, "-")
              .replaceAll(/^-|-$/g, "") // a repository's name begins and ends with neither
        : owner;
