/** Article 003: Keycloak as a cluster. */
import { adminInReach, answerText } from "../agents";
import { claims, SessionLost, type Tokens } from "../browser";
import { NotInStack, type CheckContext, type Check, count, Failed, Skipped, pollUntil } from "../check";
import { NoAnswer, request } from "../http";
import { administer, keycloakOf, temporaryRealm, type TemporaryRealm } from "../keycloak";
import type { Target, Task } from "../target";

const NAME = "keycloak";
const MANAGEMENT = 9000;
/** What says that a network does not let us through. */
const UNREACHABLE = ["TimeoutError", "ABORT_ERR", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH"];

export const discovery: Check = {
    name: "keycloak-discovery",
    proves: "Keycloak calls itself by the public name, and nothing else, to its users",
    async run(target) {
        const { url } = keycloakOf(target);
        return inRealm(target, ({ name }) => discovered(target, url, name));
    },
};

/** Checks that the issuer and all endpoints of a realm's discovery document are below one origin. */
async function discovered(target: Target, url: string, realm: string): Promise<string[]> {
    const answer = await request(target, `${url}/realms/${realm}/.well-known/openid-configuration`);
    if (answer.status !== 200) throw new Failed(`200 for the discovery document at ${url}`, answerText(answer));
    const document = answer.json();
    const issuer = `${url}/realms/${realm}`;
    if (document.issuer !== issuer) throw new Failed(`the issuer ${issuer}`, String(document.issuer));
    const elsewhere = Object.entries(document).filter(
        ([key, value]) => key.endsWith("_endpoint") && !String(value).startsWith(`${url}/`),
    );
    if (elsewhere.length > 0) {
        throw new Failed(`endpoints below ${url}`, elsewhere.map(([key, value]) => `${key} ${value}`).join(", "));
    }
    return [`issuer and endpoints are below ${url}`];
}

export const master: Check = {
    name: "keycloak-master",
    proves: "administrators log in at the internal endpoint, and their failed log-ins are counted",
    async run(target) {
        const { adminUrl } = keycloakOf(target);
        await adminInReach(target);
        const remedy = "set the realm master up: docs/operations.md, Upgrading Keycloak";
        const found = await discovered(target, adminUrl, "master").catch((error: unknown) => {
            throw error instanceof Failed ? new Failed(error.expected, error.seen, remedy) : error;
        });
        const realm = await administer(target, "GET", "/admin/realms/master");
        if (realm.status !== 200) throw new Failed("the realm master by the admin API", answerText(realm));
        if (realm.json().bruteForceProtected !== true) {
            throw new Failed("failed log-ins of the realm master to be counted", "they are not", remedy);
        }
        return [...found, "failed log-ins are counted"];
    },
};

export const cluster: Check = {
    name: "keycloak-cluster",
    proves: "the nodes are one cluster: each counts them all",
    async run(target) {
        keycloakOf(target);
        const { tasks } = await target.service(NAME);
        const found: string[] = [];
        for (const task of tasks) {
            const size = await clusterSize(target, task);
            if (size !== tasks.length) {
                throw new Failed(
                    `${task.id} to be in a cluster of ${tasks.length}`,
                    size === undefined ? "it tells no size of its cluster" : `it is in one of ${size}`,
                    "the nodes do not reach one another on port 7800",
                );
            }
            found.push(`${task.id} counts ${size}`);
        }
        return found;
    },
};

export const logIn: Check = {
    name: "keycloak-log-in",
    proves: "a user logs in by the authorization-code flow, and a wrong password does not",
    async run(target) {
        const { url } = keycloakOf(target);
        return inRealm(target, async ({ application, browser, user, name }) => {
            const refused = await application.logIn(browser, { ...user, password: "wrong" });
            if (refused.status !== 200 || refused.location !== undefined) {
                throw new Failed("a wrong password to be refused", answerText(refused));
            }
            const tokens = await loggedIn({ application, browser, user });
            const { iss, preferred_username: who } = claims(tokens.access_token);
            if (iss !== `${url}/realms/${name}` || who !== user.username) {
                throw new Failed(`a token of ${url}/realms/${name} for ${user.username}`, `of ${iss} for ${who}`);
            }
            const fresh = await application.goesOn(browser, tokens, user);
            const out = await application.logOut(browser, fresh);
            if (out.status !== 204) throw new Failed("the user to be logged out", answerText(out));
            const still = await application.refresh(browser, fresh).catch((error: unknown) => error);
            if (!(still instanceof SessionLost)) throw new Failed("no tokens after the log-out", "the session goes on");
            return [
                "a wrong password is refused",
                `a token of ${iss}`,
                "refresh, user data and single sign-on; log-out ends them",
            ];
        });
    },
};

/**
 * Seconds for which a load balancer may still send requests to a node that is gone. A killed node fails its health checks after 30 to 45 s;
 * ECS deregisters a node at once when it stops it.
 */
const PATIENCE_SECONDS = 120;
/** The time limit for the other nodes to notice. They take less than a second with failure detection, and 47 s without it. */
const NOTICED_SECONDS = 20;

export const nodes: Check = {
    name: "keycloak-nodes",
    proves: "a session goes on when one node is stopped, and then the other",
    disruptive: "it stops running tasks",
    async run(target, context) {
        keycloakOf(target);
        const { tasks } = await target.service(NAME);
        if (tasks.length < 2)
            throw new NotInStack(`Keycloak runs on ${count(tasks.length, "node")}: a cluster has two or more`);
        return inRealm(target, async (temporary) => {
            let tokens = await loggedIn(temporary);
            const found: string[] = [];
            for (const task of tasks) {
                context.say(`stopping ${task.id}`);
                const gone = await withoutOne(target, temporary, task, tokens, context);
                context.say(`${task.id} is gone, the session is not; waiting for a node in its place`);
                await target.settled(NAME, context);
                tokens = await temporary.application.goesOn(temporary.browser, gone.tokens, temporary.user);
                found.push(`${task.id} stopped: session, refresh and single sign-on go on${gone.text}`);
            }
            return found;
        });
    },
};

/** Stops a node, and checks the session and the other nodes. Waits for the replacement also if a check fails. */
async function withoutOne(
    target: Target,
    temporary: TemporaryRealm,
    task: Task,
    before: Tokens,
    context: CheckContext,
) {
    const others = (await target.service(NAME)).tasks.filter(({ id }) => id !== task.id);
    const stopped = target.stop(NAME, task);
    const [away, noticed] = await Promise.allSettled([
        passing(temporary, before, context, stopped),
        stopped.then(() => noticing(target, others, task, context)),
    ]);
    if (away.status === "fulfilled" && noticed.status === "fulfilled") {
        const { tokens, seconds } = away.value;
        const afterSilence =
            seconds > 0 ? `, after ${seconds.toFixed(1)} s in which the load balancer still asked it` : "";
        return { tokens, text: afterSilence + noticed.value };
    }
    context.say(`${task.id} is gone, and that is not all; waiting for a node in its place`);
    await target.settled(NAME, context).catch(() => undefined);
    throw (noticed.status === "rejected" ? noticed : (away as PromiseRejectedResult)).reason;
}

/** Uses the session while a node stops, and three times after. Fails if there is no answer for longer than `PATIENCE_SECONDS`. */
async function passing(
    temporary: TemporaryRealm,
    before: Tokens,
    { signal, patience = 1 }: CheckContext,
    stopped: Promise<void>,
) {
    const { application, browser, user } = temporary;
    let tokens = before;
    let longest = 0;
    let silentSince: number | undefined;
    let gone = false;
    // Also if the stop failed, which `withoutOne` reports.
    void stopped.catch(() => undefined).then(() => (gone = true));
    for (let after = 0; after < 3;) {
        signal.throwIfAborted();
        try {
            tokens = await application.goesOn(browser, tokens, user);
            if (silentSince !== undefined) longest = Math.max(longest, Date.now() - silentSince);
            silentSince = undefined;
            if (gone) after++;
        } catch (error) {
            if (!(error instanceof NoAnswer || (error instanceof SessionLost && error.passing))) throw lost(error);
            silentSince ??= Date.now();
            if (Date.now() - silentSince > PATIENCE_SECONDS * 1000 * patience) throw lost(error);
        }
        await new Promise((resolve) => setTimeout(resolve, 300));
    }
    return { tokens, seconds: longest / 1000 };
}

const lost = (error: unknown) =>
    new Failed("the session to go on, whichever node answers", error instanceof Error ? error.message : String(error));

/** Measures how long the other nodes take to notice that a node is gone. Empty where their metrics cannot be reached. */
async function noticing(target: Target, others: readonly Task[], gone: Task, context: CheckContext): Promise<string> {
    const begin = Date.now();
    for (const other of others) {
        if (!other.at(MANAGEMENT)) return "";
        const size = () => clusterSize(target, other).catch(() => undefined);
        if ((await size()) === undefined) return "";
        const noticed = await pollUntil(
            NOTICED_SECONDS,
            context,
            async () => (await size()) === others.length || undefined,
            0.1,
        );
        if (!noticed) {
            throw new Failed(
                `${other.id} to notice within ${NOTICED_SECONDS} s that ${gone.id} is gone`,
                `it still counts ${await size()} nodes`,
                "the nodes' failure detection is closed: port 57800 among them",
            );
        }
    }
    return `; the others knew after ${((Date.now() - begin) / 1000).toFixed(1)} s`;
}

/** The cluster's size in a node's metrics. */
async function clusterSize(target: Target, task: Task): Promise<number | undefined> {
    const place = task.at(MANAGEMENT);
    const remedy = "run it from one of the networks of adminEndpoint.allowedCidrs: they may ask nodes on port 9000";
    if (!place) throw new Skipped(`${task.id} cannot be asked from here`, remedy);
    const url = `http://${place.host}:${place.port}/metrics`;
    const answer = await request(target, url, { timeoutSeconds: 5 }).catch((error: unknown) => {
        if (error instanceof NoAnswer && UNREACHABLE.includes(error.code))
            throw new Skipped(`nothing answers at ${url}`, remedy);
        throw error;
    });
    const size = /^vendor_cluster_size\{.*\} (\d+)(\.0)?$/m.exec(answer.text)?.[1];
    return size === undefined ? undefined : Number(size);
}

export async function loggedIn({
    application,
    browser,
    user,
}: Pick<TemporaryRealm, "application" | "browser" | "user">) {
    const answer = await application.logIn(browser, user);
    if (answer.status !== 302 || !answer.location) {
        throw new Failed("a redirect to the application after the log-in", answerText(answer));
    }
    return application.exchange(browser, answer.location);
}

/** Runs a check in a temporary realm, and deletes the realm in any case. */
export async function inRealm(
    target: Target,
    attempt: (temporary: TemporaryRealm) => Promise<string[]>,
): Promise<string[]> {
    const temporary = await temporaryRealm(target);
    let found: string[];
    try {
        found = await attempt(temporary);
    } catch (error) {
        await temporary.remove().catch(() => undefined);
        throw error instanceof SessionLost ? lost(error) : error;
    }
    await temporary.remove();
    return [...found, `the realm ${temporary.name} is deleted again`];
}
