import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { compare } from "../../automation/plan/earlier";
import { planStack } from "../../automation/plan/plan-stack";
import { reportFiles } from "../../automation/report/write";
import { NAMES, stacksFolder } from "../automation/report/stacks";
import { chromiumPath } from "./chromium";

interface Rect {
    readonly what: string;
    readonly left: number;
    readonly top: number;
    readonly right: number;
    readonly bottom: number;
}

/** Where the picture's texts, cards and subnets are on the screen. What is not shown is left out. */
function measure() {
    const rect = (element: Element) => {
        const { left, top, right, bottom } = element.getBoundingClientRect();
        const own = [...element.childNodes].filter((node) => node.nodeName !== "title").map((node) => node.textContent);
        return { what: own.join("").trim(), left, top, right, bottom };
    };
    const shown = (element: Element) => getComputedStyle(element).display !== "none";
    const picture = document.querySelector("svg.platform")!;
    const texts = (within: Element) => [...within.querySelectorAll("text")].filter(shown).map(rect);
    const cards = [...picture.querySelectorAll("g.node")].map((node) => ({
        card: { ...rect(node.querySelector(".card")!), what: node.querySelector("text")!.textContent! },
        texts: [...node.querySelectorAll("text:not(.tab)")].filter(shown).map(rect),
    }));
    return {
        cards,
        texts: texts(picture),
        picture: rect(picture),
        smallest: Math.min(
            ...[...picture.querySelectorAll("text")].filter(shown).map((text) => text.getBoundingClientRect().height),
        ),
    };
}

/** Texts are measured with the room above and below their letters: so much they may share. */
const SLACK = 3;
const overlap = (a: Rect, b: Rect, slack: number) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > slack &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > slack;
const inside = (inner: Rect, outer: Rect) =>
    inner.left >= outer.left - 0.5 &&
    inner.right <= outer.right + 0.5 &&
    inner.top >= outer.top - 1 &&
    inner.bottom <= outer.bottom + 1;
const pairs = <Item>(all: readonly Item[]) => all.flatMap((a, i) => all.slice(i + 1).map((b) => [a, b] as const));

describe("the report in a browser", () => {
    const root = stacksFolder();
    const files = new Map<string, string>();
    let browser: Browser;

    before(async function () {
        const executablePath = chromiumPath();
        if (!executablePath) {
            console.log("    skipped: there is no Chromium on the PATH, and CHROMIUM names none");
            this.skip();
        }
        browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] }); // root in a container has no sandbox
        const other = await planStack({ root, files: root, stack: "prod" });
        for (const stack of NAMES) {
            const planned = await planStack({ root, files: root, stack });
            const page = reportFiles(planned, compare(undefined, other, planned))["index.html"]!;
            const file = path.join(root, `${stack}.html`);
            writeFileSync(file, page);
            files.set(stack, pathToFileURL(file).href);
        }
    });
    after(async () => {
        await browser?.close();
        rmSync(root, { recursive: true, force: true });
    });

    /** Opens a report, and fails where it says anything on the console or asks for anything but itself. */
    async function look(stack: string, options: BrowserContextOptions, at: (page: Page) => Promise<void>) {
        const context = await browser.newContext({ viewport: { width: 1600, height: 1000 }, ...options });
        const said: string[] = [];
        context.on("console", (message) => said.push(message.text()));
        context.on("weberror", (error) => said.push(String(error.error())));
        context.on("request", (request) => {
            if (!request.isNavigationRequest() && !request.url().startsWith("data:")) said.push(request.url());
        });
        const page = await context.newPage();
        await page.goto(files.get(stack)!);
        try {
            await at(page);
        } finally {
            await context.close();
        }
        expect(said).to.deep.equal([]);
    }

    for (const stack of NAMES) {
        it(`has room for all that it says of ${stack}, whichever zone is lost`, async () => {
            await look(stack, {}, async (page) => {
                for (const choice of await page.locator("input[name=zone]").all()) {
                    await choice.check();
                    const { cards, texts, picture } = await page.evaluate(measure);
                    expect(cards.length).to.be.greaterThan(3);
                    const out = cards.flatMap(({ card, texts: own }) =>
                        own.filter((text) => !inside(text, card)).map((text) => `${card.what}: ${text.what}`),
                    );
                    expect(out, "out of its card").to.deep.equal([]);
                    expect(texts.filter((text) => !inside(text, picture)).map(({ what }) => what)).to.deep.equal([]);
                    const named = ([a, b]: readonly [Rect, Rect]) => `${a.what} / ${b.what}`;
                    const boxes = cards.map(({ card }) => card);
                    expect(
                        pairs(boxes)
                            .filter(([a, b]) => overlap(a, b, 0))
                            .map(named),
                    ).to.deep.equal([]);
                    expect(
                        pairs(texts)
                            .filter(([a, b]) => overlap(a, b, SLACK))
                            .map(named),
                    ).to.deep.equal([]);
                }
            });
        });
    }

    for (const colorScheme of ["light", "dark"] as const) {
        it(`has enough contrast, ${colorScheme}`, async () => {
            await look("dev", { colorScheme }, async (page) => {
                const colours = await page.evaluate(() => {
                    const style = getComputedStyle(document.documentElement);
                    return Object.fromEntries(
                        [
                            "ground",
                            "raised",
                            "text",
                            "quiet",
                            "accent",
                            "public",
                            "public-ground",
                            "private",
                            "private-ground",
                        ]
                            .concat(["data", "data-ground", "warn", "warn-ground", "down", "down-ground"])
                            .concat(["zone-0", "zone-1", "zone-2", "zone-3"])
                            .map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
                    );
                });
                const on = (text: string, ...grounds: string[]) => grounds.map((ground) => [text, ground] as const);
                const used = [
                    ...on("text", "ground", "raised", "zone-0", "zone-1", "zone-2", "zone-3", "private-ground"),
                    ...on("quiet", "ground", "raised", "public-ground", "private-ground", "data-ground"),
                    ...on("quiet", "zone-0", "zone-1", "zone-2", "zone-3"),
                    ...["public", "private", "data", "warn", "down"].flatMap((name) =>
                        on(name, "ground", `${name}-ground`),
                    ),
                    ...on("accent", "ground"),
                    ...on("ground", "public", "accent"),
                ];
                const poor = used.filter(([text, ground]) => contrast(colours[text]!, colours[ground]!) < 4.5);
                expect(poor.map((pair) => pair.join(" on "))).to.deep.equal([]);
                const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
                expect(ground).to.equal(colorScheme === "light" ? "rgb(255, 255, 255)" : "rgb(18, 22, 28)");
            });
        });
    }

    for (const width of [360, 1024, 1600, 3840]) {
        it(`fits a screen of ${width} pixels, its picture in letters that can be read`, async () => {
            for (const stack of ["dev", "zones"]) {
                await look(stack, { viewport: { width, height: 900 } }, async (page) => {
                    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
                    expect(wide).to.be.at.most(width);
                    expect((await page.evaluate(measure)).smallest).to.be.greaterThan(9);
                });
            }
        });
    }

    it("is worked by keyboard: the theme, the zones, and back", async () => {
        await look("dev", { colorScheme: "light" }, async (page) => {
            await page.keyboard.press("Tab");
            expect(await page.locator(":focus").innerText()).to.equal("To the content");
            await page.keyboard.press("Tab");
            expect(await page.locator(":focus").getAttribute("id")).to.equal("theme");
            expect(await page.locator(":focus").evaluate((e) => getComputedStyle(e).outlineStyle)).to.equal("solid");
            await page.keyboard.press("Enter");
            expect(await page.locator("#theme").getAttribute("aria-pressed")).to.equal("true");
            const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
            expect(await ground()).to.equal("rgb(18, 22, 28)");
            await page.reload();
            expect(await ground()).to.equal("rgb(18, 22, 28)");
            await page.locator("#lose-none").focus();
            await page.keyboard.press("ArrowRight");
            expect(await page.locator(".loss:visible h3").allInnerTexts()).to.deep.equal(["If zone a is lost"]);
            expect(await page.locator(".lost-0:visible").count()).to.be.greaterThan(10);
        });
    });

    it("shortens its tables to what is looked for, and enlarges its picture", async () => {
        await look("dev", {}, async (page) => {
            await page.fill("#filter", "KC_DB_PASSWORD");
            expect(await page.locator("#secrets tbody tr:visible").count()).to.equal(1);
            const width = () =>
                page.evaluate(() => document.querySelector("svg.platform")!.getBoundingClientRect().width);
            const before = await width();
            await page.click("[data-zoom=in]");
            expect(await width()).to.be.greaterThan(before);
            await page.click("[data-zoom=fit]");
            expect(await width()).to.equal(before);
        });
    });

    it("reads without its script", async () => {
        await look("dev", { javaScriptEnabled: false }, async (page) => {
            expect(await page.locator("h2").allInnerTexts()).to.include.members([
                "The platform",
                "Services",
                "Outputs",
            ]);
            await page.check("#lose-1");
            expect(await page.locator(".loss:visible h3").allInnerTexts()).to.deep.equal(["If zone b is lost"]);
            expect(await page.locator("#theme").isVisible()).to.equal(false);
        });
    });

    it("is made of landmarks, headings in their order, and tables with headings", async () => {
        await look("dev", {}, async (page) => {
            const found = await page.evaluate(() => ({
                marks: ["header", "nav", "main", "footer"].map(
                    (name) => document.querySelectorAll(`body > ${name}`).length,
                ),
                levels: [...document.querySelectorAll("h1, h2, h3, h4")].map((heading) => Number(heading.tagName[1])),
                tables: [...document.querySelectorAll("table")].map(
                    (table) => table.caption !== null && !!table.querySelector("thead th[scope=col]"),
                ),
                ids: [...document.querySelectorAll("[id]")].map(({ id }) => id),
                targets: [...document.querySelectorAll("a[href^='#']")].map((link) =>
                    link.getAttribute("href")!.slice(1),
                ),
            }));
            expect(found.marks).to.deep.equal([1, 1, 1, 1]);
            const jumps = found.levels.filter((level, i) => i > 0 && level > found.levels[i - 1]! + 1);
            expect([found.levels[0], ...jumps]).to.deep.equal([1]);
            expect(found.tables).not.to.include(false);
            expect(new Set(found.ids).size).to.equal(found.ids.length);
            expect(found.ids).to.include.members(found.targets);
        });
    });

    it("prints: the picture on the first page, nothing cut at the side, no tools", async () => {
        await look("dev", { viewport: { width: 1047, height: 700 } }, async (page) => {
            await page.emulateMedia({ media: "print" });
            const { scroll, client, bottom } = await page.evaluate(() => ({
                scroll: document.documentElement.scrollWidth,
                client: document.documentElement.clientWidth,
                bottom: document.querySelector("svg.platform")!.getBoundingClientRect().bottom,
            }));
            expect(scroll).to.be.at.most(client);
            expect(bottom).to.be.lessThan(700); // of a landscape A4 page at 96 dots to an inch, its margins taken off
            expect(await page.locator(".tools, nav, #theme").filter({ visible: true }).count()).to.equal(0);
        });
    });
});

/** As WCAG 2 reckons it, of `#rrggbb`. */
function contrast(a: string, b: string): number {
    const luminance = (colour: string) => {
        const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
            const part = parseInt(colour.slice(at, at + 2), 16) / 255;
            return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (high + 0.05) / (low + 0.05);
}
