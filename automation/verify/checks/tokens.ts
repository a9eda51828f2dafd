/** Tokens of programs that load balancers ask for in front of applications. */
import { randomBytes } from "node:crypto";
import { answerText, isOutOfReach, LABEL, notAsked } from "../agents";
import { all, type Check, Failed, NotInStack } from "../check";
import { type Answer, request } from "../http";
import { administer, keycloakOf } from "../keycloak";
import type { Target } from "../target";
import { inRealm, loggedIn } from "./keycloak";

type Tokens = NonNullable<Target["logins"][string]["tokens"]>;

export const tokens: Check = {
    name: "tokens",
    proves: "a program without a token, or with one of another realm, gets no further than the load balancer",
    async run(target) {
        const services = Object.entries(target.logins).flatMap(([name, { realm, client, tokens: asked }]) =>
            asked ? [{ url: target.services[name]!, realm, browsers: client !== undefined, asked }] : [],
        );
        if (services.length === 0) throw new NotInStack("no load balancer asks for tokens of programs");
        return inRealm(target, async (temporary) => {
            const { access_token: stranger } = await loggedIn(temporary);
            return all(services, async ({ url, realm, browsers, asked }) => {
                if (await isOutOfReach(target, url)) return notAsked(url);
                if (!browsers) refused(await request(target, url), `${url} without a token`);
                refused(await withToken(target, url, "no.token.atall"), `${url} with no token of anybody's`);
                refused(await withToken(target, url, stranger), `${url} with a token of the realm ${temporary.name}`);
                const own = await ownTokens(target, realm, asked);
                refused(await withToken(target, url, own.wrong), `${url} with a token for another client or scope`);
                const taken = asked.client === undefined ? await withToken(target, url, own.right!) : undefined;
                if (taken?.status === 401) {
                    const means =
                        "the load balancer does not reach the realm's keys, or the application refuses the token";
                    throw new Failed(`${url} to take a token of the realm ${realm}`, answerText(taken), means);
                }
                return `${url}: 401 for tokens of others${taken ? `, and ${taken.status} for one of the realm ${realm}` : ""}`;
            });
        });
    },
};

const withToken = (target: Target, url: string, token: string) =>
    request(target, url, { headers: { Authorization: `Bearer ${token}` } });

function refused(answer: Answer, what: string) {
    if (answer.status !== 401) throw new Failed(`401 for ${what}`, answerText(answer));
}

/**
 * A token of the realm that is not the one that is asked for; and one that is, where any client may have it. Of a client that is made for
 * it, and deleted again.
 */
async function ownTokens(target: Target, realm: string, { scope }: Tokens): Promise<{ wrong: string; right?: string }> {
    const { url } = keycloakOf(target);
    const at = `/admin/realms/${encodeURIComponent(realm)}/clients`;
    const [clientId, secret] = [`verify-${randomBytes(4).toString("hex")}`, randomBytes(16).toString("hex")];
    const made = await administer(target, "POST", at, {
        ...{ clientId, secret, description: LABEL, serviceAccountsEnabled: true, standardFlowEnabled: false },
        optionalClientScopes: scope === undefined ? [] : [scope],
    });
    if (made.status !== 201) throw new Failed(`a client to be made in the realm ${realm}`, answerText(made));
    try {
        const ask = async (more: Record<string, string>) => {
            const form = { grant_type: "client_credentials", client_id: clientId, client_secret: secret, ...more };
            const answer = await request(target, `${url}/realms/${realm}/protocol/openid-connect/token`, { form });
            if (answer.status !== 200) throw new Failed(`a token of the realm ${realm}`, answerText(answer));
            return String(answer.json().access_token);
        };
        return { wrong: await ask({}), ...(scope !== undefined && { right: await ask({ scope }) }) };
    } finally {
        await administer(target, "DELETE", `${at}/${made.headers.location!.split("/").at(-1)!}`);
    }
}
