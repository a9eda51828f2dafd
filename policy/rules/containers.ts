/** Policies for the containers of a task definition. */
import { NOT_SECRET_LABEL, reasonsIn } from "../../components/fargate/not-secret";
import type { Finding, Level, ResourcePolicy, PolicyResource } from "../policy";
import { looksSecret } from "../secrets/looks-secret";

interface Container {
    readonly name: string;
    readonly image?: string;
    readonly user?: string;
    readonly essential?: boolean;
    readonly readonlyRootFilesystem?: boolean;
    readonly environment?: readonly { name: string; value?: string }[];
    readonly dockerLabels?: Readonly<Record<string, string>>;
    readonly logConfiguration?: { logDriver?: string; options?: Record<string, string> };
    readonly firelensConfiguration?: unknown;
}

export const TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition";

function containers({ inputs }: PolicyResource): Container[] {
    try {
        const read: unknown = JSON.parse(String(inputs.containerDefinitions));
        return Array.isArray(read) ? read : [];
    } catch (error) {
        if (error instanceof SyntaxError) return []; // AWS rejects invalid JSON
        throw error;
    }
}

type Found = Omit<Finding, "part">;

function ofContainers(
    policy: Pick<ResourcePolicy, "name" | "asks" | "fix"> & { dev?: Level; find(container: Container): Found[] },
): ResourcePolicy {
    const { find, dev = "mandatory", ...rest } = policy;
    return {
        ...rest,
        dev,
        types: [TASK_DEFINITION],
        check: (resource) =>
            containers(resource).flatMap((container) =>
                find(container).map((found) => ({ ...found, part: container.name })),
            ),
    };
}

/** Agents that write their configuration into many places of their root file system when they start (`components/plugins.ts`). */
const WRITING_AGENTS = ["datadog-agent", "newrelic-infra"];

const isWritingAgent = ({ name, essential }: Container) => WRITING_AGENTS.includes(name) && essential === false;

export const CONTAINER_POLICIES: readonly ResourcePolicy[] = [
    ofContainers({
        name: "ecs-no-secret-in-environment",
        asks: "No variable in the clear of a container looks like a secret.",
        fix: "under secrets, so that ECS puts it in when the task starts; rotate it where it was a real one",
        find: ({ environment = [], dockerLabels }) => {
            const reasons = reasonsIn(dockerLabels?.[NOT_SECRET_LABEL]);
            return environment.flatMap(({ name, value = "" }) => {
                const why = looksSecret(name, value);
                if (why === undefined) return [];
                return [{ what: `the variable ${name} looks like a secret: ${why}`, reason: reasons[name] }];
            });
        },
    }),
    ofContainers({
        name: "ecs-image-by-digest",
        asks: "Every image is named by its digest.",
        fix: "repository@sha256:<64 hexadecimal digits>, as ContainerImage gives it",
        find: ({ image = "" }) =>
            /@sha256:[0-9a-f]{64}$/.test(image)
                ? []
                : [{ what: `${image || "its image"} can come to mean another image between two starts of a task` }],
    }),
    ofContainers({
        name: "ecs-read-only-root",
        asks: "Every container's root file system is read-only.",
        fix: "readonlyRootFilesystem: true, and the directories that it writes to as volumes (`writable`)",
        dev: "advisory",
        find: (container) => {
            if (container.readonlyRootFilesystem === true) return [];
            const what = "its root file system can be written to";
            if (container.firelensConfiguration) return [{ what, reason: "ECS writes the log router's configuration" }];
            if (isWritingAgent(container)) return [{ what, reason: "the agent writes its configuration at its start" }];
            return [{ what }];
        },
    }),
    ofContainers({
        name: "ecs-non-root",
        asks: "No container runs as root.",
        fix: 'user: the number of another one, e.g. "1000"',
        find: ({ user, firelensConfiguration }) => {
            if (user !== undefined && !/^(root|0+)(:|$)/.test(user)) return [];
            const what = user === undefined ? "its user is not said, and may be root" : "it runs as root";
            // The ECS guide requires "user": "0"; components/plugins.ts drops its capabilities.
            if (firelensConfiguration) return [{ what, reason: "ECS writes the log router's socket for root alone" }];
            return [{ what }];
        },
    }),
    ofContainers({
        name: "ecs-logs",
        asks: "Every container's log goes to CloudWatch, into a log group of the program, or to the task's log router.",
        fix: "logConfiguration: awslogs with the group that the program makes, without awslogs-create-group",
        dev: "advisory",
        find: ({ logConfiguration: { logDriver, options } = {} }) => {
            if (logDriver === undefined) return [{ what: "it has no log" }];
            if (!["awslogs", "awsfirelens"].includes(logDriver)) return [{ what: `its log goes to ${logDriver}` }];
            if (options?.["awslogs-create-group"] !== "true") return [];
            return [{ what: "ECS makes its log group, which keeps everything for ever" }];
        },
    }),
];
