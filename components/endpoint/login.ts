/** A log-in that a load balancer asks for before it sends a request on. */
import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/**
 * Who has no session is sent to the realm's log-in page, and comes back to `LOGIN_CALLBACK` on the same host. The session is the load
 * balancer's own, in a cookie, and ends after `SESSION_SECONDS` or with the realm's.
 * @example { issuer: "https://auth.example.com/realms/shop", client: { id: "blog", secret } }
 */
export interface LoginArgs {
    /** A realm of Keycloak. The load balancer asks it by itself, so a public authority has to have signed its certificate. */
    issuer: pulumi.Input<string>;
    /** The realm's client, a confidential one. The rule of the load balancer has its secret, and so has the state, encrypted. */
    client: { id: string; secret: pulumi.Input<string> };
}

/** How long a browser's session lasts: a working day. AWS's own default is seven days. */
const SESSION_SECONDS = 12 * 3600;

/** Where the load balancer itself takes a browser back that has logged in (ELB user guide, "Authenticate users"). */
export const LOGIN_CALLBACK = "/oauth2/idpresponse";

export function loginAction({ issuer, client }: LoginArgs): aws.types.input.lb.ListenerRuleAction {
    const endpoint = (name: string) => pulumi.interpolate`${issuer}/protocol/openid-connect/${name}`;
    return {
        type: "authenticate-oidc",
        authenticateOidc: {
            issuer,
            authorizationEndpoint: endpoint("auth"),
            tokenEndpoint: endpoint("token"),
            userInfoEndpoint: endpoint("userinfo"),
            clientId: client.id,
            clientSecret: pulumi.secret(client.secret),
            scope: "openid",
            sessionTimeout: SESSION_SECONDS,
            onUnauthenticatedRequest: "authenticate",
        },
    };
}
