/**
 * Whether a variable is a secret by its name: GITHUB_TOKEN is a token, but TOKEN_TTL a time, and PASSENGER_MAX_POOL_SIZE a size.
 *
 * A name is split into words. It names a secret if one of the words does, and no later word names something about the secret (its
 * lifetime, its file, its algorithm).
 */
const SECRETS = new Set(
    (
        "PASSWORD PASSWORDS PASSWD PASS PASSPHRASE PASSPHRASES PASSCODE PWD SECRET SECRETS TOKEN TOKENS KEY KEYS REKEY SEED SEEDS " +
        "CRED CREDS CREDENTIAL CREDENTIALS JWT AUTH MNEMONIC"
    ).split(" "),
);
/** Words without a separator: DBPASSWORD, APIKEY, ACCESSTOKEN. */
const RUN_TOGETHER = /.(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIALS?|(API|ACCESS|SECRET|PRIVATE|MASTER)KEY)S?$/;
const ALSO_RUN_TOGETHER = /^(API|ACCESS|SECRET|PRIVATE|MASTER)KEYS?$/;

/** After the secret's word, these name something about the secret. */
const ABOUT = new Set(
    (
        "TTL AGE LIFETIME LIFESPAN EXPIRY EXPIRES EXPIRE EXPIRATION DURATION TIMEOUT LEEWAY SKEW GRACE INTERVAL SECONDS SECS MINUTES " +
        "HOURS DAYS MS REFRESH ROTATION ROTATE RENEWAL " +
        "URL URLS URI URIS ENDPOINT ENDPOINTS HOST HOSTS HOSTNAME PORT DOMAIN ISSUER AUDIENCE AUD REALM REGION ARN SERVER SERVICE " +
        "PROVIDER BACKEND STORE STORAGE VAULT MANAGER PROXY ROUTE REDIRECT CALLBACK " +
        "FILE FILES FILENAME PATH PATHS DIR DIRECTORY FOLDER LOCATION BUCKET TABLE COLUMN FIELD CLAIM CLAIMS HEADER HEADERS COOKIE " +
        "ALGORITHM ALGORITHMS ALG ALGO ALGS CURVE ENCODING FORMAT TYPE TYPES KIND MODE METHOD METHODS SCHEME STRATEGY POLICY STYLE " +
        "DERIVATION SIZE LENGTH LEN BITS BYTES MIN MAX LIMIT LIMITS COUNT ROUNDS ITERATIONS COST STRENGTH LEVEL THRESHOLD RETRIES " +
        "ATTEMPTS HISTORY COMPLEXITY VERSION ID IDS NAME NAMES ALIAS PREFIX SUFFIX LABEL USER USERNAME USERS SCOPE SCOPES ROLE ROLES " +
        "ENABLED ENABLE DISABLED DISABLE REQUIRED OPTIONAL ALLOWED ACCEPT REQUEST PROPOSAL OFFER THROUGH"
    ).split(" "),
);
/** Before KEY or TOKEN, these mean that it is public. */
const PUBLIC = new Set(
    "PUBLIC PUBLISHABLE PRIMARY FOREIGN PARTITION SORT SHARD RANGE HASH CACHE OBJECT SITE".split(" "),
);
/** Before the secret's word, these mean a number or a switch: MAX_TOKENS, RANDOM_SEED. */
const NUMBER = new Set("MAX MIN NUM RANDOM MULTI FIRST SECOND".split(" "));

/** `DB PASSWORD` of `DB_PASSWORD` and `db.password`; `API KEY` of `apiKey`; `AUTH CLIENT SECRET` of `Auth__ClientSecret`. */
const wordsOf = (name: string): string[] =>
    name
        .replace(/([a-z])([A-Z])/g, "$1_$2")
        .replace(/([A-Z])([A-Z][a-z])/g, "$1_$2")
        .toUpperCase()
        .split(/[^A-Z]+/)
        .filter(Boolean);

const isSecretWord = (word: string) => SECRETS.has(word) || RUN_TOGETHER.test(word) || ALSO_RUN_TOGETHER.test(word);

export function secretByName(name: string): boolean {
    const words = wordsOf(name);
    const last = words.findLastIndex(isSecretWord);
    if (last < 0) return false;
    // The secret id of Vault's AppRole works like a password.
    if (words.at(-1) === "ID" && words.at(-2) === "SECRET") return true;
    if (words.slice(last + 1).some((word) => ABOUT.has(word))) return false;
    // AUTH before another word describes that word; alone, or as the last word, it is the secret.
    if (words[last] === "AUTH" && last < words.length - 1) return words.slice(0, last).some(isSecretWord);
    const before = words[last - 1];
    return before === undefined || !(PUBLIC.has(before) || NUMBER.has(before));
}

/** Values that are no secret, whatever the name: nothing, a switch, a path, a URL without password or query, the name of a secret in AWS. */
export const isHarmless = (value: string): boolean =>
    /^\s*$|^(true|false|yes|no|on|off|none|null|enabled|disabled)$/i.test(value) ||
    /^(\/[a-z0-9_.-]+){2,}$/.test(value) ||
    /^https?:\/\/[^\s@?#]+$/.test(value) ||
    value.startsWith("arn:");
