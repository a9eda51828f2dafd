/** One comment of a pull request, which says what each stack's preview found, and is updated by each run. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/** By this line the comment is found again. */
export const MARKER = "<!-- identity platform: previews of all stacks -->";
/** What a comment of GitHub's takes, in characters, less some room for what is put around it. */
const LONGEST = 65_000;

export function comment(stacks: readonly string[], folder: string, run: string): string {
    const share = Math.floor(LONGEST / Math.max(1, stacks.length));
    const parts = stacks.map((stack) => {
        const [access, preview] = ["access", "preview"].map((kind) => path.join(folder, `${kind}-${stack}.md`));
        const before = existsSync(access!) ? readFileSync(access!, "utf8") : "";
        const missing = `### Stack \`${stack}\`\n\nThere is no preview: [the run](${run}) says why.\n`;
        const after = existsSync(preview!) ? readFileSync(preview!, "utf8") : missing;
        return shortened([before, after].filter(Boolean).join("\n"), share, run);
    });
    return [MARKER, "## What this would change", "", ...parts].join("\n");
}

/** Ends at a line's end, with whatever was open closed. */
function shortened(text: string, most: number, run: string): string {
    if (text.length <= most) return text;
    const note = `\n\nIt goes on in [the run](${run}).\n`;
    const room = text.slice(0, most - note.length - 32);
    let kept = room.slice(0, room.lastIndexOf("\n"));
    if ((kept.match(/^```/gm)?.length ?? 0) % 2 === 1) kept += "\n```";
    const open = (kept.match(/<details>/g)?.length ?? 0) - (kept.match(/<\/details>/g)?.length ?? 0);
    return `${kept}${"\n</details>".repeat(Math.max(0, open))}${note}`;
}

export interface PullRequest {
    /** `https://api.github.com`, or that of a server of one's own. */
    readonly api: string;
    readonly repository: string;
    readonly number: string;
    readonly token: string;
}

/** Updates the comment, or makes it; returns which. */
export async function publish(body: string, request: PullRequest): Promise<"updated" | "made"> {
    const comments = `/repos/${request.repository}/issues`;
    const found = await existing(`${comments}/${request.number}/comments`, request);
    if (found === undefined) await ask("POST", `${comments}/${request.number}/comments`, request, { body });
    else await ask("PATCH", `${comments}/comments/${found}`, request, { body });
    return found === undefined ? "made" : "updated";
}

interface Comment {
    id: number;
    body?: string;
    user?: { type?: string } | null;
}

/** One that this workflow made: anybody may write the marker into a comment of theirs. */
async function existing(list: string, request: PullRequest): Promise<number | undefined> {
    for (let page = 1; ; page++) {
        const comments = (await ask("GET", `${list}?per_page=100&page=${page}`, request)) as Comment[];
        const own = comments.find(({ body, user }) => user?.type === "Bot" && body?.startsWith(MARKER));
        if (own) return own.id;
        if (comments.length < 100) return undefined;
    }
}

async function ask(method: string, url: string, { api, token }: PullRequest, body?: object): Promise<unknown> {
    const answer = await fetch(`${api}${url}`, {
        method,
        headers: {
            accept: "application/vnd.github+json",
            authorization: `Bearer ${token}`,
            "x-github-api-version": "2022-11-28",
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
        signal: AbortSignal.timeout(30_000),
    });
    if (!answer.ok) throw new Error(`GitHub: ${method} ${url}: ${answer.status} ${await answer.text()}`);
    return answer.json();
}
