/** A log-in that a load balancer asks for before it sends a request on. */
import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/**
 * Exactly one of `client` and `tokensOf`.
 * @example { issuer: "https://auth.example.com/realms/shop", client: { id: "blog", secret } }
 * @example { issuer: "https://auth.example.com/realms/shop", tokensOf: ["mobile"] }
 */
export interface LoginArgs {
    /** A realm of Keycloak. The load balancer asks it by itself, so a public authority has to have signed its certificate. */
    issuer: pulumi.Input<string>;
    /**
     * For browsers: who has no session is sent to the realm's log-in page and comes back to `/oauth2/idpresponse`. The session is the load
     * balancer's own, in a cookie, and ends after `SESSION_SECONDS` or with the realm's.
     */
    client?: { id: string; secret: pulumi.Input<string> };
    /** For programs: `Authorization: Bearer` with an access token that the realm gave one of these clients (claim `azp`); else 401. */
    tokensOf?: readonly string[];
}

/** How long a browser's session lasts: a working day. AWS's own default is seven days. */
const SESSION_SECONDS = 12 * 3600;

/** Where Keycloak's realms have what OpenID Connect asks for. */
const endpointOf = (issuer: pulumi.Input<string>, name: string) =>
    pulumi.interpolate`${issuer}/protocol/openid-connect/${name}`;

/** Where the load balancer itself takes a browser back that has logged in (ELB user guide, "Authenticate users"). */
export const LOGIN_CALLBACK = "/oauth2/idpresponse";

export function loginAction({ issuer, client, tokensOf = [] }: LoginArgs): aws.types.input.lb.ListenerRuleAction {
    if (client === undefined) {
        return {
            type: "jwt-validation",
            jwtValidation: {
                issuer,
                jwksEndpoint: endpointOf(issuer, "certs"),
                additionalClaims: [{ format: "single-string", name: "azp", values: [...tokensOf] }],
            },
        };
    }
    return {
        type: "authenticate-oidc",
        authenticateOidc: {
            issuer,
            authorizationEndpoint: endpointOf(issuer, "auth"),
            tokenEndpoint: endpointOf(issuer, "token"),
            userInfoEndpoint: endpointOf(issuer, "userinfo"),
            clientId: client.id,
            clientSecret: pulumi.secret(client.secret),
            scope: "openid",
            sessionTimeout: SESSION_SECONDS,
            onUnauthenticatedRequest: "authenticate",
        },
    };
}
