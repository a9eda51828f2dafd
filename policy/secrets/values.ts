/**
 * Whether a value has the form of a secret, whatever its name is.
 *
 * The patterns of tokens are those of gitleaks (github.com/gitleaks/gitleaks, config/gitleaks.toml, MIT; read at commit b58d3f1) that need
 * no keyword before the value. They keep the minimum length of a token, so that no plain word matches.
 */
const FORMS: readonly [what: string, form: RegExp][] = [
    ["a private key", /-----BEGIN[ A-Z0-9_-]{0,100}PRIVATE KEY(?: BLOCK)?-----/i],
    // A placeholder ($NAME, ${NAME}, {{name}}, %NAME%, <name>) is no password.
    ["a password in a URL", /:\/\/[^/\s@?#]*:(?![${%<])[^/\s@]+@/],
    ["a password in a connection string", /(?:password|passwd|\bpwd)\s*=\s*(?![\s;,&${%<"']|$)./i],
    ["a token (JWT)", /\bey[A-Za-z0-9_-]{17,}\.ey[A-Za-z0-9_/\\-]{17,}\.[A-Za-z0-9_/\\-]{10,}/],
    ["a key of AWS", /\b(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/],
    ["a key of Amazon Bedrock", /\bABSK[A-Za-z0-9+/]{109,}|bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t/],
    ["a token of GitHub", /\b(?:gh[opsur]_[0-9A-Za-z]{36}|github_pat_\w{22,})/],
    ["a token of GitLab", /\bgl(?:pat|rt|dt|ft|imt|agent|oas|soat|ptt|cbt|ffct)-[\w-]{20}/],
    ["a token of Slack", /\bx(?:ox[abeoprs]|app)-[\w-]{10,}/],
    ["a webhook of Slack", /hooks\.slack\.com\/(?:services|workflows|triggers)\/[\w/+-]{20,}/],
    ["a webhook of Discord", /discord(?:app)?\.com\/api\/webhooks\/\d+\/[\w-]{20,}/],
    ["a webhook of Microsoft Teams", /\.webhook\.office\.com\/webhookb2\/|\.logic\.azure\.com[:/].*[?&]sig=/],
    ["a key of Stripe", /\b(?:(?:sk|rk)_(?:test|live|prod)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/=]{24,})/],
    ["a key of Google", /\bAIza[\w-]{35}|\bGOCSPX-[\w-]{28}|\bya29\.[\w-]{20,}/],
    ["a key of SendGrid", /\bSG\.[\w.=-]{66}/],
    ["a key of Twilio", /\bSK[0-9a-fA-F]{32}\b/],
    ["a token of npm", /\bnpm_[A-Za-z0-9]{36}/],
    ["a token of PyPI", /\bpypi-AgEIcHlwaS5vcmc[\w-]{50,}/],
    ["a key of RubyGems", /\brubygems_[a-f0-9]{48}/],
    ["a key of OpenAI", /\bsk-[\w-]{20,}T3BlbkFJ[\w-]{20,}|\bsk-proj-[\w-]{40,}/],
    ["a key of Anthropic", /\bsk-ant-(?:api|admin)\d\d-[\w-]{80,}/],
    ["a token of Hugging Face", /\bhf_[A-Za-z]{34}\b/],
    ["a token of Docker Hub", /\bdckr_(?:pat|oat)_[\w-]{27,}/],
    ["a token of DigitalOcean", /\bdo[opr]_v1_[a-f0-9]{64}/],
    ["a token of HashiCorp", /\bhv[bsr]\.[\w-]{90,}|[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,}/],
    ["a token of Pulumi", /\bpul-[a-f0-9]{40}\b/],
    ["a token of Databricks", /\bdapi[a-f0-9]{32}/],
    ["a token of Grafana", /\bgl(?:c_[A-Za-z0-9+/]{32,}|sa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8})/],
    ["a key of New Relic", /\bNR(?:AK|II|RA|AL)-[A-Za-z0-9-]{27,}|\b[a-f0-9]{36}NRAL\b/],
    ["a token of Sentry", /\bsntry[su]_[\w+/=-]{60,}/],
    ["a token of Dynatrace", /\bdt0[a-z]\d\d\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{64}/],
    ["a key of Postman", /\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}/],
    ["a token of Shopify", /\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}/],
    ["a token of Square", /\b(?:sq0(?:atp|csp)-[\w-]{22,}|EAAA[\w-]{56,})/],
    ["a key of Mailgun", /\bkey-[a-f0-9]{32}\b/],
    ["a key of Mailchimp", /\b[a-f0-9]{32}-us\d\d\b/],
    ["a key of Brevo", /\bxkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}/],
    ["a token of Telegram", /\b\d{8,10}:AA[\w-]{33}\b/],
    ["a token of Linear", /\blin_(?:api|oauth)_[A-Za-z0-9]{40}/],
    ["a token of Notion", /\bntn_[0-9]{11}[A-Za-z0-9]{35}/],
    ["a token of 1Password", /\bops_eyJ[\w+/=]{200,}/],
    ["a token of Doppler", /\bdp\.(?:pt|st|ct|sa|scim|audit)\.(?:[\w-]+\.)?[A-Za-z0-9]{40,44}\b/],
    ["a token of PlanetScale", /\bpscale_(?:tkn|oauth|pw)_[\w=.-]{32,}/],
    ["a key of age", /AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}/],
    [
        "a key of Azure",
        /\bAccountKey=[A-Za-z0-9+/]{40,}|\bSharedAccessKey=[A-Za-z0-9+/]{40,}|[\w~.]{3}\dQ~[\w~.-]{31,34}/,
    ],
    ["a key of Alibaba Cloud", /\bLTAI[A-Za-z0-9]{20}\b/],
    [
        "credentials in a header",
        /\bAuthorization["':=\s]+(?:Bearer|Basic|Token)\s+[\w+/=.~-]{8,}|\bBearer\s+[\w+/=.~-]{20,}/i,
    ],
];

/** The kind of secret that a text contains, for example "a token of GitHub"; undefined where it contains none. */
export const secretInValue = (value: string): string | undefined => FORMS.find(([, form]) => form.test(value))?.[0];
