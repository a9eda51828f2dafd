/** docker-compose.yml and its other names (Compose file reference). */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { asText, command, isMigration } from "../commands";
import { looksSecret } from "../../../policy/secrets/looks-secret";
import { wholeFile } from "../shapes";
import { App, type Format, type Image, type Input, Workload } from "../model";
import { Node } from "../node";
import { readPlain } from "../read-file";
import { readArchitecture } from "./architecture";
import { isPublic, readHealth, readPorts, readSize } from "./compose-service";
import { leaveOutSecretsOfStores, type Read, readStore } from "./compose-stores";
import { volumesOf } from "./compose-volumes";
import { asWritten, interpolate, parseEnv, unknownIn } from "./interpolate";
import { seconds } from "../units";

const NETWORKS = "all tasks of a stack are in one network, and security groups say who reaches whom";
const ROLLS = "ECS rolls, one task per zone and more at a time, and goes back where the new one fails";
/** What is so here without being said, or means nothing here. */
const SAME = {
    "ECS starts a task anew when it ends": ["restart", "deploy.restart_policy"],
    "tasks have names of their own": ["container_name", "hostname"],
    [NETWORKS]: ["networks"],
    "logs go to CloudWatch, or to elsewhere by plugins": ["logging"],
    "every task has an init process": ["init"],
    "the file system is read-only anyway": ["read_only"],
    "for a terminal": ["tty", "stdin_open", "attach"],
    "images are by digest": ["pull_policy"],
    "for development": ["develop"],
    "nothing waits for another at the start: what fails starts anew": ["depends_on", "links"],
    "a task has its size to itself": ["deploy.resources.reservations", "mem_reservation"],
    [ROLLS]: ["deploy.update_config", "deploy.rollback_config"],
    "Fargate has no machines to choose from": ["deploy.placement"],
    "tasks are counted, over the zones": ["deploy.mode"],
    "for tools that read Docker's labels": ["deploy.labels"],
};
const SAME_BUILD = {
    "about how fast it is built": ["cache_from", "cache_to"],
    "about how it is built": ["pull", "no_cache"],
    "images are by digest": ["tags"],
    "for tools that read Docker's labels": ["labels"],
};
const SAME_WHOLE = {
    "it says which compose reads the file": ["version"],
    [NETWORKS]: ["networks"],
    "each service that has one names it": ["configs"],
};

export const compose: Format = {
    name: "a compose file",
    environments: ({ roots }) => [
        ...new Set(roots[0]!.entries("services").flatMap(([, service]) => service.texts("profiles"))),
    ],
    read(input, environment) {
        const app = new App();
        const [whole] = input.roots as [Node];
        if (whole.defaults.length > 0) {
            app.changed(
                `The values that the file has for when nobody says another are taken: ${whole.defaults.join(", ")}.`,
            );
        }
        for (const other of filesBeside(input)) {
            const whole = wholeFile(`-f ${input.file} -f ${other} `);
            app.changed(`${other} is not taken, since it is for other occasions: ${whole} of both.`);
        }
        const services = new Map(whole.entries("services"));
        app.name = whole.text("name");
        whole.leaveOutAll(SAME_WHOLE);
        for (const [key, node] of whole.entries()) {
            if (key.startsWith("x-")) node.leaveOut("it is written out where the file uses it");
        }
        const awaited = new Set([...services.values()].flatMap((service) => completedFirst(service)));
        for (const [name, service] of services) {
            readService({ app, input, whole, name, service, awaited: awaited.has(name), environment });
        }
        for (const [, volume] of whole.entries("volumes")) {
            const isPlain = volume.isLeaf || (volume.plain("driver") === "local" && !volume.get("driver_opts"));
            if (isPlain) volume.leaveOut("the services say what it is for");
        }
        leaveOutSecretsOfStores(whole, services);
        return app;
    },
};

/** Files that compose adds to the first when asked, by its own rules: `docker-compose.prod.yml`. */
const filesBeside = ({ folder, file }: Input): string[] =>
    !/^(docker-)?compose\.ya?ml$/.test(file)
        ? []
        : readdirSync(folder)
              .filter((beside) => /^(docker-)?compose[.-].+\.ya?ml$/.test(beside))
              .sort();

/** A compose file with its variables filled in from `.env` beside it. */
export function readCompose(file: string): Node {
    const dotEnv = path.join(path.dirname(file), ".env");
    const beside = existsSync(dotEnv) ? clearOnly(parseEnv(readFileSync(dotEnv, "utf8"))) : {};
    const { value, defaults } = interpolate(readPlain(file), beside);
    return Node.of(path.basename(file), value, [], defaults);
}

/** Without secrets, which would be copied to wherever the file names them. */
const clearOnly = (variables: Record<string, string>) =>
    Object.fromEntries(Object.entries(variables).filter(([name, value]) => looksSecret(name, value) === undefined));

function completedFirst(service: Node): string[] {
    return service
        .entries("depends_on")
        .flatMap(([name, how]) => (how.plain("condition") === "service_completed_successfully" ? [name] : []));
}

/** The limit of Fargate's (API reference of ECS, Ulimit). */
const OPEN_FILES = 65_535;

function leaveOutOpenFiles(limit: Node | undefined) {
    const value = limit?.plain() as number | { soft?: number; hard?: number } | undefined;
    const most = typeof value === "object" ? Math.max(value.soft ?? 0, value.hard ?? 0) : (value ?? Infinity);
    if (most <= OPEN_FILES) limit!.leaveOut(`containers may have ${OPEN_FILES} files open`);
}

function readService(read: Read) {
    const { app, name, service, environment } = read;
    const profiles = service.texts("profiles");
    if (profiles.length > 0 && !profiles.includes(environment ?? "")) {
        service.leaveOut(`of the profile ${profiles.join(", ")}, which compose starts when asked alone`);
        app.changed(
            `${name} is left out: compose starts it for the profile ${profiles.join(", ")} alone; --environment ${profiles[0]} takes it.`,
        );
        return;
    }
    if (service.get("build")) service.get("image")?.leaveOut("an image that is built has a name of the platform's");
    const reference = service.get("build") ? undefined : String(service.plain("image") ?? "") || undefined;
    service.leaveOutAll(SAME);
    leaveOutOpenFiles(service.get("ulimits", "nofile"));
    if (reference !== undefined && readStore(read, reference)) return;
    service.text("image");
    const image = imageOf(service, reference);
    const run = command(service.take("command"));
    const workload = new Workload(name, "service", image, [service]);
    const once = /^(no|on-failure.*)$/.test(String(service.plain("restart") ?? ""));
    if (read.awaited || (isMigration(name, run) && !service.get("ports"))) workload.kind = "before";
    else if (once && !service.get("ports")) {
        workload.todo(
            `${name} is not started anew when it ends: where it ends by itself, it belongs under scheduled_tasks or before_deploy.`,
        );
    }
    app.workloads.push(workload);
    if (run !== undefined) {
        workload.keys.command = fromFile(run);
        for (const missing of unknownIn(asText(run))) {
            workload.todo(
                `Compose fills in ${missing} where it starts the file; here it is a variable of the task, which a shell fills in.`,
                "command",
            );
        }
    }
    workload.keys.entrypoint = command(service.take("entrypoint"));
    readEnvironment(read, workload);
    readSecrets(read, workload);
    readPorts(service, workload, run, isBehindProxy(read));
    readHealth(service, workload);
    readSize(service, workload);
    readArchitecture(service.get("platform"), workload);
    volumesOf(service, workload, image);
    workload.runsAs(service.text("user"));
    workload.stopsWithin(seconds(service.text("stop_grace_period")));
    workload.aloneIfScheduler();
}

const WEB = /(^|[:"])(80|443):/;

/** Another service of the file, which is published on a port of the web, leads to it. */
const isBehindProxy = ({ whole, service }: Read) =>
    whole
        .entries("services")
        .some(
            ([, other]) =>
                other !== service &&
                isPublic(other) &&
                other
                    .items("ports")
                    .some((port) =>
                        port.isLeaf
                            ? WEB.test(String(port.plain()))
                            : /^(80|443)$/.test(String(port.plain("published"))),
                    ),
        );

/** A variable that nobody has said, as a shell knows it. */
const fromFile = (value: string[] | string): string[] | string => {
    const text = Array.isArray(value) ? value.map(asWritten) : asWritten(value);
    if (asText(text) === asText(value)) return text;
    return asText(text);
};

function imageOf(service: Node, reference: string | undefined): Image {
    const build = service.get("build");
    if (!build)
        return reference === undefined ? { missing: "The file names no image." } : { reference: asWritten(reference) };
    const context = build.isLeaf ? build.text()! : (build.text("context") ?? ".");
    build.leaveOutAll(SAME_BUILD);
    const args = Object.entries(build.pairs("args")).filter(([, value]) => unknownIn(value ?? "").length === 0);
    const [dockerfile, target] = [build.text("dockerfile"), build.text("target")];
    return { build: { context, dockerfile, target, args: Object.fromEntries(args) } };
}

function readEnvironment({ service, input }: Read, workload: Workload) {
    const files = service.get("env_file");
    const names = files?.isLeaf
        ? files.texts()
        : (files?.items() ?? []).flatMap((item) => {
              item.get("required")?.leaveOut("it says whether the file has to be there");
              return (item.isLeaf ? item.text() : item.text("path")) ?? [];
          });
    for (const file of names ?? []) {
        const found = path.join(input.folder, file);
        if (existsSync(found)) Object.assign(workload.variables, parseEnv(readFileSync(found, "utf8")));
        else
            workload.todo(
                `The variables of ${asWritten(file)}, which is not beside the file: in environment, or under secrets.`,
                "environment",
            );
    }
    Object.assign(workload.variables, service.pairs("environment"));
}

function readSecrets({ service, whole }: Read, workload: Workload) {
    for (const item of service.items("secrets")) {
        const name = (item.isLeaf ? item.text() : item.text("source")) ?? "";
        whole.take("secrets", name);
        for (const key of ["mode", "uid", "gid"]) item.get(key)?.leaveOut("it is a variable here, and no file");
        item.take();
        const variable = name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
        workload.secrets[variable] = { set: {} };
        workload.changed(
            `The secret ${name} is the file /run/secrets/${name} there; here it is the variable ${variable}.`,
            "secrets",
            variable,
        );
    }
}
