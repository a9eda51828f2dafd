/** The server of tails files beside each agent of a cluster (images/tails-server). */
import type * as pulumi from "@pulumi/pulumi";
import type { TailsArgs } from "./agent-cluster";
import type { ContainerArgs } from "./fargate/container";
import { pythonCheck } from "./python-check";

/** What the container, its volume and its route are called. */
export const TAILS = "tails";
/** Who the image runs as, and whose the file system's directory is. */
export const TAILS_USER = "1000";
const DIRECTORY = "/tails";
/** Where the server has everything, and what tells it from DIDComm where both are under one name. */
const PATH = "/tails";
/** What the public endpoint sends there. */
export const TAILS_PATHS = `${PATH}/*`;
const HEALTH = `${PATH}/health`;

export const tailsContainer = ({ image, port }: TailsArgs): ContainerArgs => ({
    image,
    user: TAILS_USER,
    environment: { PORT: String(port), DIRECTORY },
    ports: [port],
    mounts: { [TAILS]: DIRECTORY },
    healthCheck: { command: pythonCheck(port, HEALTH) },
});

export const tailsRoute = (port: number) => ({ port, paths: [TAILS_PATHS], healthCheck: { path: HEALTH } });

/** Of a route that has a name its URL has the path already. */
export const tailsBase = (url: pulumi.Output<string>) => url.apply((base) => base.replace(/(\/tails)?$/, PATH));

/** For the agent in the same task. */
export const localTails = (port: number) => `http://127.0.0.1:${port}${PATH}`;
