/** What went wrong between the program and AWS, as a sentence and what to do about it. */

/** Something that is wrong, and how to put it right. */
export interface Problem {
    readonly what: string;
    readonly fix: string;
}

/** A question to AWS. */
export interface Question {
    /** What is asked for, as the subject of a sentence: "the hosted zone example.com". */
    readonly about: string;
    /** The permissions that it takes. */
    readonly needs?: string;
    /** What to do where AWS answers, and has no such thing. */
    readonly fix?: string;
}

/** In the order in which they are looked for, in an error's name, code and message: of the SDK, and of the provider. */
const KINDS: [pattern: RegExp, what: string, fix: (question: Question) => string][] = [
    [
        /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EPIPE|TimeoutError|UnknownEndpoint)\b|no such host|connection refused|i\/o timeout|network is unreachable|certificate|no answer within/i,
        "AWS does not answer",
        () =>
            "look at the network, a proxy in between, aws:region in the stack file, and AWS_ENDPOINT_URL if it is set",
    ],
    [
        /\b(InvalidClientTokenId|UnrecognizedClient(Exception)?|SignatureDoesNotMatch|InvalidSignature(Exception)?|InvalidAccessKeyId|AuthFailure|ExpiredToken(Exception)?|IncompleteSignature|MissingAuthenticationToken|CredentialsProviderError|TokenRefreshRequired)\b|credential/i,
        "AWS takes no credentials",
        () =>
            "AWS_PROFILE, a role that the CI assumes, or `aws sso login`; in a region that the account has not enabled, " +
            "AWS knows no credentials, either",
    ],
    [
        /AccessDenied|UnauthorizedOperation|not authorized|AuthorizationError/i,
        "AWS does not allow it",
        ({ needs }) => (needs ? `whoever runs this needs ${needs}` : "ask whoever manages the account's permissions"),
    ],
    [/Throttl|TooManyRequests|Rate exceeded|RequestLimitExceeded/i, "AWS has too many requests", () => "wait a minute"],
];

/** What became of a question that AWS did not answer. */
export function explainAwsError(error: unknown, question: Question): Problem {
    const { name = "", code = "", message = String(error) } = error as NodeJS.ErrnoException;
    const reason = firstLine(message) || code || name;
    const kind = KINDS.find(([pattern]) => pattern.test(`${name} ${code} ${message}`));
    const what = `${question.about} cannot be looked up: ${kind ? `${kind[1]}: ` : ""}${reason}`;
    return { what, fix: kind?.[2](question) ?? question.fix ?? "try again" };
}

/** The provider puts its own names, and those of Terraform, around what AWS said. */
function firstLine(message: string): string {
    const lines = message
        .replace(/^Invocation of \S+ returned an error: /i, "")
        .replace(/^invoking \S+: /i, "")
        .split("\n")
        .map((line) => line.replace(/^\s*\*\s*/, "").trim())
        .filter((line) => line !== "" && !/^\d+ errors? occurred:$/.test(line));
    return (lines[0] ?? "").slice(0, 300);
}

/** Waits for an answer, and no longer than it is told. A request that has its own limit may wait for credentials before it. */
export async function withinSeconds<T>(seconds: number, asked: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`no answer within ${seconds} seconds`)), seconds * 1000);
    });
    try {
        return await Promise.race([asked, late]);
    } finally {
        clearTimeout(timer);
    }
}
