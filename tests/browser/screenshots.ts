/** `npm run screenshots`: the pictures of the report that the docs show, made of the stack dev by a Chromium that the machine has. */
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { chromiumPath } from "./chromium";
import { planFolder } from "../../automation/plan/files";

const ROOT = path.join(__dirname, "../..");

async function main() {
    const executablePath = chromiumPath();
    if (!executablePath) throw new Error("there is no Chromium on the PATH, and CHROMIUM names none");
    const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
    try {
        for (const [name, colorScheme, zone, clip] of [
            ["report-picture", "light", "none", "svg.platform"],
            ["report-zone-lost", "dark", "0", ".picture"],
        ] as const) {
            const page = await browser.newPage({ viewport: { width: 1400, height: 1000 }, colorScheme });
            await page.goto(pathToFileURL(path.join(ROOT, planFolder("dev"), "index.html")).href);
            await page.check(`#lose-${zone}`);
            await page.locator(clip).screenshot({ path: path.join(ROOT, "docs/images", `${name}.png`) });
            await page.close();
        }
    } finally {
        await browser.close();
    }
}

void main();
