/** Tokens of programs that a load balancer verifies: Envoy's filter for JWTs in its place, and a few lines for the claims. */
import type { Rule } from "../load-balancers";
import { type Around, LUA, luaPerRoute } from "./login";

/** What a rule of a load balancer says of tokens. */
export interface TokensAction {
    readonly jwtValidation?: {
        readonly issuer: string;
        readonly jwksEndpoint: string;
        readonly additionalClaims?: readonly { name: string; format: string; values: string[] }[];
    };
}

const JWT = "envoy.filters.http.jwt_authn";
const type = (name: string) => `type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.${name}`;

export const tokensOf = ({ actions }: Pick<Rule, "actions">) =>
    actions.find(({ jwtValidation }) => jwtValidation)?.jwtValidation;

/** What a rule's route says to filters, by their names. */
export function tokensOfRoute(rule: Rule): object {
    const jwt = tokensOf(rule);
    if (!jwt) return {};
    return {
        [JWT]: { "@type": type("PerRouteConfig"), requirement_name: rule.name },
        [LUA]: luaPerRoute(verified(rule.name, jwt)),
    };
}

/** The filter of a listener with such rules; none where it has none. It does nothing where no rule asks for it. */
export function tokenFilters(rules: readonly Rule[], { clusterOf, local }: Around): object[] {
    const asking = rules.filter(tokensOf);
    if (asking.length === 0) return [];
    const provider = (rule: Rule) => {
        const { issuer, jwksEndpoint } = tokensOf(rule)!;
        return {
            issuer: local(issuer),
            remote_jwks: {
                http_uri: { uri: jwksEndpoint, cluster: clusterOf(issuer), timeout: "10s" },
                cache_duration: "60s",
            },
            forward: true,
            require_expiration: true,
            clock_skew_seconds: 1, // there is one clock
            header_in_metadata: "header",
            payload_in_metadata: "payload",
        };
    };
    const named = <Value>(value: (rule: Rule) => Value) =>
        Object.fromEntries(asking.map((rule) => [rule.name, value(rule)]));
    return [
        {
            name: JWT,
            typed_config: {
                "@type": type("JwtAuthentication"),
                providers: named(provider),
                requirement_map: named(({ name }) => ({ provider_name: name })),
            },
        },
    ];
}

/** 401 where a claim is another one, or the signature of another kind than a load balancer's. */
function verified(rule: string, { additionalClaims = [] }: NonNullable<TokensAction["jwtValidation"]>): string {
    const claims = additionalClaims.map(({ name, format, values: [value, ...more] }) => {
        const own = `payload[${JSON.stringify(name)}]`;
        if (more.length === 0 && format === "single-string") return `${own} == ${JSON.stringify(value)}`;
        if (more.length === 0 && format === "space-separated-values")
            return `(" " .. (${own} or "") .. " "):find(${JSON.stringify(` ${value} `)}, 1, true)`;
        throw new Error(`${rule}: the claim ${name} as ${format} is not known here`);
    });
    return `function envoy_on_request(handle)
  local token = handle:streamInfo():dynamicMetadata():get("${JWT}")
  local payload = token.payload
  if not (${['token.header.alg == "RS256"', ...claims].join(" and ")}) then
    handle:respond({[":status"] = "401"}, "the token's claims are not those that are asked for")
  end
end`;
}
