/** Names that heritages, services and volumes may have here. */

/** What the program itself calls after a heritage (`config/checks/names.ts`). */
const TAKEN = ["db", "oneoff", "deploy", "plugins"];
export const HERITAGE_NAME = 16;
export const WORKLOAD_NAME = 12;
export const VOLUME_NAME = 20;

/** The nearest name of small letters, digits and dashes; another one where `taken` has it already. */
export function fitName(text: string, most: number, taken: readonly string[] = []): string {
    const plain =
        text
            .toLowerCase()
            .replaceAll(/[^a-z0-9]+/g, "-")
            .replace(/^[^a-z]+/, "")
            .slice(0, most)
            .replace(/-+$/, "") || "app";
    const isFree = (name: string) => !taken.includes(name) && !TAKEN.includes(name);
    if (isFree(plain)) return plain;
    for (let i = 2; ; i++) {
        const numbered = `${plain.slice(0, most - 1 - String(i).length)}-${i}`;
        if (isFree(numbered)) return numbered;
    }
}

/** `SMTP_SERVER` of the application is the binding `smtp-server`. */
export const bindingName = (text: string): string => fitName(text, WORKLOAD_NAME);
