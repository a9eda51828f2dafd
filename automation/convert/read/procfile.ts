/** A Procfile, and app.json beside it (Heroku's documentation, "The Procfile", "app.json Schema"). */
import { App, type Format, type Input, Workload } from "../model";
import type { Node } from "../node";

/** The add-ons that are made here, by the beginning of their plan's name. */
const ADDONS: readonly [plan: RegExp, kind: "postgres" | "redis", variable: string][] = [
    [/^heroku-postgresql/, "postgres", "DATABASE_URL"],
    [/^(heroku-redis|heroku-key-value-store|rediscloud|redistogo)/, "redis", "REDIS_URL"],
];

/** Add-ons with something else in their place, by the beginning of their plan's name. */
const OTHERS: readonly [plan: RegExp, instead: string][] = [
    [
        /^scheduler/,
        "`heroku addons:open scheduler` lists its jobs: each under scheduled_tasks, with its schedule and command",
    ],
    [
        /^(papertrail|logdna|coralogix|solarwinds|logtail)/,
        "logs are in CloudWatch; plugins: { firelens: … } sends them elsewhere",
    ],
    [/^(bucketeer|cloudcube)/, "uses: { files: { bucket: {} } }, whose rights the tasks have without a key"],
];

const FOR_PEOPLE = "about the application, for people";
const SAME = {
    [FOR_PEOPLE]: ["description", "keywords", "repository", "logo", "website", "success_url", "stack", "$schema"],
    "the Dockerfile says how the image is made": ["buildpacks"],
};
const SAME_VARIABLE = { [FOR_PEOPLE]: ["description"], "a variable without a value is named": ["required"] };

const fileOf = ({ roots }: Input, name: string): Node | undefined => roots.find(({ file }) => file.endsWith(name));

export const procfile: Format = {
    name: "a Procfile",
    environments: (input) => (fileOf(input, "app.json")?.entries("environments") ?? []).map(([name]) => name),
    read(input, environment) {
        const app = new App();
        const whole = fileOf(input, "app.json");
        const over = environment === undefined ? undefined : whole?.get("environments", environment);
        const json = whole?.without("environments").with(over);
        const image: Workload["image"] = input.hasDockerfile
            ? { build: { context: "." } }
            : { missing: "Heroku makes the image by a buildpack: write a Dockerfile, or have `pack build` push one." };
        for (const [name, node] of fileOf(input, "Procfile")?.entries() ?? []) {
            const workload = new Workload(name, name === "release" ? "before" : "service", image, [node]);
            workload.keys.command = node.text() ?? "";
            if (name === "web") workload.keys.listeners = [{}];
            workload.aloneIfScheduler();
            app.workloads.push(workload);
        }
        if (json) readJson(app, json);
        else app.changed("Config vars are not in the file: `heroku config` lists them; environment, or secrets.");
        app.changed(
            "Heroku's add-ons, Scheduler among them, are seen in app.json alone: `heroku addons` lists all of them.",
        );
        return app;
    },
};

function readJson(app: App, json: Node) {
    app.name = json.text("name");
    json.leaveOutAll(SAME);
    for (const [name, said] of json.entries("env")) readVariable(app, name, said);
    for (const [name, dyno] of json.entries("formation")) {
        const quantity = dyno.number("quantity");
        const size = dyno.text("size");
        const workload = app.workloads.find((candidate) => candidate.name === name);
        if (quantity !== undefined && workload) workload.keys.count = quantity;
        if (size !== undefined)
            workload?.changed(`Dynos of the size ${size}: cpu and memory say another size than 256 and 512.`, "cpu");
    }
    for (const addon of json.items("addons")) readAddon(app, addon);
    const deploy = json.get("scripts", "postdeploy");
    if (deploy)
        app.todo(
            `scripts.postdeploy, ${deploy.text()}: once, after the first up: npx identity task --stack dev <heritage> -- ${deploy.text()}`,
        );
}

function readVariable(app: App, name: string, said: Node) {
    const value = said.isLeaf ? said.text() : said.text("value");
    const generated = said.text("generator") === "secret";
    said.leaveOutAll(SAME_VARIABLE);
    for (const workload of app.workloads) {
        if (generated) workload.secrets[name] = { generate: {} };
        else workload.variables[name] = value;
    }
}

function readAddon(app: App, addon: Node) {
    const plan = (addon.isLeaf ? addon.text() : addon.text("plan")) ?? "";
    const alias = addon.text("as");
    addon.take();
    const known = ADDONS.find(([name]) => name.test(plan));
    const instead = OTHERS.find(([name]) => name.test(plan))?.[1];
    if (instead !== undefined) return app.todo(`The add-on ${plan}: ${instead}.`);
    if (!known)
        return app.todo(
            `The add-on ${plan} is not made here: uses: { <name>: { host: { name: …, port: … } } }, with its key under secrets.`,
        );
    const [, kind, variable] = known;
    const attribute = alias === undefined ? variable : `${alias}_URL`;
    app.stores.push({
        name: plan,
        kind,
        hosts: [],
        what: plan,
        port: 0,
        from: addon,
        variables: { [attribute]: "url" },
    });
}
