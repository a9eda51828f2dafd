/** An application with TLS up to its task. */
import { z } from "zod";
import { application } from "./application";
import { architecture } from "./architecture";
import { autoscaling } from "./autoscaling";
import { database, databaseCredentials } from "./database";
import { certificatePem, notSecret, privateKeyPem, secretSource } from "./secrets";
import { spot } from "./spot";
import { applicationPort, hostLabel } from "./values";

export const service = z
    .strictObject({
        build: application.build.describe(
            "The folder with its Dockerfile, from the project's root, e.g. images/hello; or { context, dockerfile, target, args }. Either " +
                "this or `image`.",
        ),
        image: application.image,
        port: applicationPort(
            "Where the application listens on 127.0.0.1: it gets HOST and PORT. Default: 8080.",
        ).optional(),
        protocol: z
            .enum(["http1", "http2"])
            .optional()
            .describe("What it speaks there; http2 is HTTP/2 in the clear (h2c). Default: http1."),
        healthCheckPath: z
            .string()
            .min(1)
            .describe("A path that answers 200 when it is well; load balancers ask it through TLS. Needed."),
        host: hostLabel.optional().describe("Its name under domain.name, one label. Default: the key."),
        paths: application.paths.describe(
            "Path patterns that lead to it, * for any characters. Default: every path of its host; without a domain it needs some, to be told apart.",
        ),
        priority: application.priority,
        count: application.count,
        autoscaling,
        architecture,
        spot,
        cpu: z
            .int()
            .optional()
            .describe("CPU units of a task (1024 are one vCPU), Envoy's share included. Default: 256."),
        memory: z.int().optional().describe("Memory of a task in MiB. Default: 512, of which Envoy takes about 20."),
        user: application.user.describe('The application\'s user by number, as text. Default: "1000".'),
        command: z
            .array(z.string())
            .min(1)
            .optional()
            .describe("The program and its words, e.g. [node, server.js]. Default: the image's own."),
        writable: application.writable,
        environment: z.record(z.string(), z.string()).optional().describe("In the clear."),
        notSecret,
        secrets: z
            .record(z.string(), secretSource)
            .optional()
            .describe("By the variable that ECS puts each into when a task starts."),
        parameters: z
            .record(z.string(), secretSource)
            .optional()
            .describe(
                "Secrets that the application reads by itself below PARAMETER_STORE_PREFIX, by what follows it, e.g. mail/password: generated or a value.",
            ),
        database: database
            .extend({
                name: z
                    .string()
                    .regex(/^[a-z][a-z0-9_]{0,62}$/, "database name")
                    .optional()
                    .describe(
                        "The database that is made, and its owner's name. Default: app; on the shared instance the service's own name, with _ for -.",
                    ),
                connections: z
                    .int()
                    .min(1)
                    .max(200)
                    .optional()
                    .describe("Connections that one task may open (DB_POOL_MAX). Default: 5."),
                credentials: databaseCredentials,
            })
            .optional()
            .describe("A PostgreSQL instance of its own. Default: none."),
        certificate: z
            .strictObject({
                pem: certificatePem(
                    "The certificate that Envoy shows to the load balancer, its authorities behind it.",
                ),
                privateKey: privateKeyPem("services.<name>.certificate"),
            })
            .optional()
            .describe("Default: one by an authority of the stack's own, which an `up` renews."),
    })
    .describe("An application with TLS up to its task.");

export type ServiceInput = z.infer<typeof service>;
