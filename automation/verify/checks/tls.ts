/** Article 004: TLS up to the container. */
import { NotInStack, all, type Check, Failed } from "../check";
import { type Answer, NoAnswer, request, shortened } from "../http";
import { handshake, reach, speaksOldTls } from "../sockets";
import { endOf, hasEnvoy, type Place, publicUrls, runs, type Target, type Task } from "../target";
import { answerText, isOutOfReach, notAsked } from "../agents";
import { ENVOY_PORT } from "../../../components/envoy/sidecar";

/** Days for which a certificate has to be valid, to leave time for its renewal. */
const LEAST_DAYS = 7;
const DAY = 24 * 3600 * 1000;

export const certificate: Check = {
    name: "tls-certificate",
    proves: "each public host shows a certificate that is trusted, speaks TLS 1.2 or later alone, and no plain HTTP",
    async run(target) {
        const urls = publicUrls(target).filter((url) => url.startsWith("https:"));
        const origins = [...new Set(urls.map((url) => new URL(url).origin))];
        if (origins.length === 0) throw new NotInStack("the stack answers nothing over HTTPS");
        return all(origins, async (origin) => {
            const { host, port } = endOf(origin);
            const found = await trusted(target, origin, target.connectTo(host, port), host);
            return `${found}; ${await noPlainHttp(target, host, port)}`;
        });
    },
};

/** Connects to each task's Envoy directly, since a load balancer does not verify its targets' certificates. */
export const envoys: Check = {
    name: "tls-tasks",
    proves: "each task's own Envoy shows a certificate of the stack's authority, and speaks TLS 1.2 or later alone",
    async run(target) {
        const found: [string, Task, Place][] = [];
        const names = Object.keys(target.services);
        for (const name of [...Object.keys(target.agents), ...(target.keycloak ? ["keycloak"] : [])]) {
            if (hasEnvoy(await target.taskDefinition(name))) names.push(name);
        }
        for (const name of names) {
            for (const task of (await target.service(name)).tasks) {
                const place = task.at(ENVOY_PORT);
                if (place) found.push([name, task, place]);
            }
        }
        if (names.length === 0) throw new NotInStack("the stack has no service with TLS");
        if (found.length === 0) {
            throw new NotInStack(
                "nobody but the load balancer reaches a task here, which is as it should be (closed-ports)",
            );
        }
        // The certificate is for a name in the VPC, so only the authority is verified.
        return all(found, async ([name, task, place]) => {
            const authority = (await target.taskAuthority?.(name)) ?? target.authority;
            return trusted({ authority }, `Envoy of ${task.id}`, place);
        });
    },
};

const HELLO = "Hello from behind Envoy proxy!!";

export const hello: Check = {
    name: "tls-hello",
    proves: "each application answers, and through its Envoy",
    async run(target) {
        const services = Object.entries(target.services);
        if (services.length === 0) throw new NotInStack("the stack has no service with TLS");
        return all(services, async ([name, url]) => {
            if (await isOutOfReach(target, url)) return notAsked(url);
            const answer = await request(target, url);
            if (answer.status === 503 && (await target.service(name)).wanted === 0)
                return `${url}: it is to have no tasks`;
            if (Object.hasOwn(target.logins, name)) return `${url}: ${answer.status}, it asks for a log-in`;
            if (answer.status >= 500) throw new Failed(`an application behind ${url}`, answerText(answer));
            if (!hasEnvoy(await target.taskDefinition(name))) return `${url}: ${answer.status}, it has no Envoy`;
            const milliseconds = answer.headers["x-envoy-upstream-service-time"];
            if (milliseconds === undefined) {
                throw new Failed(
                    `the answer of ${url} to have come through Envoy`,
                    `no header of Envoy's (x-envoy-upstream-service-time) in ${answerText(answer)}`,
                    "the load balancer reaches the application past its Envoy",
                );
            }
            return `${url}: ${await content(target, name, answer)}, through Envoy in ${String(milliseconds)} ms`;
        });
    },
};

/** The sample application has a known answer. */
async function content(target: Target, name: string, answer: Answer): Promise<string> {
    if (!runs(await target.taskDefinition(name), "hello")) return String(answer.status);
    if (answer.status !== 200 || answer.text.trim() !== HELLO) {
        throw new Failed(`200 ${HELLO}`, answerText(answer));
    }
    return `“${shortened(answer.text)}”`;
}

/** Checks a certificate and TLS versions. `name`: the host name for which the certificate has to be valid. */
async function trusted(
    { authority }: Pick<Target, "authority">,
    what: string,
    place: Place,
    name?: string,
): Promise<string> {
    const shown = await handshake(place, name, authority).catch((error: Error) => {
        throw new Failed(`TLS at ${what}`, error.message);
    });
    if (shown.problem) {
        throw new Failed(
            `a certificate of ${what} that ${authority ? "the stack's authority" : "a public authority"} signed`,
            `${shown.problem}: for ${shown.subject}, by ${shown.issuer}`,
        );
    }
    const days = Math.floor((shown.ends.getTime() - Date.now()) / DAY);
    if (days < LEAST_DAYS) {
        throw new Failed(
            `a certificate of ${what} for ${LEAST_DAYS} days more`,
            `it ends in ${days} days`,
            "an `up` renews it",
        );
    }
    const old = await speaksOldTls(place, name);
    if (old) throw new Failed(`${what} to refuse TLS 1.1`, "it speaks it");
    return (
        `${what}: by ${shown.issuer}, until ${shown.ends.toISOString().slice(0, 10)}, ${shown.protocol}, ` +
        (old === false ? "TLS 1.1 refused" : "TLS 1.1 not tried: this Node.js cannot")
    );
}

/** Checks that port 80 redirects to HTTPS or is closed, and that the HTTPS port refuses plain HTTP. */
async function noPlainHttp(target: Target, host: string, port: number): Promise<string> {
    const same = await request(target, `http://${host}:${port}/`).catch((error: unknown) => error);
    if (!(same instanceof NoAnswer) && (same as Answer).status !== 400) {
        throw new Failed(`no plain HTTP on port ${port} of ${host}`, answerText(same as Answer));
    }
    const place = target.connectTo(host, 80);
    if ((await reach(place)) !== "open") return "no plain HTTP";
    const { status, headers } = await request(target, `http://${host}/service`);
    if (![301, 302, 307, 308].includes(status) || !/^https:/.test(headers.location ?? "")) {
        throw new Failed(`http://${host} to redirect to HTTPS`, `${status} ${headers.location ?? ""}`);
    }
    return `HTTP redirected (${status})`;
}
