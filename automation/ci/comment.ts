/** The text of a pull request's comment: what each stack's preview found. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/** GitHub takes 65,536 characters; less some room for the heading. */
const LONGEST = 65_000;

/** `folder` has `access-STACK.md` and `preview-STACK.md`; `run` is the URL of the workflow's run. */
export function comment(stacks: readonly string[], folder: string, run: string): string {
    const share = Math.floor(LONGEST / Math.max(1, stacks.length));
    const parts = stacks.map((stack) => {
        const [access, preview] = ["access", "preview"].map((kind) => {
            const file = path.join(folder, `${kind}-${stack}.md`);
            return existsSync(file) ? readFileSync(file, "utf8") : undefined;
        });
        const missing = `### Stack \`${stack}\`\n\nThere is no preview: [the run](${run}) says why.\n`;
        return shortened([access ?? "", preview ?? missing].filter(Boolean).join("\n"), share, run);
    });
    return ["## What this would change", "", ...parts].join("\n");
}

/** Cut at the end of a line, with an open block of code or details closed. */
function shortened(text: string, most: number, run: string): string {
    if (text.length <= most) return text;
    const note = `\n\nIt goes on in [the run](${run}).\n`;
    const room = text.slice(0, most - note.length - 32);
    let cut = room.slice(0, room.lastIndexOf("\n"));
    if ((cut.match(/^```/gm)?.length ?? 0) % 2 === 1) cut += "\n```";
    const open = (cut.match(/<details>/g)?.length ?? 0) - (cut.match(/<\/details>/g)?.length ?? 0);
    return `${cut}${"\n</details>".repeat(Math.max(0, open))}${note}`;
}
