/** The report as one HTML page. It loads no other file, and is complete without its script. */
import { tableSection } from "./blocks";
import { html, Markup } from "./html";
import { style } from "./picture/svg";
import type { MakeSection, Report } from "./report";
import { changesSection } from "./sections/changes";
import { connectionsSection } from "./sections/connections";
import { dashboardSection } from "./sections/dashboard";
import { definitionsOf } from "./sections/task-definitions";
import { pictureSection } from "./sections/picture";
import { treeSection } from "./sections/tree";

/** The sections in the order of the page. */
const SECTIONS: readonly MakeSection[] = [
    pictureSection,
    changesSection,
    tableSection("policies"),
    tableSection("cost"),
    tableSection("time"),
    tableSection("endpoints"),
    tableSection("services", ({ model, taskDefinitions }) => definitionsOf(model.services, taskDefinitions)),
    tableSection("tasks", ({ model, taskDefinitions }) => definitionsOf(model.tasks, taskDefinitions)),
    tableSection("machines"),
    connectionsSection,
    tableSection("secrets"),
    tableSection("roles"),
    tableSection("databases"),
    tableSection("protected"),
    dashboardSection,
    tableSection("outputs"),
    treeSection,
];

export function page(report: Report): string {
    const { project, stack, environment, region, total } = report.model;
    const sections = SECTIONS.flatMap((make) => make(report) ?? []);
    const title = `${project}, stack ${stack}`;
    const links = sections.map(({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>`);
    return `${html`<!doctype html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta
                    http-equiv="Content-Security-Policy"
                    content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
                />
                <link rel="icon" href="data:," />
                <title>${title}: what would exist</title>
                <style>
                    ${new Markup(style("tokens.css") + style("picture.css") + style("page.css") + zoneRules(report.picture.zones.length))}
                </style>
            </head>
            <body>
                <a class="skip" href="#main">To the content</a>
                <header>
                    <div>
                        <h1>${title}</h1>
                        <p>
                            Environment ${environment}, region ${region}. ${total.resources} resources, ${total.inAws}
                            of them in AWS. Simulated: nothing was made.
                        </p>
                    </div>
                    <button type="button" id="theme" aria-pressed="false" hidden>Dark</button>
                </header>
                <nav aria-label="Sections">
                    <ul>
                        ${links}
                    </ul>
                    <label class="filter" hidden
                        >Filter the tables <input type="search" id="filter" autocomplete="off"
                    /></label>
                </nav>
                <main id="main">
                    ${sections.map(
                        ({ id, title: name, body }) =>
                            html`<section id="${id}" aria-labelledby="${id}-title">
                                <h2 id="${id}-title">${name}</h2>
                                ${body}
                            </section> `,
                    )}
                </main>
                <footer>
                    <p>Made by <code>npm start</code> from the program that <code>pulumi up</code> runs.</p>
                </footer>
                <script>
                    ${new Markup(style("page.js"))};
                </script>
            </body>
        </html>`}\n`;
}

/** CSS rules that show the loss of a zone by a radio button, without a script. */
function zoneRules(zones: number): string {
    const each = Array.from({ length: zones }, (_, zone) => `.picture:has(#lose-${zone}:checked)`);
    return each
        .map((chosen, zone) => {
            const others = each.flatMap((_, other) => (other === zone ? [] : [`${chosen} .of-${other}`]));
            return [
                `${chosen} .lost-${zone}{display:inline}${chosen} .now{display:none}`,
                `${chosen} .cell.z${zone}{opacity:.35}`,
                others.length > 0 ? `${others.join(",")}{display:none}` : "",
            ].join("");
        })
        .join("");
}
