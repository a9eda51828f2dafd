/** Whole names of heritages' files as they are in a stack. */
import type { StackInput } from "./schema";

export interface Here {
    name(whole: string): string;
    redirect(url: string): string;
}

const LOCALHOST = ".localhost";

/**
 * On a laptop every domain of the stack is below .localhost (`automation/local/prepare.ts`), and so are the names in heritages' files that
 * belong to one; anywhere else they are as they are written.
 */
export function namesHere({ domain, domains = [] }: Pick<StackInput, "domain" | "domains">): Here {
    const own = [domain, ...domains].flatMap((each) =>
        each?.name.endsWith(LOCALHOST) ? each.name.slice(0, -LOCALHOST.length) : [],
    );
    const name = (host: string) =>
        own.some((domainName) => host === domainName || host.endsWith(`.${domainName}`)) ? `${host}${LOCALHOST}` : host;
    return {
        name,
        redirect: (url) =>
            url.replace(/^(https:\/\/)([^/:]+)/, (_, scheme: string, host: string) => scheme + name(host)),
    };
}
