/** Writes what was converted, and says what is left to do. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { convert, type Converted } from "../../convert/convert";
import { HERITAGES } from "../../../config/heritage/file";
import type { CommandContext } from "../../shared/context";
import { UsageError } from "../../shared/errors";
import { DONE, LEFT_TO_DO } from "../../shared/exit-codes";
import type { ConvertInput } from "../convert";

export async function showConverted(
    { file, name, environment, stdout }: ConvertInput,
    { root, out, err }: Pick<CommandContext, "root" | "out" | "err">,
): Promise<number> {
    if (name !== undefined && !/^[a-z]([a-z0-9-]{0,14}[a-z0-9])?$/.test(name)) {
        throw new UsageError(`--name ${name}: 1 to 16 lower-case letters, digits and dashes, a letter first`);
    }
    const converted = convert({ named: file, root, name, environment });
    const target = (heritage: string) => path.join(HERITAGES, `${heritage}.yml`);
    if (stdout)
        out(
            converted.files
                .map(({ name: heritage, text }) =>
                    converted.files.length > 1 ? `# ${target(heritage)}\n${text}` : text,
                )
                .join("---\n"),
        );
    else {
        const [there] = converted.files.filter(({ name: heritage }) => existsSync(path.join(root, target(heritage))));
        if (there)
            throw new UsageError(
                `${target(there.name)} exists and is not written over: --name says another name, --stdout prints it`,
            );
        mkdirSync(path.join(root, HERITAGES), { recursive: true });
        for (const { name: heritage, text } of converted.files) writeFileSync(path.join(root, target(heritage)), text);
    }
    err(summary(converted, stdout ? (heritage) => `heritage ${heritage}` : target));
    return notesOf(converted, "todo").length > 0 ? LEFT_TO_DO : DONE;
}

const notesOf = ({ files }: Converted, kind: "todo" | "changed") =>
    files.flatMap(({ name, notes }) =>
        notes.filter((note) => note.kind === kind).map(({ text, place }) => ({ name, text, place })),
    );

function summary(converted: Converted, target: (name: string) => string): string {
    const { files, format, leftOut } = converted;
    const where = (name: string, place: readonly (string | number)[]) =>
        [files.length > 1 ? name : "", place.join(".")].filter(Boolean).join(" ");
    const section = (title: string, notes: ReturnType<typeof notesOf>) => [
        ...(notes.length > 0 ? ["", `${title} (${notes.length})`] : []),
        ...notes.map(({ name, text, place }) => `  - ${[where(name, place), text].filter(Boolean).join(": ")}`),
    ];
    const reasons = new Map<string, string[]>();
    for (const { where: at, reason } of leftOut) reasons.set(reason, [...(reasons.get(reason) ?? []), at]);
    const heritages = files.map(({ name }) => name).join(", ");
    return [
        `From ${format}: ${files.map(({ name }) => target(name)).join(", ")}`,
        ...section("Left to do", notesOf(converted, "todo")),
        ...section("Changed", notesOf(converted, "changed")),
        ...(reasons.size > 0 ? ["", "Not said, since it is so here anyway"] : []),
        ...[...reasons].map(
            ([reason, all]) =>
                `  - ${all.slice(0, 4).join(", ")}${all.length > 4 ? ` and ${all.length - 4} more` : ""}: ${reason}`,
        ),
        "",
        `Then identity:heritages: [${heritages}] in a stack file, and npx identity plan.`,
        "",
    ].join("\n");
}
