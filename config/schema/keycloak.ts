/** Keycloak as a cluster. */
import { z } from "zod";
import { NEWEST } from "../../components/keycloak/versions";
import { architecture } from "./architecture";
import { keycloakAutoscaling } from "./autoscaling";
import { database } from "./database";
import { egress } from "../heritage/egress-schema";
import { notSecret, secretSource } from "./secrets";
import { spot } from "./spot";
import { hostLabel } from "./values";

export const keycloak = z
    .strictObject({
        version: z
            .string()
            .describe(
                `The release, as text and written out: "${NEWEST}". Another patch version rolls; for another minor version every ` +
                    "node stops first, and there is no way back but a backup. Needed.",
            ),
        host: hostLabel.optional().describe("Its name under domain.name, one label. Default: auth."),
        count: z
            .int()
            .min(1)
            .max(20)
            .optional()
            .describe("Nodes (tasks). With autoscaling: the fewest. Default: one per zone."),
        autoscaling: keycloakAutoscaling,
        architecture,
        spot,
        cpu: z
            .int()
            .optional()
            .describe(
                "CPU units of a node (1024 are one vCPU). Default: 1024: 15 log-ins by password a second at the most, 6 at 40 % use.",
            ),
        memory: z
            .int()
            .optional()
            .describe(
                "Memory of a node in MiB. Default: 2048, of which 70 % is heap; at rest a node takes 460 to 630.",
            ),
        poolSize: z
            .int()
            .min(2)
            .max(200)
            .optional()
            .describe("Connections to the database that one node opens, and keeps. Default: 10 in dev, 30 in prod."),
        database: database.optional().describe("Its own PostgreSQL instance, or shared. Default: as walletDb's."),
        image: z
            .string()
            .min(1)
            .optional()
            .describe(
                "An image that exists already, by digest (…@sha256:…), with the release that `version` names. It must be made like " +
                    "images/keycloak. Default: images/keycloak is built and pushed.",
            ),
        relativePath: z
            .string()
            .regex(/^(\/[A-Za-z0-9_-]+)+$/, "path")
            .optional()
            .describe(
                "The path that all of Keycloak is below, such as /auth, as it was before version 17. Another one changes every issuer: " +
                    "applications must be told. Default: none.",
            ),
        environment: z
            .record(z.string(), z.string())
            .optional()
            .describe(
                "In the clear: Keycloak's settings (KC_…), those of its build among them, and variables that realm files name as " +
                    "${VARIABLE}. Default: none.",
            ),
        notSecret,
        secrets: z
            .record(z.string(), secretSource)
            .optional()
            .describe(
                "Secrets that the realm files in images/keycloak/realms name as ${VARIABLE}, and settings of Keycloak (KC_…) that " +
                    "are secrets, by variable. Default: none.",
            ),
        tls: z
            .union([z.boolean(), z.enum(["both"])])
            .optional()
            .describe(
                "TLS from the load balancers up to an Envoy beside each node, which tells Keycloak the client's address. both: for one `up` of a " +
                    "stack that was without, so that the next one, with true, has nobody wait. Default: true.",
            ),
        egress: egress
            .optional()
            .describe(
                "Where the nodes may connect to, beside port 443 anywhere, their database and one another: mail, directories. Default: " +
                    "the ports 389 to 636 anywhere.",
            ),
    })
    .describe("Keycloak as a cluster, with a database of its own.");

export type KeycloakInput = z.infer<typeof keycloak>;
