/** What `verify --load` asks of a stack, each at a steady rate and by itself. */
import type { Cluster } from "../agents";
import { connect, connected, type Connection, isOutOfReach, pair } from "../agents";
import { Browser, type Tokens } from "../browser";
import { type Check, type CheckContext, Failed, NotInStack } from "../check";
import { inRealm, loggedIn } from "../checks/keycloak";
import { deliver } from "../checks/messages";
import { newPost, sampleApis } from "../checks/posts";
import { request } from "../http";
import { keycloakOf, through } from "../keycloak";
import { Listeners } from "../listeners";
import type { Target } from "../target";
import { type Disturbance, disturb, failuresAround } from "./disturbance";
import { failures, type Figures, steady } from "./steady";

export interface Measured extends Figures {
    readonly name: string;
    /** What the load is divided by: `2 vCPU`, `2 agents`. */
    readonly per?: { readonly number: number; readonly what: string };
    /** What went on meanwhile. */
    readonly disturbance?: Disturbance;
}

type Measure = (ask: (i: number) => Promise<unknown>, per?: Measured["per"]) => Promise<void>;

interface Load extends Omit<Check, "run" | "disruptive"> {
    /** The rate unless one is said. */
    readonly perSecond: number;
    run(target: Target, measure: Measure, context: CheckContext): Promise<unknown>;
}

const LOADS: readonly Load[] = [
    {
        name: "requests",
        proves: "applications with TLS answer GET requests",
        perSecond: 20,
        async run(target, measure) {
            const urls: string[] = [];
            for (const url of Object.values(target.services)) {
                if (!(await isOutOfReach(target, url))) urls.push(url);
            }
            if (urls.length === 0) throw new NotInStack("no application of the stack can be asked from here");
            await measure((i) => answers(target, urls[i % urls.length]!));
        },
    },
    {
        name: "posts",
        proves: "the sample API reads a post from its database",
        perSecond: 20,
        async run(target, measure) {
            const [[, url]] = await sampleApis(target);
            const post = `${url}/${(await newPost(target, url, "read under load")).id}`;
            await measure(() => answers(target, post));
        },
    },
    {
        name: "connections",
        proves: "agents connect: an invitation, accepted, and active on both sides",
        perSecond: 1,
        async run(target, measure, context) {
            const [issuer, holder] = await pair(target);
            const connections: Connection[] = [];
            try {
                const ask = async () => connections.push(await connect(issuer, holder, context, 0.1));
                await measure(ask, agents(issuer));
            } finally {
                await removed(connections);
            }
        },
    },
    {
        name: "messages",
        proves: "messages of one agent arrive at another",
        perSecond: 5,
        run: (target, measure, context) =>
            connected(target, context, async ({ issuer, holder, holders }) => {
                const listeners = await Listeners.of(issuer);
                const ask = () => deliver(holder, holders, issuer, listeners, context);
                await measure(ask, agents(issuer)).finally(() => listeners.close());
            }),
    },
    {
        name: "refreshes",
        proves: "Keycloak gives new tokens for a refresh token",
        perSecond: 20,
        async run(target, measure) {
            await inRealm(target, async ({ application, browser, user }) => {
                const { origin } = browser;
                // Several sessions, since each refresh writes to its session's row; each by one request at a time, as by one application.
                const sessions: { readonly tokens: Tokens; last: Promise<unknown> }[] = [];
                while (sessions.length < SESSIONS) {
                    const fresh = new Browser(origin, through(target, origin));
                    const tokens = await loggedIn({ application, browser: fresh, user });
                    sessions.push({ tokens, last: Promise.resolve() });
                }
                const refresh = (i: number) => {
                    const session = sessions[i % SESSIONS]!;
                    const refreshed = session.last.then(() => application.refresh(browser, session.tokens));
                    session.last = refreshed.catch(() => undefined);
                    return refreshed;
                };
                await measure(refresh, await vCpus(target));
                return [];
            });
        },
    },
    {
        name: "log-ins",
        proves: "users log in to Keycloak by password: the page, the form, the tokens",
        perSecond: 5,
        async run(target, measure) {
            await inRealm(target, async ({ application, browser: { origin }, user }) => {
                const send = through(target, origin);
                await measure(
                    () => loggedIn({ application, browser: new Browser(origin, send), user }),
                    await vCpus(target),
                );
                return [];
            });
        },
    },
];

const SESSIONS = 10;
const MOST_REASONS = 3;

interface LoadInput {
    /** In the place of each load's own rate. */
    readonly perSecond?: number;
    readonly seconds: number;
    /** A command that runs meanwhile. */
    readonly during?: string;
}

/** The loads as checks: one fails where a request did. Their figures go to `measured`. */
export const loads = ({ perSecond, seconds, during }: LoadInput, measured: Measured[]): Check[] =>
    LOADS.map(({ run, perSecond: usual, ...load }) => ({
        ...load,
        disruptive: "it puts load on what others use",
        async run(target, context) {
            const rate = { perSecond: perSecond ?? usual, seconds };
            let found: Measured | undefined;
            const measure: Measure = async (ask, per) => {
                context.say(`${rate.perSecond} a second for ${seconds} s`);
                const [figures, disturbance] = await Promise.all([
                    steady(rate, context.signal, ask),
                    during === undefined ? undefined : disturb(during, context.signal),
                ]);
                found = { name: load.name, ...figures, ...(per && { per }), ...(disturbance && { disturbance }) };
                measured.push(found);
            };
            await run(target, measure, context);
            return outcome(found!);
        },
    }));

function outcome(figures: Measured): string[] {
    const { sent, unsent, failed, disturbance } = figures;
    if (disturbance?.error) throw new Failed(`0 from ${disturbance.command}`, disturbance.error);
    const around = disturbance ? [failuresAround(figures, disturbance)] : [];
    if (failures(figures) > 0) {
        const reasons = Object.entries(failed)
            .sort(([, a], [, b]) => b - a)
            .slice(0, MOST_REASONS)
            .map(([why, number]) => `${number} × ${why}`);
        throw new Failed(
            `all of ${sent} to succeed`,
            [`${failures(figures)} failed: ${reasons.join("; ")}`, ...around].join("; "),
        );
    }
    return [
        unsent > 0 ? `${sent} sent, ${unsent} not: it is slower than that` : `${sent} sent, none failed`,
        ...around,
    ];
}

async function answers(target: Target, url: string): Promise<void> {
    const { status } = await request(target, url);
    if (status >= 400) throw new Error(`${status} for GET ${url}`);
}

const agents = ({ tasks }: Cluster) => ({ number: tasks, what: tasks === 1 ? "agent" : "agents" });

async function vCpus(target: Target): Promise<Measured["per"]> {
    keycloakOf(target);
    const [{ cpu }, { tasks }] = [await target.taskDefinition("keycloak"), await target.service("keycloak")];
    return cpu === undefined ? undefined : { number: (Number(cpu) / 1024) * tasks.length, what: "vCPU" };
}

/** Removes all of them, also where one cannot be. */
async function removed(connections: readonly Connection[]): Promise<void> {
    const errors: unknown[] = [];
    for (const connection of connections) await connection.remove().catch((error: unknown) => errors.push(error));
    if (errors.length > 0) throw errors[0];
}
