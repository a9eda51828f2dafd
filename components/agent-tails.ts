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
export const TAILS_PATH = "/tails";
/** What the public endpoint sends there. */
export const TAILS_PATHS = `${TAILS_PATH}/*`;
const HEALTH = `${TAILS_PATH}/health`;

/** @param loopback Whether the task's Envoy alone reaches it. */
export const tailsContainer = ({ image, port }: TailsArgs, loopback: boolean): ContainerArgs => ({
    image,
    user: TAILS_USER,
    environment: { ...(loopback ? { HOST: "127.0.0.1" } : {}), PORT: String(port), DIRECTORY },
    ...(loopback ? { innerPorts: [port] } : { ports: [port] }),
    mounts: { [TAILS]: DIRECTORY },
    healthCheck: { command: pythonCheck(port, HEALTH) },
});

export const tailsTarget = (port: number) => ({ port, healthCheck: { path: HEALTH } });

/** Of a route that has a name its URL has the path already. */
export const tailsBase = (url: pulumi.Output<string>) => url.apply((base) => base.replace(/(\/tails)?$/, TAILS_PATH));

/** For the agent in the same task. */
export const localTails = (port: number) => `http://127.0.0.1:${port}${TAILS_PATH}`;
