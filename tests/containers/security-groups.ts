import { expect } from "chai";
import { containersOf } from "../../automation/local/docker";
import { networkOf } from "../../automation/local/firewall";
import { readJson, filePath, type State } from "../../automation/local/state";
import { planStack } from "../../automation/plan/plan-stack";
import type { Connection, Party } from "../../automation/plan/sections/connections";
import { output } from "./docker";
import type { Platform } from "./verify";

/** A place to connect to, and whether the plan has it. */
interface Try {
    readonly to: string;
    readonly host: string;
    readonly port: number;
    readonly allowed: boolean;
}

/** No rule of a plan names it. */
const NOBODYS = 9;
const HTTPS = 443;

/**
 * What the security groups of the plan allow gets through on a platform that runs, and nothing else does: tried from the network of each to
 * the ports of each.
 */
export function obeysSecurityGroups(platform: () => Platform, plan: { root: string; stack: string }) {
    const state = () => readJson<State>(filePath(platform().root, platform().stack, "state"))!;

    /** Which of these a connection from `name` gets through to; where nobody listens, an answer that says so counts, too. */
    async function through(name: string, tries: readonly Pick<Try, "host" | "port">[]): Promise<boolean[]> {
        const holder = (await containersOf(platform().project)).get(networkOf(name))!.Id;
        const each = tries.map(
            ({ host, port }, i) =>
                `{ timeout 4 bash -c '> /dev/tcp/${host}/${port}' 2> /dev/null; [ $? -eq 124 ] || echo ${i}; } &`,
        );
        const got = await output("docker", ["exec", holder, "bash", "-c", [...each, "wait"].join("\n")]);
        const reached = new Set(got.split("\n").filter(Boolean).map(Number));
        return tries.map((_, i) => reached.has(i));
    }

    it("lets through what a security group allows, from each to each, and nothing else", async function () {
        this.timeout(5 * 60 * 1000);
        const { services, standIns, loadBalancers } = state();
        const { connections } = (await planStack(plan)).model;
        const containers: [Party, string][] = [
            ...Object.entries(services).map(([name, { tasks }]): [Party, string] => [
                { kind: "service", name },
                tasks[0]!.name,
            ]),
            ...Object.keys(standIns)
                .filter((name) => standIns[name]!.of === "database")
                .map((name): [Party, string] => [{ kind: "database", name }, name]),
            ...Object.keys(loadBalancers).map((name): [Party, string] => [{ kind: "load balancer", name }, name]),
        ];
        const here = (to: Party, port: number) =>
            to.kind === "load balancer"
                ? (loadBalancers[to.name]!.listeners.find((listener) => listener.port === port)?.published ?? port)
                : port;
        const tried = containers.map(async ([from, container]) => {
            const tries = containers
                .filter(([, other]) => other !== container)
                .flatMap(([to, host]) =>
                    [...portsOf(to, connections), NOBODYS].map((port): Try => {
                        const allowed = connections.some((one) => leads(one, from, to, port, connections));
                        return { to: `${host} ${port}`, host, port: here(to, port), allowed };
                    }),
                );
            return { container, tries, got: await through(container, tries) };
        });
        for (const { container, tries, got } of await Promise.all(tried)) {
            const named = (which: readonly boolean[]) => tries.filter((_, i) => which[i]).map(({ to }) => to);
            expect(named(got), container).to.deep.equal(named(tries.map(({ allowed }) => allowed)));
            expect(got.filter(Boolean).length, container).to.be.lessThan(got.length);
        }
    });

    it("lets a task out by the ports of its egress alone, and says what it refused", async () => {
        const { project, command } = platform();
        const { NetworkSettings } = (await containersOf(project)).get(networkOf("hello-1"))!;
        const [{ Gateway: host }] = Object.values(NetworkSettings.Networks!) as unknown as [{ Gateway: string }];
        const ports = [HTTPS, 9443].map((port) => ({ host, port }));
        expect(await through("hello-1", ports)).to.deep.equal([true, false]);
        expect(await through("issuer-1", ports)).to.deep.equal([true, true]);
        const { out } = await command("status");
        expect(out).to.contain(`hello-1 to ${host}, tcp 9443`);
        expect(out).to.contain("hello to shared-db, tcp 5432");
        expect(out).not.to.match(/issuer to shared-db, tcp 5432|issuer-1 to \d/);
    });
}

/** Of whoever is asked, the ports that somebody may ask. */
const portsOf = ({ kind, name }: Party, connections: readonly Connection[]): number[] => [
    ...new Set(
        connections
            .filter(({ to }) => to.kind === kind && to.name === name)
            .flatMap(({ ports }) => ports.map(Number).filter(Number.isInteger)),
    ),
];

/** Whoever is among those of a network needs a way out to the port as well. */
const leads = (one: Connection, from: Party, to: Party, port: number, all: readonly Connection[]) =>
    same(one.to, to) &&
    one.ports.includes(String(port)) &&
    (same(one.from, from) ||
        ((one.among ?? []).some((party) => same(party, from)) &&
            all.some((way) => same(way.from, from) && way.to.kind === "network" && way.ports.some(includes(port)))));

const includes = (port: number) => (span: string) => {
    const [first, last = first] = span.split("–").map(Number);
    return first! <= port && port <= last!;
};

const same = (a: Party, b: Party) => a.kind === b.kind && a.name === b.name;
