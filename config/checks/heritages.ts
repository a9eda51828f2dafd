/** Applications of the team, each with services and tasks of its own. */
import { CONNECTIONS } from "../../components/application-database";
import { ENVOY_ADMIN_PORT, ENVOY_PORT } from "../../components/envoy/sidecar";
import { sizeProblem } from "../../components/fargate/sizes";
import { type HeritageConfig, isBehindEnvoy, type PlatformConfig } from "../defaults";
import { buildProblems } from "./builds";
import { commandProblems, entrypointOf } from "./commands";
import { databaseProblems, homeOf, imageProblems, maxTasks, type Path, type Problem, workloadProblems } from "./common";
import { hostProblems } from "./hosts";
import { variableProblems } from "./heritage-variables";
import { healthPathProblems, patternProblems } from "./services";
import { scalingProblems } from "./scaling";
import { sidecarProblems } from "./sidecars";
import { targetProblems } from "./targets";
import { timeZoneProblems } from "./time-zone";
import { servicesOf, taskMountProblems, tasksOf, volumeProblems } from "./volumes";
import { writableProblems } from "./writable";

type Service = HeritageConfig["services"][string];
type At = (...rest: (string | number)[]) => Path;

export function checkHeritages(config: PlatformConfig): Problem[] {
    return Object.entries(config.heritages).flatMap(([name, heritage]) => checkHeritage(name, heritage, config));
}

function checkHeritage(name: string, heritage: HeritageConfig, config: PlatformConfig): Problem[] {
    const at: At = (...rest) => ["heritages", name, ...rest];
    const services = Object.entries(heritage.services);
    const tasks = Object.entries(heritage.scheduledTasks);
    const problems: Problem[] = [
        ...buildProblems(at, heritage),
        ...imageProblems(at("image"), heritage.image, config),
        ...credentialProblems(at("imageCredentials"), heritage, config),
        ...services.flatMap(([key, service]) =>
            serviceProblems((...rest) => at("services", key, ...rest), service, config),
        ),
        ...[...servicesOf(heritage), ...tasksOf(heritage)].flatMap(([place, { writable }]) =>
            writableProblems(at(...place, "writable"), { ...heritage, writable }),
        ),
        ...services.flatMap(([key, service]) =>
            sidecarProblems((...rest) => at("services", key, ...rest), service, heritage, config),
        ),
        ...services.flatMap(([key, service]) => scalingProblems(at("services", key), service, heritage)),
        ...volumeProblems(at, heritage),
        ...taskMountProblems(at, heritage),
        ...tasks.flatMap(([key, task]) => taskProblems((...rest) => at("scheduledTasks", key, ...rest), task)),
        ...(heritage.beforeDeploy ? sizeProblems((...rest) => at("beforeDeploy", ...rest), heritage.beforeDeploy) : []),
        ...commandsProblems(at, heritage),
        ...databaseProblem(at, heritage),
        ...variableProblems(at, heritage, config),
    ];
    if (heritage.deploy?.branch !== undefined) {
        problems.push({
            path: at("deploy", "branch"),
            what: "does not say which stack: the same branch would deploy to dev and to prod",
            fix:
                "take it out; jobs of the GitHub environment that has the stack's name, or the one of `environment`, deploy. There, limit it to " +
                `the branch ${heritage.deploy.branch} (Settings, Environments, deployment branches)`,
        });
    }
    if (services.length + tasks.length === 0) {
        problems.push({
            path: at(),
            what: "has neither services nor scheduled_tasks: nothing would run",
            fix: "at least one, e.g. services: { worker: {} }",
            also: [at("services"), at("scheduledTasks")],
        });
    }
    return problems;
}

/** ECS reads the secret in the task's own region. ECR needs no credentials, only the execution role. */
function credentialProblems(path: Path, heritage: HeritageConfig, { region }: PlatformConfig): Problem[] {
    const { image, imageCredentials: arn } = heritage;
    if (arn === undefined) return [];
    if (image === undefined || image.includes(".dkr.ecr.")) {
        const what = "is for an image that exists, in a private registry other than ECR";
        return [{ path, what, fix: "leave it out, or name such an image" }];
    }
    const secretRegion = homeOf(arn);
    if (secretRegion === region) return [];
    return [
        { path, what: `is a secret in ${secretRegion}, and the stack is in ${region}`, fix: `a secret in ${region}` },
    ];
}

function serviceProblems(at: At, service: Service, config: PlatformConfig): Problem[] {
    const { listeners, port, healthCheckPath, tls, reachable } = service;
    const { healthCheck, protocol, deregistrationSeconds, stickySeconds } = service;
    const ofListeners = { healthCheckPath, tls, healthCheck, protocol, deregistrationSeconds, stickySeconds };
    const problems: Problem[] = [
        ...workloadProblems(at(), service, config),
        ...listeners.flatMap(({ paths }, i) => patternProblems(at("listeners", i, "paths"), paths)),
        ...(healthCheckPath === undefined ? [] : healthPathProblems(at("healthCheckPath"), healthCheckPath)),
        ...(listeners.length > 0 ? targetProblems(at, service) : []),
        ...hostProblems(at, listeners, config),
    ];
    if (listeners.length > 0 && healthCheckPath === undefined) {
        problems.push({
            path: at("healthCheckPath"),
            what: "is missing, and there are listeners",
            fix: "a path that answers 200 when the service is well, e.g. health_check_path: /healthz",
            also: [at("listeners")],
        });
    }
    if (listeners.length === 0) {
        for (const [key, value] of Object.entries({ ...(reachable ? {} : { port }), ...ofListeners })) {
            if (value === undefined) continue;
            problems.push({
                path: at(key),
                what: "needs listeners, and this service has none",
                fix: "listeners: [{ paths: [/…] }], or leave it out",
                also: [at("listeners")],
            });
        }
    }
    if (isBehindEnvoy({ listeners, tls }) && (port === ENVOY_PORT || port === ENVOY_ADMIN_PORT)) {
        problems.push({
            path: at("port"),
            what: `${port} is taken by Envoy, which stands beside the application in the task`,
            fix: `another port than ${ENVOY_PORT} and ${ENVOY_ADMIN_PORT}, such as 8080; or tls: false`,
        });
    }
    problems.push(...pathProblems(at, service));
    const leading = listeners.filter(leadsHere);
    listeners.forEach((listener, i) => {
        const { endpoint } = listener;
        const first = leading.find((other) => other.endpoint === endpoint);
        if (!leadsHere(listener) || first === listener) return;
        problems.push({
            path: at("listeners", i),
            what: `is a second listener on the ${endpoint} endpoint`,
            fix: "one, with the paths of both",
        });
    });
    return problems;
}

/** Whether a listener leads to the service; the others redirect to another address. */
const leadsHere = ({ redirect }: Service["listeners"][number]) => redirect === undefined;

/**
 * A load balancer chooses its rule by the path as it comes, and an application may read `/blog/../admin` as `/admin`. Envoy refuses
 * such paths (`images/envoy/envoy.yaml`). Where it is left out, paths for the internal endpoint alone are open to the internet.
 */
function pathProblems(at: At, { listeners, tls }: Service): Problem[] {
    const [open, internal] = ["public", "internal"].map((which) =>
        listeners.find((listener) => listener.endpoint === which && leadsHere(listener)),
    );
    if (tls !== false || !open?.paths || !internal) return [];
    if (internal.paths?.every((path) => open.paths!.includes(path))) return [];
    return [
        {
            path: at("tls"),
            what:
                `without Envoy nobody refuses a path such as ${open.paths[0]!.replace(/\*.*$/, "")}../admin: from the public endpoint ` +
                "it may lead to what only the internal one is for",
            fix: "leave tls out; or two services, one with the public listener and one with the internal",
            also: [at("listeners")],
        },
    ];
}

function taskProblems(at: At, task: HeritageConfig["scheduledTasks"][string]): Problem[] {
    return [
        ...sizeProblems(at, task),
        ...timeZoneProblems(at("timeZone"), task.timeZone),
        ...scheduleProblems(at("schedule"), task.schedule),
    ];
}

/** Of the two days one has to be `?`, and each number has bounds. EventBridge Scheduler would only say that the expression is invalid. */
const FIELDS: [name: string, least: number, most: number, names: RegExp][] = [
    ["minute", 0, 59, /^$/],
    ["hour", 0, 23, /^$/],
    ["day", 1, 31, /^(L|LW|\d+W)$/],
    ["month", 1, 12, /^(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)$/i],
    ["day of the week", 1, 7, /^(SUN|MON|TUE|WED|THU|FRI|SAT|L|[1-7]L|[1-7]#[1-5])$/i],
    ["year", 1970, 2199, /^$/],
];

function scheduleProblems(path: Path, schedule: string): Problem[] {
    const cron = /^cron\((.*)\)$/.exec(schedule)?.[1]?.split(" ");
    if (!cron) {
        const [, value, unit] = /^rate\((\d+) (\w+)\)$/.exec(schedule)!;
        const item = value === "1";
        if (item !== unit!.endsWith("s")) return [];
        const right = item ? unit!.slice(0, -1) : `${unit}s`;
        return [{ path, what: `${schedule}: AWS wants "${value} ${right}"`, fix: `rate(${value} ${right})` }];
    }
    const days = [cron[2], cron[4]];
    const problems: Problem[] = [];
    if (days.filter((day) => day === "?").length !== 1) {
        problems.push({
            path,
            what: "exactly one of the two days, of the month and of the week, has to be ?",
            fix: "cron(0 3 * * ? *) for every day, cron(0 3 ? * MON *) for every Monday",
        });
    }
    cron.forEach((field, i) => {
        const [name, least, most, names] = FIELDS[i]!;
        const right = (part: string) => {
            if (part === "*" || (part === "?" && (i === 2 || i === 4)) || names.test(part)) return true;
            const [range, step] = part.split("/");
            if (step !== undefined && !/^[1-9]\d*$/.test(step)) return false;
            return range === "*" || range!.split("-").every((text) => names.test(text) || within(text, least, most));
        };
        if (field.split(",").every(right)) return;
        problems.push({ path, what: `${field} is not a valid ${name}`, fix: `from ${least} to ${most}, * for each` });
    });
    return problems.length > 0 ? problems : neverProblems(path, cron);
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/** A day that no month has, or a year that is over: AWS takes it, and starts nothing. */
function neverProblems(path: Path, [, , days = "", months = "", , years = ""]: readonly string[]): Problem[] {
    const items = (field: string) => (/^[\dA-Z]+(,[\dA-Z]+)*$/i.test(field) ? field.split(",") : undefined);
    const lengths = items(months)?.map((text) => {
        const month = /^\d+$/.test(text) ? Number(text) : MONTHS.indexOf(text.toUpperCase()) + 1;
        return new Date(Date.UTC(2024, month, 0)).getUTCDate(); // a leap year
    });
    const first = Math.min(...(items(days)?.map(Number).filter(Number.isInteger) ?? [0]));
    const never = lengths !== undefined && Number.isFinite(first) && first > Math.max(...lengths);
    if (never)
        return [
            {
                path,
                what: `month ${months} has no day ${days}: it would never run`,
                fix: "L is the last day of a month",
            },
        ];
    const last = Math.max(...(items(years)?.map(Number) ?? [Infinity]));
    if (last >= new Date().getUTCFullYear()) return [];
    return [{ path, what: `the year ${years} is over: it would never run`, fix: "* for each year" }];
}

const within = (text: string, least: number, most: number) =>
    /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most;

function sizeProblems(at: At, { cpu, memory }: { cpu: number; memory: number }): Problem[] {
    const size = sizeProblem(cpu, memory);
    return size ? [{ path: at(size.at), what: size.what, fix: size.fix }] : [];
}

function commandsProblems(at: At, heritage: HeritageConfig): Problem[] {
    const ofImage = entrypointOf(heritage.build);
    const problems = (place: Path, { entrypoint, command }: { entrypoint?: string[]; command?: string[] }) => [
        ...commandProblems(at(...place, "entrypoint"), entrypoint),
        ...commandProblems(at(...place, "command"), command, {
            entrypoint: entrypoint ? JSON.stringify(entrypoint) : ofImage,
            isSaid: entrypoint !== undefined,
            takesText: true,
        }),
    ];
    return [
        ...servicesOf(heritage).flatMap(([place, service]) => [
            ...problems(place, service),
            // A health check's command is not an argument of the image's entry point.
            ...commandProblems(at(...place, "healthCheckCommand"), service.healthCheckCommand),
        ]),
        ...tasksOf(heritage).flatMap(([place, task]) => problems(place, task)),
    ];
}

function databaseProblem(at: At, heritage: HeritageConfig): Problem[] {
    if (!heritage.database) return [];
    const users = databaseUsers(heritage);
    return databaseProblems(at("database"), heritage.database, users, "its tasks", { fixed: CONNECTIONS });
}

/** Who of a heritage connects to its database. */
export const databaseUsers = ({ services, scheduledTasks, beforeDeploy }: HeritageConfig) => [
    ...Object.entries(services).map(([name, service]) => ({ name, connections: maxTasks(service) * CONNECTIONS })),
    ...Object.keys(scheduledTasks).map((name) => ({ name, connections: CONNECTIONS })),
    ...(beforeDeploy ? [{ name: "before_deploy", connections: CONNECTIONS }] : []),
];
