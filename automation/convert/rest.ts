/** What of a file nobody has looked at: it has no key here, and is named with what to do. */
import type { Draft } from "./heritage";
import type { Node, Path } from "./node";
import type { Placed } from "./bindings";
import { wholeFile } from "./shapes";
import { shown } from "./shown";

/** What to do, by the last key. */
const HINTS: readonly [keys: RegExp, hint: string][] = [
    [/^include$/, `${wholeFile()} of all`],
    [/^(cap_add|cap_drop|privileged|devices|security_opt|pid|ipc|userns_mode)$/i, "Fargate takes no such thing"],
    [
        /^(ulimits?|sysctls|shm_size|systemControls)$/i,
        "there is no key for it: where the application needs it, say so to whoever keeps the platform",
    ],
    [
        /^(network_mode|extra_hosts|dns|ipv4_address|external_links|mac_address|dnsServers|dnsSearchDomains)$/i,
        "tasks have names and addresses of the VPC",
    ],
    [/^(working_dir|workingDirectory)$/i, "WORKDIR of the Dockerfile; or command: cd … && exec …"],
    [/^(stop_signal|kill_signal)$/i, "STOPSIGNAL of the Dockerfile: ECS sends SIGTERM otherwise"],
    [/^(ephemeral|ephemeralStorage)$/i, "a task has 20 GiB, and no key gives it more"],
    [/^(nlb|tcp)$/i, "load balancers take HTTP alone"],
    [/^(labels)$/i, "a reverse proxy read these: hosts and paths of listeners say the same"],
    [/^(taskdef_overrides|taskDefinitionOverrides)$/i, "task definitions are the program's"],
    [
        /^(proxyConfiguration|firelensConfiguration|logging|logConfiguration)$/i,
        "plugins: { firelens: … } sends logs elsewhere",
    ],
    [/^(alerts|alarms|rollback_alarms)$/i, "alarms are the platform's: identity:alarmTopicArn"],
];

export function nameRest(
    roots: readonly Node[],
    drafts: readonly Draft[],
    placed: readonly Placed[],
    /** An environment of the file that nobody asked for. */
    isOther: (environment: string) => boolean,
) {
    for (const root of roots) {
        for (const leaf of root.leaves()) if (leaf.isNothing) leaf.leaveOut("it is empty");
        for (const node of root.unused()) {
            const [top, name] = node.path;
            if (top === "environments" && typeof name === "string" && isOther(name)) continue;
            const owner = ownerOf(node, placed);
            const draft = drafts.find((candidate) => candidate.name === owner?.heritage) ?? drafts[0]!;
            const key = String(node.path.findLast((step) => typeof step === "string") ?? "");
            const hint = isOfUnread(root, node)
                ? "--environment takes one of them; or write it under environments, by the name of a stack"
                : (HINTS.find(([keys]) => node.path.some((step) => keys.test(String(step))))?.[1] ??
                  "no key here says it");
            draft.note(
                "todo",
                `${root.file === roots[0]!.file ? "" : `${root.file}: `}${node.where}: ${shown(node.plain(), key)}: ${hint}.`,
                owner ? placeOf(owner) : [],
            );
        }
    }
}

/** Of one of the file's own environments, of which nothing was taken. */
function isOfUnread(root: Node, { path: [top, name] }: Node): boolean {
    if (top !== "environments" || name === undefined) return top === "environments";
    const leaves = root.get(top, name)?.leaves() ?? [];
    return !leaves.some((leaf) => leaf.isUsed && leaf.reason === undefined);
}

/** The workload that says the most of it. */
function ownerOf(node: Node, placed: readonly Placed[]): Placed | undefined {
    const covers = (path: Path) => path.length > 0 && path.every((step, i) => step === node.path[i]);
    const lengths = placed.map((candidate) =>
        Math.max(
            -1,
            ...candidate.workload.from
                .filter(({ file, path }) => file === node.file && (covers(path) || path.length === 0))
                .map(({ path }) => path.length),
        ),
    );
    const most = Math.max(...lengths);
    return most < 0 ? undefined : placed[lengths.indexOf(most)];
}

function placeOf({ workload, service }: Placed): Path {
    if (workload.kind === "before") return ["before_deploy"];
    return [workload.kind === "scheduled" ? "scheduled_tasks" : "services", service];
}
