import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { convert } from "../../../automation/convert/convert";
import { UsageError } from "../../../automation/shared/errors";

/** Files by name, what is named of them, and what is said. */
const BROKEN: readonly [what: string, files: Readonly<Record<string, string>>, named: string, says: RegExp][] = [
    ["nothing there", {}, "nothing.yml", /nothing\.yml: there is no such file or folder/],
    ["an empty folder", {}, ".", /has none of the files that are read: docker-compose\.yml, a Copilot manifest/],
    [
        "two kinds in a folder",
        { "fly.toml": "app = 'a'", Procfile: "web: a" },
        ".",
        /has fly\.toml and Procfile: name the one/,
    ],
    ["no YAML", { "docker-compose.yml": "services:\n  web: [\n" }, ".", /docker-compose\.yml, line \d: is no YAML/],
    ["UTF-16", { "docker-compose.yml": "\u00ff\u00fe" }, ".", /docker-compose\.yml/],
    ["an empty file", { "compose.yml": "# nothing\n" }, ".", /compose\.yml is empty, or no mapping of keys/],
    ["no services", { "compose.yml": "services: {}\n" }, ".", /services should be a mapping, by name/],
    [
        "a list of services",
        { "compose.yml": "name: x\nservices: text\n" },
        ".",
        /services should be a mapping, by name/,
    ],
    [
        "a service that is a text",
        { "compose.yml": "services: { web: nginx }\n" },
        ".",
        /services\.web is "nginx": a service is a mapping, e\.g\. web: \{ image/,
    ],
    [
        "a service that extends another one",
        { "compose.yml": "services: { base: { image: 'example/web:1' }, web: { extends: { service: base } } }\n" },
        ".",
        /services\.web extends another one: `docker compose config .*> whole\.yml` writes one file, which can be converted/,
    ],
    ["another file of YAML", { "values.yml": "replicas: 2\n" }, "values.yml", /is none of the files that are read/],
    ["no TOML", { "fly.toml": "app = \n" }, ".", /fly\.toml, line 1: is no TOML/],
    [
        "another file of TOML",
        { "Cargo.toml": "[package]\nname = 'a'\n" },
        "Cargo.toml",
        /is none of the files that are read/,
    ],
    [
        "a Procfile without a process",
        { Procfile: "bundle exec puma\n" },
        ".",
        /Procfile, line 1: "bundle exec puma" is no process: web: <command>/,
    ],
    ["an empty Procfile", { Procfile: "\n# web: a\n" }, ".", /Procfile is empty: web: <command>/],
    [
        "no JSON",
        { "task-definition.json": '{ "containerDefinitions": [' },
        ".",
        /task-definition\.json, line 1: is no YAML/,
    ],
    [
        "no containers",
        { "task-definition.json": '{ "containerDefinitions": [] }' },
        ".",
        /containerDefinitions is empty: nothing would run/,
    ],
    [
        "containers that are none",
        { "task-definition.json": '{ "containerDefinitions": ["a"] }' },
        ".",
        /containerDefinitions\[0\] is "a": it should be a mapping/,
    ],
    [
        "a manifest without a type",
        { "copilot/a/manifest.yml": "name: a\n" },
        ".",
        /it has no type, such as Load Balanced Web Service/,
    ],
    [
        "an environment that is a text",
        { "barcelona.yml": "environments: { production: web }\n" },
        ".",
        /environments\.production is "web"/,
    ],
    [
        "stores alone",
        { "compose.yml": "services: { db: { image: 'postgres:17' } }\n" },
        ".",
        /nothing of it would run as an application/,
    ],
    [
        "a profile alone",
        { "compose.yml": "services: { web: { image: 'example/web:1', profiles: [all] } }\n" },
        ".",
        /nothing of it would run as an application:\n {2}- web is left out: .* --environment all takes it\./,
    ],
    [
        "services that are none",
        { "render.yaml": "services: [web]\n" },
        ".",
        /services\[0\] is "web": it should be a mapping/,
    ],
    [
        "a loop of anchors",
        { "compose.yml": "services: &a { web: *a }\n" },
        ".",
        /compose\.yml, line 1: has \*a within &a itself/,
    ],
];

describe("a file that cannot be converted", () => {
    for (const [what, files, named, says] of BROKEN) {
        it(`says why: ${what}`, () => {
            const folder = mkdtempSync(path.join(os.tmpdir(), "broken-"));
            try {
                for (const [name, text] of Object.entries(files)) {
                    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
                    writeFileSync(path.join(folder, name), text, text.startsWith("\u00ff") ? "latin1" : "utf8");
                }
                expect(() => convert({ named: path.join(folder, named), root: folder })).to.throw(UsageError, says);
            } finally {
                rmSync(folder, { recursive: true });
            }
        });
    }

    it("says which environments there are", () => {
        const named = path.join(__dirname, "inputs/copilot-backend");
        expect(() => convert({ named, root: "/", environment: "live" })).to.throw(
            UsageError,
            /it has production, staging/,
        );
    });
});
