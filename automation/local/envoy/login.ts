/** Log-ins that a load balancer asks for: Envoy's filter for OAuth 2 in the place of a load balancer's own. */
import { LOGIN_CALLBACK } from "../../../components/endpoint/login";
import type { Rule } from "../load-balancers";

/** What a rule of a load balancer says of a log-in. */
export interface LoginAction {
    readonly authenticateOidc?: {
        readonly issuer: string;
        readonly authorizationEndpoint: string;
        readonly tokenEndpoint: string;
        readonly clientId: string;
        readonly scope: string;
    };
}

/** Where the realm answers, and where on this machine a browser finds it. */
export interface Around {
    /** The cluster with Keycloak's nodes, by a URL of the realm. */
    readonly clusterOf: (url: string) => string;
    readonly local: (text: string) => string;
}

/** A secret of Envoy's, and the variable that has its value. */
export interface LoginSecret {
    readonly name: string;
    readonly variable: string;
}

const OAUTH = "envoy.filters.http.oauth2";
export const LUA = "envoy.filters.http.lua";
const type = (name: string) => `type.googleapis.com/envoy.extensions.filters.http.${name}`;

/** ELB user guide, "Authenticate users using an Application Load Balancer", "User claims encoding and signature verification". */
const ACCESS_TOKEN = "x-amzn-oidc-accesstoken";

export const loginOf = ({ actions }: Pick<Rule, "actions">) =>
    actions.find(({ authenticateOidc }) => authenticateOidc)?.authenticateOidc;

/** By the rule's name, what it is to keep secret: the client's secret, and with what Envoy signs its cookies. */
export const loginSecrets = (rule: Pick<Rule, "name" | "actions">): readonly [LoginSecret, LoginSecret] | [] =>
    loginOf(rule)
        ? [
              { name: `${rule.name}-secret`, variable: variableOf(`${rule.name}_SECRET`) },
              { name: `${rule.name}-cookies`, variable: variableOf(`${rule.name}_COOKIES`) },
          ]
        : [];

const variableOf = (text: string) => `LOGIN_${text.toUpperCase().replaceAll(/[^A-Z0-9]+/g, "_")}`;

/** What a rule's route says to filters, by their names. */
export function loginOfRoute(rule: Rule, around: Around): object {
    const oidc = loginOf(rule);
    if (!oidc) return {};
    const config = oauth(rule, oidc, around);
    return { [OAUTH]: { "@type": type("oauth2.v3.OAuth2PerRoute"), config }, [LUA]: luaPerRoute(HAND_ON) };
}

/** The filter of a listener with such rules; none where it has none. It does nothing where no rule asks for it. */
export function loginFilters(rules: readonly Rule[], around: Around): object[] {
    const first = rules.find(loginOf);
    if (!first) return [];
    const config = oauth(first, loginOf(first)!, around);
    return [{ name: OAUTH, disabled: true, typed_config: { "@type": type("oauth2.v3.OAuth2"), config } }];
}

function oauth(rule: Rule, oidc: NonNullable<LoginAction["authenticateOidc"]>, { clusterOf, local }: Around) {
    const [secret, cookies] = loginSecrets(rule) as [LoginSecret, LoginSecret];
    return {
        token_endpoint: { cluster: clusterOf(oidc.issuer), uri: oidc.tokenEndpoint, timeout: "10s" },
        authorization_endpoint: local(oidc.authorizationEndpoint),
        redirect_uri: `https://%REQ(:authority)%${LOGIN_CALLBACK}`,
        redirect_path_matcher: { path: { exact: LOGIN_CALLBACK } },
        signout_path: { path: { exact: "/oauth2/signout" } },
        forward_bearer_token: true,
        auth_scopes: oidc.scope.split(" "),
        credentials: {
            client_id: oidc.clientId,
            token_secret: { name: secret.name },
            hmac_secret: { name: cookies.name },
        },
    };
}

export const LUA_FILTER = { name: LUA, typed_config: { "@type": type("lua.v3.Lua") } };

/** What that filter does in a rule's route, and in no other. */
export const luaPerRoute = (source: string) => ({
    "@type": type("lua.v3.LuaPerRoute"),
    source_code: { inline_string: source },
});

/** The token that Envoy puts into Authorization, in the header of a load balancer. */
const HAND_ON = `function envoy_on_request(handle)
  local token = handle:headers():get("authorization")
  if token then
    handle:headers():replace("${ACCESS_TOKEN}", token:sub(8))
    handle:headers():remove("authorization")
  end
end`;
