import path from "node:path";

/** The images that components need and that come with them: Dockerfile and files, to be built by a `ContainerImage`. */
export type ImageName = "acapy-agent" | "database-roles" | "envoy" | "keycloak" | "tails-server";

/**
 * The folder of an image that comes with the components, from the working directory: the state keeps it, and the next machine has its
 * packages somewhere else.
 *
 * @example
 * const envoy = new ContainerImage("envoy", { context: imageFolder("envoy") });
 */
export const imageFolder = (image: ImageName): string =>
    // `components/` and `dist/` are both in the package's own folder.
    path.relative(process.cwd(), path.join(__dirname, "../images", image));
