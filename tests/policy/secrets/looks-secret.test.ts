import { expect } from "chai";
import { settings } from "../../../config/acapy/settings.json";
import { looksSecret } from "../../../policy/secrets/looks-secret";

const digits = (count: number) => "0123456789".repeat(10).slice(0, count);
const letters = (count: number) => "aB3dE5gH7jK9mN1pQ".repeat(12).slice(0, count);
const hex = (count: number) => "0a1b2c3d4e5f6789".repeat(10).slice(0, count);

/** Tokens as those who issue them write them, made up, and put together here so that nobody takes this file for a leak. */
const VALUES: Record<string, string[]> = {
    "a key of AWS": [`AKIA${"IOSFODNN7EXAMPLE"}`, `ASIA${"IOSFODNN7EXAMPLE"}`, `key=AKIA${"IOSFODNN7EXAMPLE"};x`],
    "a token of GitHub": [
        `ghp_${letters(36)}`,
        `gho_${letters(36)}`,
        `ghs_${letters(36)}`,
        `github_pat_${letters(82)}`,
    ],
    "a token of GitLab": [`glpat-${letters(20)}`, `glrt-${letters(20)}`],
    "a token of Slack": [
        `xoxb-${digits(12)}-${digits(12)}-${letters(24)}`,
        `xapp-1-A${digits(10)}-${digits(12)}-${hex(30)}`,
    ],
    "a webhook of Slack": [`https://hooks.slack.com/services/T${digits(8)}/B${digits(8)}/${letters(24)}`],
    "a webhook of Discord": [`https://discord.com/api/webhooks/${digits(18)}/${letters(68)}`],
    "a webhook of Microsoft Teams": [
        `https://acme.webhook.office.com/webhookb2/${hex(8)}@${hex(8)}/IncomingWebhook/${hex(32)}`,
    ],
    "a key of Stripe": [`sk_live_${letters(24)}`, `rk_test_${letters(24)}`, `whsec_${letters(32)}`],
    "a key of Google": [`AIza${letters(35)}`],
    "a key of SendGrid": [`SG.${letters(22)}.${letters(43)}`],
    "a key of Twilio": [`SK${hex(32)}`],
    "a token of npm": [`npm_${letters(36)}`],
    "a token of Docker Hub": [`dckr_pat_${letters(27)}`],
    "a token (JWT)": [`eyJ${letters(20)}.eyJ${letters(30)}.${letters(43)}`],
    "a private key": [
        "-----BEGIN RSA PRIVATE KEY-----\nMII",
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN OPENSSH PRIVATE KEY-----",
    ],
    "a password in a URL": ["postgres://app:hunter2@db/app", "redis://:hunter2@cache:6379", "amqps://u:p@mq"],
    "a password in a connection string": [
        "Server=db;User Id=app;Password=hunter2",
        "Host=db;Pwd=hunter2;",
        "host=db password=hunter2",
        "-Djavax.net.ssl.trustStorePassword=changeit",
        "jdbc:postgresql://db/app?user=a&password=b",
    ],
    "a key of Azure": [`DefaultEndpointsProtocol=https;AccountName=x;AccountKey=${letters(86)}==`],
    "credentials in a header": [`Authorization: Basic ${letters(16)}`, `Bearer ${letters(32)}`],
};

const HARMLESS_VALUES = [
    "Host=db",
    "https://login.example.com",
    "https://me@example.com",
    "postgres://db:5432/app",
    "postgres://app:${DB_PASSWORD}@db/app",
    "host=db password=$DB_PASSWORD",
    "Password=;Host=db",
    "-----BEGIN CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----",
    "authorization: Bearer ${env:OTEL_TOKEN}",
    "SKIP",
    "sk_learn",
    "https://discord.com/api",
    "https://hooks.slack.com/",
    "-Xmx300m",
    "a@b.example.com:25",
];

const SECRET_NAMES = (
    "DB_PASSWORD PGPASSWORD MYSQL_PWD SMTP_PASS API_KEY APIKEY OPENAI_API_KEY GITHUB_TOKEN ACCESS_TOKENS JWT JWT_SECRET SECRET " +
    "SECRET_KEY_BASE CLIENT_SECRET OAUTH2_CLIENT_SECRET AWS_SECRET_ACCESS_KEY REDIS_AUTH ENCRYPTION_KEY KEY_1 DB_PASSWORD_OLD " +
    "SESSION_KEYS WALLET_SEED STORAGE_CREDS apiKey Auth__ClientSecret db.password http_Passwd SECRET_ID VAULT_SECRET_ID ACCESSTOKEN"
).split(" ");

const HARMLESS_NAMES = (
    "TOKEN_TTL AUTH_URL PASSENGER_MAX_POOL_SIZE JWT_ALGORITHM VAPID_PUBLIC_KEY JWT_PUBLIC_KEYS STRIPE_PUBLISHABLE_KEY MAX_TOKENS " +
    "PASSWORD_MIN_LENGTH PASSWORD_RESET_TIMEOUT TOKEN_ISSUER KEYCLOAK_URL KEYSPACE TOKENIZERS_PARALLELISM AUTHOR AUTH_TYPE " +
    "AWS_ACCESS_KEY_ID SSH_AUTH_SOCK KEY_PREFIX SORT_KEY RANDOM_SEED SECRET_NAME SECRETS_PATH PASSTHROUGH BYPASS COMPASS MONKEY " +
    "CREDENTIALS_FILE ACCESS_TOKEN_LIFESPAN PASSIVE_MODE SECRETARY HOTKEYS ConnectionStrings__Default NRIA_PASSTHROUGH_ENVIRONMENT"
).split(" ");

describe("a variable in the clear", () => {
    for (const [what, values] of Object.entries(VALUES)) {
        it(`looks like a secret by its value: ${what}`, () => {
            for (const value of values)
                expect(looksSecret("GREETING", value), value).to.equal(`its value looks like ${what}`);
        });
    }

    it("looks like one by its name", () => {
        for (const name of SECRET_NAMES) expect(looksSecret(name, "x1"), name).to.equal("its name is that of a secret");
    });

    it("looks like none by a word in its name that says something about a secret, or by part of a word", () => {
        for (const name of HARMLESS_NAMES) expect(looksSecret(name, "x1"), name).to.equal(undefined);
    });

    it("looks like none by its value", () => {
        for (const value of HARMLESS_VALUES) expect(looksSecret("GREETING", value), value).to.equal(undefined);
    });

    it("looks like none where a secret could not be what it says: a switch, a path, a URL, an ARN, nothing", () => {
        const values = [
            "true",
            "off",
            "",
            "/run/secrets/db",
            "https://id.example.com/token",
            "arn:aws:ssm:eu-west-1:1:parameter/x",
        ];
        for (const value of values) expect(looksSecret("DB_TOKEN", value), value).to.equal(undefined);
        expect(looksSecret("DB_TOKEN", "https://x.example.com/?token=abc")).to.equal("its name is that of a secret");
    });

    it("of ACA-Py's looks like one exactly where it is one", () => {
        const example = (kind: unknown) => (kind === "flag" ? "true" : Array.isArray(kind) ? String(kind[0]) : "5");
        const secret = Object.entries(settings).filter(
            ([name, kind]) => looksSecret(name, example(kind)) !== undefined,
        );
        expect(secret.map(([name]) => name)).to.deep.equal([
            "ACAPY_ADMIN_API_KEY",
            "ACAPY_DBSTORE_KEY",
            "ACAPY_DBSTORE_REKEY",
            "ACAPY_DBSTORE_STORAGE_CREDS",
            "ACAPY_DEBUG_SEED",
            "ACAPY_MULTITENANT_JWT_SECRET",
            "ACAPY_OAUTH_INTROSPECTION_CLIENT_SECRET",
            "ACAPY_UNIVERSAL_RESOLVER_BEARER_TOKEN",
            "ACAPY_WALLET_KEY",
            "ACAPY_WALLET_REKEY",
            "ACAPY_WALLET_SEED",
            "ACAPY_WALLET_STORAGE_CREDS",
        ]);
    });

    // A pattern that tries every way to split a long value would not end before mocha gives up.
    it("is judged to the end, however long its value is", () => {
        for (const one of ["a", "password", "ey", ":", "Bearer ", "-----BEGIN ", "://", "x@", "A", "_", "0", "="])
            looksSecret("GREETING", one.repeat(100_000 / one.length));
    });
});
