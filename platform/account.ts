import type { Problem } from "../components/aws-error";

/** The account is another one than the stack file expects (`aws:allowedAccountIds`, `aws:forbiddenAccountIds`). */
export function wrongAccount(account: string, settings: Readonly<Record<string, string>>): Problem | undefined {
    const ids = (key: string) => {
        const text = settings[`aws:${key}`];
        if (!text) return [];
        return [JSON.parse(text) as unknown].flat().map(String);
    };
    const [allowed, forbidden] = [ids("allowedAccountIds"), ids("forbiddenAccountIds")];
    const fix = "take the credentials of the stack's own account: AWS_PROFILE, or aws:profile in the stack file";
    if (forbidden.includes(account)) {
        return { what: `the credentials are of account ${account}, which aws:forbiddenAccountIds rules out`, fix };
    }
    if (allowed.length > 0 && !allowed.includes(account)) {
        return { what: `the credentials are of account ${account}; the stack expects ${allowed.join(" or ")}`, fix };
    }
    return undefined;
}
