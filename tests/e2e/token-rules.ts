/**
 * Rules of load balancers that verify tokens. moto does not know their action, and keeps whatever a log-in of browsers says; so such a rule
 * is one of those to moto, with the settings in its client's id.
 */
const MARK = "tokens:";
const JWT = "JwtValidationConfig";
const OIDC = "AuthenticateOidcConfig";

interface Claim {
    readonly Format: string;
    readonly Name: string;
    readonly Values: string[];
}
interface Tokens {
    readonly issuer: string;
    readonly keys: string;
    readonly claims: Claim[];
}

/** The body of a request to moto. */
export function asLoginRule(body: Buffer): Buffer {
    if (!body.includes("jwt-validation")) return body;
    const form = new URLSearchParams(body.toString("utf8"));
    for (const [key, value] of [...form]) {
        if (value !== "jwt-validation" || !key.endsWith(".Type")) continue;
        const at = key.slice(0, -".Type".length);
        const tokens = taken(form, `${at}.${JWT}`);
        const settings = {
            ...{ Issuer: tokens.issuer, AuthorizationEndpoint: tokens.keys, TokenEndpoint: tokens.keys },
            ...{
                UserInfoEndpoint: tokens.keys,
                ClientId: MARK + encodeURIComponent(JSON.stringify(tokens)),
                ClientSecret: "none",
            },
        };
        form.set(key, "authenticate-oidc");
        for (const [name, setting] of Object.entries(settings)) form.set(`${at}.${OIDC}.${name}`, setting);
    }
    return Buffer.from(form.toString());
}

/** Takes the settings out of a form. */
function taken(form: URLSearchParams, at: string): Tokens {
    const take = (key: string) => {
        const value = form.get(`${at}.${key}`) ?? "";
        form.delete(`${at}.${key}`);
        return value;
    };
    const claims: Claim[] = [];
    for (let i = 1; form.has(`${at}.AdditionalClaims.member.${i}.Name`); i++) {
        const claim = `AdditionalClaims.member.${i}`;
        const Values: string[] = [];
        while (form.has(`${at}.${claim}.Values.member.${Values.length + 1}`)) {
            Values.push(take(`${claim}.Values.member.${Values.length + 1}`));
        }
        claims.push({ Format: take(`${claim}.Format`), Name: take(`${claim}.Name`), Values });
    }
    return { issuer: take("Issuer"), keys: take("JwksEndpoint"), claims };
}

export const asksForRules = (body: Buffer) => /Action=(Create|Modify|Describe)Rules?&/.test(body.toString("utf8"));

const list = (name: string, items: readonly string[]) =>
    `<${name}>${items.map((item) => `<member>${item}</member>`).join("")}</${name}>`;

/** What moto answers, with these rules as AWS has them. */
export const asTokenRules = (xml: string): string =>
    xml.replaceAll(
        new RegExp(`<Type>authenticate-oidc</Type>((?:(?!</member>).)*?)<${OIDC}>(.*?)</${OIDC}>`, "gs"),
        (all, between: string, settings: string) => {
            const mark = new RegExp(`<ClientId>${MARK}([^<]*)</ClientId>`).exec(settings)?.[1];
            if (mark === undefined) return all;
            const { issuer, keys, claims } = JSON.parse(decodeURIComponent(mark)) as Tokens;
            const shown = claims.map(
                ({ Format, Name, Values }) => `<Format>${Format}</Format><Name>${Name}</Name>${list("Values", Values)}`,
            );
            const config = `<JwksEndpoint>${keys}</JwksEndpoint><Issuer>${issuer}</Issuer>${list("AdditionalClaims", shown)}`;
            return `<Type>jwt-validation</Type>${between}<${JWT}>${config}</${JWT}>`;
        },
    );
