import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import * as door from "../../components";
import { docstringExamples } from "../package/examples";
import { COMPONENTS } from "./every-component";
import { programFiles } from "./program-files";

const ROOT = path.join(__dirname, "../..");
/** `AgentCluster` is in `agent-cluster.ts`. */
const fileOf = (component: string) => `${component.replace(/(?<!^)[A-Z]/g, "-$&").toLowerCase()}.ts`;

describe("components/index.ts", () => {
    it("exports every component, and documents each with an example and a cost", () => {
        const page = readFileSync(path.join(ROOT, "docs/components.md"), "utf8");
        const rows = new Map(
            [...page.matchAll(/^\| \[`(\w+)`\]\(\.\.\/components\/(\S+)\) \|[^|]+\|([^|]+)\|$/gm)].map(
                ([, component, file, cost]) => [component!, { file: file!, cost: cost!.trim() }],
            ),
        );
        expect([...rows.keys()].sort()).to.deep.equal(Object.keys(COMPONENTS).sort());
        const examples = docstringExamples();
        for (const [component, { file, cost }] of rows) {
            expect(door).to.have.property(component).that.is.a("function");
            expect(file).to.equal(fileOf(component));
            expect(cost, component).to.match(/\d|as /);
            expect(examples.get(file), component).to.contain(`new ${component}(`);
        }
    });

    it("exports each class that is a component, and the tests have one of it", () => {
        const classes = programFiles().flatMap(({ text }) =>
            [...text.matchAll(/\bclass (\w+) extends pulumi\.ComponentResource\b/g)].map(([, name]) => name!),
        );
        expect(door).to.include.keys(classes);
        expect(COMPONENTS).to.include.keys(classes);
    });

    it("leads to nothing but components: the package has no other code", () => {
        const outside = programFiles()
            .filter(({ file }) => file.startsWith("components/"))
            .flatMap(({ file, text }) =>
                [...text.matchAll(/(?:from|import|require)\s*\(?\s*"(\.[^"]*)"/g)]
                    .map(([, to]) => path.join(path.dirname(file), to!))
                    .filter((to) => !to.startsWith("components/"))
                    .map((to) => `${file} imports ${to}`),
            );
        expect(outside).to.deep.equal([]);
    });

    it("names an image's folder from the working directory", () => {
        for (const image of ["acapy-agent", "envoy", "keycloak"] as const) {
            expect(door.imageFolder(image)).to.equal(path.join(path.relative(process.cwd(), ROOT), "images", image));
        }
    });
});
