/** The browser that looks at reports: one that the machine has. */
import { existsSync } from "node:fs";
import path from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/** CHROMIUM, or what is on the PATH. */
export function chromiumPath(environment: NodeJS.ProcessEnv = process.env): string | undefined {
    const folders = (environment.PATH ?? "").split(path.delimiter);
    const found = folders.flatMap((folder) => NAMES.map((name) => path.join(folder, name)));
    return [environment.CHROMIUM ?? "", ...found, MAC].find((file) => file !== "" && existsSync(file));
}
