/**
 * Everything that `heritages/<name>.yml` may say. The keys here are written as the program writes them; in the file they are in
 * small letters with `_` (`scheduled_tasks`, see `snake-case.ts`).
 */
import { z } from "zod";
import { mounts, receives, sidecars, volumes } from "./sidecar-schema";
import { application } from "../schema/application";
import { architecture } from "../schema/architecture";
import { autoscaling } from "../schema/autoscaling";
import { database, databaseCredentials } from "../schema/database";
import { plugins } from "../schema/plugins";
import { notSecret, secretSource } from "../schema/secrets";
import { spot } from "../schema/spot";
import { applicationPort, timeZone } from "../schema/values";
import { DATABASE_ATTRIBUTES } from "../../components/application-database";
import { egress } from "./egress-schema";
import { deregistrationSeconds, healthCheck, listener, protocol, stickySeconds } from "./load-balancing-schema";
import { permissions } from "./permissions-schema";
import { uses } from "./uses";

const words = (about: string) => z.array(z.string().min(1)).min(1).describe(about);
const command = (about: string) =>
    z.union([z.string().regex(/\S/, "command"), z.array(z.string().min(1)).min(1)]).describe(about);
const entrypoint = words(
    "What the command's words are given to, in place of the image's own ENTRYPOINT; the image's own CMD is then left out. Default: the image's.",
).optional();
const cpu = z.int().optional().describe("CPU units of a task (1024 are one vCPU). Default: 256.");
const memory = z.int().optional().describe("Memory of a task in MiB. Default: 512.");

/** An encrypted value is for stack files, where Pulumi encrypts it. */
const heritageSecret = secretSource
    .omit({ value: true })
    .describe("generate: {}, set: {}, or what exists: a parameter in SSM, a secret in Secrets Manager.");

const ownSecrets = z
    .record(z.string(), heritageSecret)
    .describe("Of this one alone, beside the heritage's. Default: none.");

const serviceAutoscaling = autoscaling
    .unwrap()
    .extend({
        requestsPerTask: z
            .int()
            .min(1)
            .optional()
            .describe("Requests that a task is to answer in a minute. Default: they are not counted."),
        messagesPerTask: z
            .record(z.string(), z.int().min(1))
            .optional()
            .describe(
                "Messages that may wait for each task, by the name of a queue in uses: { jobs: 100 }. Default: they are not counted.",
            ),
    })
    .optional()
    .describe(
        "Target tracking between `min` and `max`; the target that asks for the most tasks decides. Default: none.",
    );

const service = z
    .strictObject({
        listeners: z
            .array(listener)
            .min(1)
            .max(10)
            .optional()
            .describe("Ways in through the load balancers. Default: none, a worker."),
        reachable: z
            .boolean()
            .optional()
            .describe(
                "Other tasks reach it by name, <heritage>-<service>.<stack>.internal: on its port, or on 8443 with TLS where it has " +
                    "listeners and tls. Default: false.",
            ),
        port: applicationPort(
            "Where the application listens: it gets PORT. For what has listeners or is reachable. Default: 8080.",
        ).optional(),
        healthCheckPath: z
            .string()
            .min(1)
            .optional()
            .describe("A path that answers 200 when it is well. Needed where there are listeners."),
        healthCheck,
        protocol,
        deregistrationSeconds,
        stickySeconds,
        healthCheckCommand: words("A command in the container that exits 0 when it is well. Default: none.").optional(),
        tls: z
            .boolean()
            .optional()
            .describe(
                "TLS from the load balancer up to the task, where an Envoy hands on to the application on 127.0.0.1 (HOST). Default: true.",
            ),
        count: z
            .int()
            .min(0)
            .max(100)
            .optional()
            .describe("Tasks; 0 stops it, and keeps all else. With autoscaling: the fewest. Default: one per zone."),
        singleton: z
            .boolean()
            .optional()
            .describe(
                "One task, never two: it stops before the one that takes its place starts. Also in prod. Default: false.",
            ),
        mounts,
        sidecars: sidecars({
            command: command("The program and its words, or a text for a shell. Default: the image's own."),
            entrypoint,
            secret: heritageSecret,
        }),
        receives,
        stopFirst: z
            .boolean()
            .optional()
            .describe(
                "All tasks stop before new ones start, for versions that may not run side by side. Default: false.",
            ),
        autoscaling: serviceAutoscaling,
        spot,
        cpu,
        memory,
        entrypoint,
        command: command(
            "The program and its words, e.g. [node, worker.js]; or a text, which a shell reads: bundle exec puma -p $PORT. Default: the image's own.",
        ).optional(),
        environment: z.record(z.string(), z.string()).optional().describe("In the clear, beside the heritage's."),
        secrets: ownSecrets.optional(),
        writable: application.writable,
        stopTimeout: z
            .int()
            .min(2)
            .max(120)
            .optional()
            .describe("Seconds between SIGTERM and SIGKILL, for what is under way. Default: 30."),
    })
    .describe("Tasks of the application that run all the time: web, with listeners, or a worker without.");

const taskMounts = mounts.describe(
    "Which of the heritage's volumes with efs it has, and where: uploads: /app/uploads. Default: none.",
);

const scheduledTask = z
    .strictObject({
        schedule: z
            .string()
            .regex(/^(cron\(([^\s()]+ ){5}[^\s()]+\)|rate\([1-9]\d* (minute|hour|day)s?\))$/, "schedule")
            .describe("cron(0 3 * * ? *) (minute, hour, day, month, day of the week, year) or rate(1 hour). Needed."),
        timeZone: timeZone("The zone that a cron expression is read in, e.g. Asia/Tokyo. Default: UTC.").optional(),
        entrypoint,
        command: command("What runs, in the heritage's image: a list of words, or a text for a shell. Needed."),
        retries: z
            .int()
            .min(0)
            .max(10)
            .optional()
            .describe("How often a run that could not be started is tried again, within an hour. Default: 2."),
        cpu,
        memory,
        environment: z.record(z.string(), z.string()).optional().describe("In the clear, beside the heritage's."),
        secrets: ownSecrets.optional(),
        mounts: taskMounts,
        writable: application.writable,
    })
    .describe("A task that runs by the clock, to its end.");

const beforeDeploy = z
    .strictObject({
        entrypoint,
        command: command("What runs, in the heritage's new image: a list of words, or a text for a shell. Needed."),
        timeoutSeconds: z.int().min(10).max(3600).optional().describe("How long it may take. Default: 900."),
        cpu,
        memory,
        mounts: taskMounts,
        writable: application.writable,
    })
    .describe("A task that runs to its end before any service of the heritage changes; where it fails, none does.");

const deploy = z
    .strictObject({
        repository: z
            .string()
            .regex(/^[A-Za-z0-9][A-Za-z0-9-]*(@\d+)?\/[A-Za-z0-9._-]+(@\d+)?$/, "GitHub repository")
            .describe("owner/name on GitHub; owner@1234/name@5678 for one made or renamed since July 2026. Needed."),
        environment: z
            .string()
            .regex(/^[A-Za-z0-9._-]+$/, "environment")
            .optional()
            .describe(
                "The environment on GitHub whose jobs may deploy; there it says which branches it takes. Default: the stack's name.",
            ),
        branch: z
            .string()
            .optional()
            .describe("Refused: a branch is named on GitHub, in the rules of the environment."),
    })
    .describe(
        "For the CI of the application's own repository: a state machine that deploys an image's digest, and a role that starts it.",
    );

const names = z.string().regex(/^[a-z]([a-z0-9-]{0,10}[a-z0-9])?$/, "name");

export const heritageSchema = z.strictObject({
    build: application.build.describe(
        "The folder with its Dockerfile, from the project's root, e.g. images/blog; or { context, dockerfile, target, args }. Either this " +
            "or `image`.",
    ),
    image: application.image,
    architecture,
    imageCredentials: z
        .string()
        .regex(/^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]+$/, "ARN of a secret")
        .optional()
        .describe(
            'For an image in a private registry: the ARN of a secret in Secrets Manager, {"username": …, "password": …}, encrypted by ' +
                "the account's own key. Default: none, for ECR and for what is public.",
        ),
    user: application.user.describe('Who it runs as, by number, as text. Default: "1000".'),
    environment: z.record(z.string(), z.string()).optional().describe("Of all its tasks, in the clear."),
    environmentFiles: z
        .array(z.string().regex(/^(?!\/)(?!.*\.\.)[\w./-]+$/, "file of the project"))
        .min(1)
        .optional()
        .describe(
            "Files of lines KEY=value, from the project's root, for all its tasks and in the clear. A later file overrides an earlier one, " +
                "and `environment` both. Default: none.",
        ),
    notSecret,
    secrets: z
        .record(z.string(), heritageSecret)
        .optional()
        .describe("Of all its tasks, by the variable that ECS puts each into when a task starts."),
    database: database
        .extend({
            shared: z
                .union([z.boolean(), z.literal("where-there-is-one")])
                .optional()
                .describe(
                    "On the stack's shared instance (sharedDatabase), with a role and a database of its own, in place of an instance of its " +
                        "own; where-there-is-one: in the stacks that have one, and on an instance of its own in the others. Data do not move. " +
                        "Default: false.",
                ),
            credentials: databaseCredentials,
            variables: z
                .record(z.string(), z.enum(DATABASE_ATTRIBUTES))
                .optional()
                .describe(
                    "Variables by the application's own names, e.g. { DATABASE_URL: url, PGHOST: host }: exactly these, and none of " +
                        "DB_USER and so on; url and password are secrets. Default: DB_USER, DB_PASSWORD, DB_HOST, DB_PORT, DB_NAME, " +
                        "DB_POOL_MAX, DB_CA_PEM.",
                ),
        })
        .optional()
        .describe(
            "A PostgreSQL instance of its own, told by DB_USER, DB_PASSWORD, DB_HOST, DB_PORT and DB_NAME. Default: none.",
        ),
    uses: uses.optional(),
    egress: egress.optional(),
    permissions: permissions.optional(),
    volumes,
    services: z.record(names, service).optional().describe("By name: 1 to 12 lower-case letters, digits and dashes."),
    scheduledTasks: z
        .record(names, scheduledTask)
        .optional()
        .describe("By name: 1 to 12 lower-case letters, digits and dashes."),
    beforeDeploy: beforeDeploy.optional(),
    deploy: deploy.optional(),
    plugins: plugins(heritageSecret).optional(),
});

export type HeritageInput = z.infer<typeof heritageSchema>;
