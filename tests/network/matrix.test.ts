import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { type PlannedStack, planStack } from "../../automation/plan/plan-stack";
import { EVERYTHING, type EverythingStack, heritageFiles, planEverything, stackKeys } from "../stacks/everything";
import { Reach } from "./reach";

const PROJECT = path.join(__dirname, "../..");
/** Set, it writes what there is in place of what is expected: for a change that is meant. */
const WRITE = process.env.WRITE_EXPECTED !== undefined;

/** Applications that the stack's file names for the admin endpoint: their tasks may reach it. */
const NAMED: Record<string, readonly string[]> = {
    dev: [],
    prod: [],
    ...Object.fromEntries(
        EVERYTHING.map((stack) => {
            const admin = stackKeys(stack).adminEndpoint as { allowedApplications: string[] };
            return [stack, admin.allowedApplications];
        }),
    ),
};

/** Whose databases are on the shared instance, and the task that makes their roles. */
const ON_SHARED = ["holder", "issuer", "keycloak", "reports", "sample-api", "shared-db"];
/** What the files of stacks say `tls: both` of: load balancers reach its tasks with TLS and without. */
const BOTH: Record<string, readonly string[]> = { "everything-dev": ["keycloak", "holder"] };
const ofBoth = (stack: string) => BOTH[stack] ?? [];
/** Services of heritages whose files say `tls: false`. */
const WITHOUT_TLS = Object.entries(heritageFiles()).flatMap(([heritage, file]) =>
    Object.entries((file.services ?? {}) as Record<string, { tls?: boolean } | null>)
        .filter(([, service]) => service?.tls === false)
        .map(([name]) => `${heritage}-${name}`),
);
/** Services that other applications reach by name, as their heritages' files say. */
const REACHABLE = Object.entries(heritageFiles()).flatMap(([heritage, file]) =>
    Object.entries((file.services ?? {}) as Record<string, { reachable?: boolean } | null>)
        .filter(([, service]) => service?.reachable)
        .map(([name]) => `${heritage}-${name}`),
);

for (const [stack, named] of Object.entries(NAMED)) {
    describe(`who reaches whom in the stack ${stack}`, () => {
        let planned: PlannedStack;
        let reach: Reach;
        /** Services and tasks that run an application of the team, and not an agent or Keycloak. */
        let applications: string[];
        let agents: string[];
        const owner = (name: string) => name.replace(/^\w+ /, "");
        /** Whether it is one of an application's: `task blog-nightly` of `blog`. */
        const belongsTo = (name: string, application: string) =>
            owner(name) === application || owner(name).startsWith(`${application}-`);

        before(async () => {
            planned = await ((EVERYTHING as readonly string[]).includes(stack)
                ? planEverything(stack as EverythingStack)
                : planStack({ root: PROJECT, stack }));
            reach = new Reach(planned);
            agents = Object.keys(planned.model.outputs.adminUrls as object).map((name) => `service ${name}`);
            applications = [...reach.of("service"), ...reach.of("task")].filter(
                (name) => !agents.includes(name) && name !== "service keycloak",
            );
        });

        /** Everybody but those of whom a test is true. */
        const others = (isMeant: (name: string) => boolean) => reach.actors.filter((name) => !isMeant(name));
        /** The ways that should not be there. */
        const open = (from: readonly string[], to: string, ports: readonly number[]) =>
            from.flatMap((one) =>
                ports.filter((port) => reach.may(one, to, port)).map((port) => `${one} → ${to} ${port}`),
            );

        it("is what is expected, line for line", () => {
            const file = path.join(__dirname, `expected/${stack}.txt`);
            const found = `${reach.table().join("\n")}\n`;
            if (WRITE) writeFileSync(file, found);
            expect(found, "where it is meant: WRITE_EXPECTED=1 npx mocha tests/network/matrix.test.ts").to.equal(
                readFileSync(file, "utf8"),
            );
        });

        it("is what the plan says, by its own section on it", () => {
            const say = (from: string, to: string, ports: readonly string[]) =>
                ports.flatMap((one) => one.split(", ")).map((port) => `${from} → ${to} ${port.replace("–", "-")}`);
            const told = planned.model.connections.flatMap(({ from, to, ports, among }) => {
                if (to.kind === "network") return [];
                const server = `${to.kind} ${to.name}`;
                if (from.kind !== "network") {
                    return from.kind === "security group" ? [] : say(`${from.kind} ${from.name}`, server, ports);
                }
                // The internet is another way than that through the VPC, which alone is looked at here.
                return to.name === "public"
                    ? []
                    : among!.flatMap((one) => say(`${one.kind} ${one.name}`, server, ports));
            });
            const found = reach.actors.flatMap((from) =>
                reach.actors.flatMap((to) =>
                    reach
                        .ports(from, to)
                        .map(([first, last]) => `${from} → ${to} ${first === last ? first : `${first}-${last}`}`),
                ),
            );
            expect([...new Set(told)].sort()).to.deep.equal([...new Set(found)].sort());
        });

        it("lets the world reach nothing but the listeners of the public load balancer", () => {
            const outsiders = (name: string) => reach.outsiders(name).map(({ who }) => who);
            const world = outsiders("load balancer public");
            for (const name of others((one) => one === "load balancer public")) {
                expect(outsiders(name), name).not.to.include.oneOf([...world, "anybody"]);
            }
            const ports = reach.outsiders("load balancer public").flatMap((one) => one.ports);
            const listening = planned.model.endpoints.find(({ name }) => name === "public")!.listeners;
            expect(new Set(ports.map(String))).to.deep.equal(new Set(listening.map(({ port }) => `${port},${port}`)));
        });

        it("lets no application reach the admin endpoint but those that the stack's file names, with all of their tasks", () => {
            const { listeners } = planned.model.endpoints.find(({ name }) => name === "admin")!;
            const ports = listeners.map(({ port }) => port);
            const isNamed = (one: string) => named.some((application) => belongsTo(one, application));
            const rest = others((one) => isNamed(one) || one.startsWith("machine workbench"));
            expect(open(rest, "load balancer admin", ports)).to.deep.equal([]);
            for (const one of applications.filter(isNamed)) {
                expect(reach.ports(one, "load balancer admin"), one).to.deep.equal(
                    [...ports].sort((a, b) => a - b).map((port) => [port, port]),
                );
            }
            // They have what verifies the endpoint's certificate where there is no domain.
            for (const one of applications.filter(isNamed)) {
                const { containerDefinitions } = planned.taskDefinitions.get(owner(one))!;
                const variables = containerDefinitions.flatMap(({ environment = [] }) =>
                    environment.map(({ name }) => name),
                );
                expect(variables, one).to.include("DISTRICT_CA_PEM");
            }
            // So the test above has something to look at.
            if (named.length > 0) expect(applications.filter(isNamed)).not.to.deep.equal([]);
        });

        it("lets nobody past the load balancers to an agent or to Keycloak: neither its console nor its metrics", () => {
            const past = others((one) => one.startsWith("load balancer "));
            for (const agent of agents) {
                for (const one of past) expect(reach.ports(one, agent), `${one} → ${agent}`).to.deep.equal([]);
                if (ofBoth(stack).includes(agent.replace(/^service /, ""))) continue;
                // Envoy alone reaches what it is in front of, and the public load balancer nothing of the admin API.
                expect(reach.ports("load balancer public", agent), agent).to.deep.equal([[8444, 8444]]);
                expect(reach.ports("load balancer admin", agent), agent).to.deep.equal([[8443, 8443]]);
            }
            const keycloak = "service keycloak";
            if (reach.actors.includes(keycloak)) {
                expect(open(past, keycloak, [8080, 8443])).to.deep.equal([]);
                expect(
                    open(
                        others(() => false),
                        keycloak,
                        [9000],
                    ),
                    "metrics",
                ).to.deep.equal([]);
                // Envoy alone reaches it there, and Envoy's admin nobody.
                expect(open(reach.actors, keycloak, [9901])).to.deep.equal([]);
                expect(open(reach.actors, keycloak, [8080]).length > 0, "plain HTTP").to.equal(
                    ofBoth(stack).includes("keycloak"),
                );
                const own = others((one) => one === keycloak);
                expect(open(own, keycloak, [7800, 57800])).to.deep.equal([]);
                expect(reach.may("load balancer public", keycloak, 8443), "its health check").to.equal(true);
            }
        });

        it("lets the networks and groups that are named read Keycloak's metrics, and no application", () => {
            if (!reach.actors.includes("service keycloak")) return;
            const admin = reach.outsiders("load balancer admin").map(({ who }) => who);
            expect(reach.outsiders("service keycloak")).to.deep.equal(
                admin.map((who) => ({ who, ports: [[9000, 9000]] })),
            );
        });

        it("lets nobody reach a database but its owner's tasks and the workbench", () => {
            for (const database of reach.of("database")) {
                const name = owner(database).replace(/-[^-]+$/, ""); // posts-db is that of posts
                const isOwner = (one: string) => {
                    if (one.startsWith("machine workbench")) return true;
                    if (database === "database shared-db") return ON_SHARED.some((each) => belongsTo(one, each));
                    return database === "database wallet-db" ? agents.includes(one) : belongsTo(one, name);
                };
                for (const stranger of others(isOwner)) {
                    expect(reach.ports(stranger, database), `${stranger} → ${database}`).to.deep.equal([]);
                }
                expect(reach.outsiders(database), database).to.deep.equal([]);
                const reachers = reach.actors.filter((actor) => reach.ports(actor, database).length > 0);
                expect(
                    reachers.filter((actor) => actor !== "machine workbench"),
                    database,
                ).not.to.deep.equal([]);
                expect(reach.addresses(database), `${database} reaches nobody`).to.deep.equal([]);
            }
        });

        it("lets nobody but a load balancer reach an application, unless it is reachable by name, and never past its Envoy", () => {
            for (const application of applications) {
                const byName = REACHABLE.includes(owner(application));
                for (const one of others(
                    (one) => one.startsWith("load balancer ") || (byName && /^(service|task) /.test(one)),
                )) {
                    expect(reach.ports(one, application), `${one} → ${application}`).to.deep.equal([]);
                }
                expect(open(reach.actors, application, [9901]), application).to.deep.equal([]);
                expect(reach.outsiders(application), application).to.deep.equal([]);
            }
        });

        it("lets nobody connect to a machine but agents to the ledger, and to that the workbench", () => {
            // A NAT instance takes what the VPC sends to the internet; what is for itself its own rules drop.
            const isNat = (machine: string) => machine === "machine vpc-nat";
            for (const machine of reach.of("machine").filter(isNat)) {
                expect(reach.outsiders(machine).map(({ who }) => who)).to.deep.equal(["10.0.0.0/16"]);
            }
            for (const machine of reach.of("machine").filter((one) => !isNat(one))) {
                const ledger = machine.includes("ledger");
                const isMeant = (one: string) =>
                    ledger && (agents.includes(one) || one.startsWith("machine workbench"));
                for (const one of others(isMeant)) expect(reach.ports(one, machine), one).to.deep.equal([]);
                expect(reach.outsiders(machine)).to.deep.equal([]);
            }
        });

        it("has no plain HTTP between a load balancer and a task but where a file says so", () => {
            const routes = planned.model.endpoints.flatMap((endpoint) => endpoint.routes);
            const plain = routes.filter(({ tls }) => !tls);
            expect(routes.some(({ tls }) => tls)).to.equal(true);
            const told = [...WITHOUT_TLS, ...ofBoth(stack)];
            expect(plain.filter(({ service }) => !told.includes(service))).to.deep.equal([]);
        });

        it("has public rules that lead to no console, no admin API and no port of Envoy's or Keycloak's own", () => {
            const { routes } = planned.model.endpoints.find(({ name }) => name === "public")!;
            for (const { service, url, port } of routes) {
                expect([9000, 9901], url).not.to.include(port);
                if (agents.includes(`service ${service}`)) expect([8443, 8021, 8031], url).not.to.include(port);
                if (service !== "keycloak") continue;
                const { pathname } = new URL(url);
                expect(pathname).to.match(/^(\/auth)?\/(realms|resources|js|\.well-known)\/\*$/); // relativePath of everything
            }
            const admin = planned.model.endpoints.find(({ name }) => name === "admin")!;
            expect(admin.internal).to.equal(true);
            expect(admin.listeners.every(({ protocol }) => protocol === "HTTPS")).to.equal(true);
        });

        it("opens nothing by a default group, and leaves no group with rules of its own in it", () => {
            const groups = planned.resources.filter(({ type }) => /:(Default)?SecurityGroup$/.test(type));
            for (const { name, inputs } of groups) {
                expect([...((inputs.ingress ?? []) as []), ...((inputs.egress ?? []) as [])], name).to.deep.equal([]);
            }
            const defaults = groups.filter(({ type }) => type.endsWith(":DefaultSecurityGroup"));
            expect(defaults, "the VPC's default group is emptied").to.have.length(1);
            expect(planned.resources.filter(({ type }) => type.endsWith(":SecurityGroupRule"))).to.deep.equal([]);
        });
    });
}
