/** How a service of a heritage is reached and judged by load balancers: keys of `schema.ts`. */
import { z } from "zod";
import { application } from "../schema/application";
import { hostLabel, realmName } from "../schema/values";

/** Bounds: ELB's API reference, JwtValidationActionAdditionalClaim; the letters of a scope, RFC 6749, section 3.3. */
const claim = (about: string) =>
    z
        .string()
        .regex(/^[\x21\x23-\x5B\x5D-\x7E]+$/, "one word without quotes and backslashes")
        .max(256)
        .optional()
        .describe(about);

const login = z
    .strictObject({
        realm: realmName("The realm of the stack's Keycloak. Needed."),
        client: z
            .string()
            .min(1)
            .optional()
            .describe(
                "The realm's client that its users log in for by a browser, a confidential one. Needed, but with tokens. Default: no browser " +
                    "is let in.",
            ),
        secret: z
            .string()
            .min(1)
            .optional()
            .describe(
                "The variable of identity:keycloak.secrets with that client's secret, which the realm's file names as ${VARIABLE}. " +
                    "Its source is generate or value. Needed with client.",
            ),
        tokens: z
            .strictObject({
                client: claim("The realm's client that a token was given to, the program's. Default: any client."),
                scope: claim("A scope that a token has. Default: none."),
            })
            .optional()
            .describe(
                "Programs that bring an access token of the realm in Authorization, which the load balancer verifies: client, scope, or " +
                    "both. Default: none.",
            ),
    })
    .describe(
        "A log-in at the stack's Keycloak, of browsers, of programs, or of both, which the load balancer asks for. The stack needs a " +
            "domain. Default: none, everybody whom the endpoint lets in.",
    );

export const listener = z
    .strictObject({
        endpoint: z
            .enum(["public", "internal"])
            .optional()
            .describe("public, the internet's; or internal, that of the networks in adminEndpoint. Default: public."),
        host: hostLabel.optional().describe("Its name under domain.name, one label. Default: the heritage's name."),
        hosts: z
            .array(
                z
                    .string()
                    .regex(
                        /^(@|[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*)$/,
                        'label, "@" or whole name',
                    ),
            )
            .min(1)
            .max(20)
            .optional()
            .describe(
                'Several names in the place of host: labels under domain.name, "@" for the domain itself, whole names in one of ' +
                    "identity:domains, e.g. www.other.example. Default: host.",
            ),
        paths: application.paths.describe(
            "Path patterns that lead to it, * for any characters; a rule takes few, more make more rules. Default: every path of its hosts.",
        ),
        priority: application.priority,
        redirect: z
            .string()
            .min(1)
            .optional()
            .describe(
                "Where these requests are sent on to, for good (301): https://www.example.com keeps path and query; with a path behind " +
                    "the host everything goes there. Default: they go to the service.",
            ),
        login: login.optional(),
    })
    .describe("A way in: what a load balancer sends to the service, or on to another address.");

export const protocol = z
    .enum(["http1", "http2", "grpc"])
    .optional()
    .describe(
        "What the application speaks: HTTP/1.1, HTTP/2 or gRPC, in the clear (h2c) from Envoy on. http2 and grpc are HTTP/2 from the " +
            "load balancer on, without WebSockets. With another choice the service answers 503 until its new tasks run. Default: http1.",
    );

const threshold = (about: string) => z.int().min(2).max(10).optional().describe(about);

// Bounds: ELB user guide, "Health checks for Application Load Balancer target groups".
export const healthCheck = z
    .strictObject({
        codes: z
            .string()
            .regex(/^\d{1,3}(-\d{1,3})?(,\d{1,3}(-\d{1,3})?)*$/, "codes")
            .optional()
            .describe(
                'Answers that mean well, as text: "200", "200,302", 200-299. HTTP from 200 to 499, gRPC from 0 to 99. Default: "200"; ' +
                    'of gRPC "0".',
            ),
        graceSeconds: z
            .int()
            .min(0)
            .max(1200)
            .optional()
            .describe("Seconds after a task's start in which a bad answer does not stop it. Default: 60."),
        intervalSeconds: z.int().min(5).max(300).optional().describe("Seconds between two questions. Default: 10."),
        timeoutSeconds: z
            .int()
            .min(2)
            .max(120)
            .optional()
            .describe("Seconds that an answer may take, fewer than interval_seconds. Default: 5."),
        healthy: threshold("Good answers in a row after which a task gets requests. Default: 2."),
        unhealthy: threshold("Bad answers in a row after which a task gets none and is replaced. Default: 3."),
    })
    .optional()
    .describe("How load balancers ask health_check_path, and what they make of the answers.");

export const deregistrationSeconds = z
    .int()
    .min(0)
    .max(3600)
    .optional()
    .describe(
        "Seconds that a task which is going has for the requests under way, before SIGTERM. Each deployment waits that long. Default: 30.",
    );

export const stickySeconds = z
    .int()
    .min(0)
    .max(604_800)
    .optional()
    .describe(
        "A client goes to the same task for so many seconds since its last request, by a cookie of the load balancer's (AWSALB). " +
            "0 turns it off again; a service that had it keeps it where the key is taken out. Default: each request goes to any task.",
    );
