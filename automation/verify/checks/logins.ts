/** Log-ins that load balancers ask for in front of applications. */
import { answerText, isOutOfReach, notAsked } from "../agents";
import { all, type Check, Failed, NotInStack } from "../check";
import { request } from "../http";
import { keycloakOf } from "../keycloak";

export const logins: Check = {
    name: "logins",
    proves: "who has not logged in gets no further than the load balancer, where it asks for a log-in",
    async run(target) {
        const services = Object.entries(target.logins).flatMap(([name, { realm, client }]) =>
            client === undefined ? [] : [[name, { realm, client }] as const],
        );
        if (services.length === 0) throw new NotInStack("no load balancer asks for a log-in");
        const { url: keycloakUrl } = keycloakOf(target);
        return all(services, async ([name, { realm, client }]) => {
            const url = target.services[name]!;
            if (await isOutOfReach(target, url)) return notAsked(url);
            const answer = await request(target, url);
            const page = `${keycloakUrl}/realms/${realm}/protocol/openid-connect/auth`;
            const to = answer.headers.location;
            const sent = to === undefined ? undefined : new URL(to, url);
            if (answer.status !== 302 || `${sent?.origin}${sent?.pathname}` !== page) {
                throw new Failed(`${url} to send to ${page}`, `${answerText(answer)}${to ? `, ${to}` : ""}`);
            }
            if (sent!.searchParams.get("client_id") !== client) {
                throw new Failed(`a log-in for the client ${client}`, `for ${sent!.searchParams.get("client_id")}`);
            }
            const form = await request(target, sent!.href);
            if (form.status !== 200) {
                const means = "the realm does not know the client, or does not send its users back here";
                throw new Failed(`the log-in page of the realm ${realm}`, answerText(form), means);
            }
            return `${url}: sends to the realm ${realm}, whose page takes it`;
        });
    },
};
