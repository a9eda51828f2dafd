/** Compares two plans: who reaches whom, and who may do what, as a part of a pull request's comment. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type Access, accessChanges, type Difference, isSame } from "../plan/access";
import type { RoleDocuments } from "../plan/sections/roles";

/** The most lines of each list: the comment also holds the preview. */
const MOST = 80;

/** `base` and `head` are folders that `npm start` wrote. Throws where there is no plan in `head`. */
export function accessComment(stack: string, base: string, head: string): string {
    const now = readPlan(head);
    if (!now) throw new Error(`${head}: there is no plan in it; npx identity plan --stack ${stack} writes it`);
    const before = readPlan(base);
    const say = (...lines: string[]) =>
        [`### Who may do what, and who reaches whom: \`${stack}\``, "", ...lines, ""].join("\n");
    if (!before) return say("The base of this pull request has no plan of this stack that could be compared with.");
    const changes = accessChanges(before, now);
    if (isSame(changes.reach) && isSame(changes.permissions)) return say("Nothing changes in either.");
    return say(
        ...part("Who reaches whom", changes.reach),
        ...part("Who may do what", changes.permissions),
        "What names cannot say is in the changes below.",
    );
}

function part(title: string, difference: Difference): string[] {
    if (isSame(difference)) return [`**${title}**: no change`, ""];
    return [`**${title}**`, "", ...lines("➕", difference.gained), ...lines("➖", difference.lost), ""];
}

/** As code, so that nothing is markup or a mention. */
function lines(sign: string, sentences: readonly string[]): string[] {
    const shown = sentences.slice(0, MOST).map((sentence) => `- ${sign} \`${sentence.replaceAll("`", "'")}\``);
    const rest = sentences.length - shown.length;
    return rest > 0 ? [...shown, `- ${sign} and ${rest} more`] : shown;
}

/** Undefined where there is none, or one of an older format. */
function readPlan(folder: string): Access | undefined {
    try {
        const read = (file: string): unknown => JSON.parse(readFileSync(path.join(folder, file), "utf8"));
        const model = read("plan.json") as Access["model"];
        if (![model.connections, model.endpoints, model.roles].every(Array.isArray)) return undefined;
        const files = readdirSync(path.join(folder, "policies"));
        const documents = files.map(
            (file) => [path.parse(file).name, read(`policies/${file}`) as RoleDocuments] as const,
        );
        return { model, documents: new Map(documents) };
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
    }
}
