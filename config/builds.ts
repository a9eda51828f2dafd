/** Images that the program builds: what a file says of each, and what it is called. */
import type { Build } from "../components/container-image/build";
import type { Architecture } from "../components/fargate/architecture";
import type { PlatformConfig } from "./defaults";

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

/** The services and heritages that run an image, by its name. */
export const usersOf = ({ services, heritages }: PlatformConfig, name: string) =>
    [...Object.entries(services), ...Object.entries(heritages)].flatMap(([owner, user]) =>
        user.build !== undefined && imageName(owner, user.build) === name ? [user] : [],
    );

/**
 * The name of an image for one kind of processors. Where its users have both kinds, that which the stack does not say is in the name of its
 * own: a repository's tags are of one kind.
 */
export const imageNameFor = (
    name: string,
    architecture: Architecture,
    users: readonly Architecture[],
    stack: Architecture,
) =>
    architecture !== stack && users.some((other) => other !== architecture)
        ? `${name}-${architecture.replace("_", "-")}`
        : name;
