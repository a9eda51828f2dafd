/** A log-in that a load balancer asks for before it sends a request on: of browsers, of programs, or of both. */
import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/**
 * A browser that has no session is sent to the realm's log-in page, and comes back to `LOGIN_CALLBACK` on the same host. The session is the
 * load balancer's own, in a cookie, and ends after `SESSION_SECONDS` or with the realm's. A program brings an access token of the realm in
 * `Authorization: Bearer …`, and gets 401 where the token is not right.
 * @example { issuer: "https://auth.example.com/realms/shop", client: { id: "blog", secret }, tokens: { client: "reports" } }
 */
export interface LoginArgs {
    /** A realm of Keycloak. The load balancer asks it by itself, so a public authority has to have signed its certificate. */
    issuer: pulumi.Input<string>;
    /**
     * The realm's client for browsers, a confidential one. The rule of the load balancer has its secret, and so has the state, encrypted.
     * @default no browser is let in: every request has to bring a token
     */
    client?: { id: string; secret: pulumi.Input<string> };
    /** Whose tokens are let in. @default nobody's: every request is a browser's */
    tokens?: TokensArgs;
}

/** What a token has to say, beside being the realm's, signed by it and not out of date; one of the two at least. */
export interface TokensArgs {
    /** The client that the realm gave it to (`azp`). @default any */
    client?: string;
    /** A scope that it has to have (`scope`). @default none */
    scope?: string;
}

/** How long a browser's session lasts: a working day. AWS's own default is seven days. */
const SESSION_SECONDS = 12 * 3600;

/** Where the load balancer itself takes a browser back that has logged in (ELB user guide, "Authenticate users"). */
export const LOGIN_CALLBACK = "/oauth2/idpresponse";

type Action = aws.types.input.lb.ListenerRuleAction;

const endpoint = (issuer: LoginArgs["issuer"], name: string) =>
    pulumi.interpolate`${issuer}/protocol/openid-connect/${name}`;

/** Of browsers. */
export function loginAction({
    issuer,
    client,
}: Pick<LoginArgs, "issuer"> & Required<Pick<LoginArgs, "client">>): Action {
    return {
        type: "authenticate-oidc",
        authenticateOidc: {
            issuer,
            authorizationEndpoint: endpoint(issuer, "auth"),
            tokenEndpoint: endpoint(issuer, "token"),
            userInfoEndpoint: endpoint(issuer, "userinfo"),
            clientId: client.id,
            clientSecret: pulumi.secret(client.secret),
            scope: "openid",
            sessionTimeout: SESSION_SECONDS,
            onUnauthenticatedRequest: "authenticate",
        },
    };
}

/**
 * Of programs (ELB user guide, "Verify JWTs using an Application Load Balancer"). A claim has one value to be compared with: whether several
 * are all needed, or one of them, is not said there. Keycloak writes `azp` as one text and `scope` as words in each token; `aud` is a text
 * in one token and a list in the next, and a rule takes one form alone.
 */
export function tokensAction({ issuer, tokens }: Pick<LoginArgs, "issuer"> & { tokens: TokensArgs }): Action {
    const claim = (name: string, format: string, value: string | undefined) =>
        value === undefined ? [] : [{ name, format, values: [value] }];
    return {
        type: "jwt-validation",
        jwtValidation: {
            issuer,
            jwksEndpoint: endpoint(issuer, "certs"),
            additionalClaims: [
                ...claim("azp", "single-string", tokens.client),
                ...claim("scope", "space-separated-values", tokens.scope),
            ],
        },
    };
}
