/** The package in a program of somebody else's: its types, and what each loader of TypeScript makes of it. */
import { cpSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { docstringProgram, pageProgram } from "./examples";
import { ForeignProgram } from "./foreign-program";

const MODULES = path.join(__dirname, "../../node_modules");
/** The ts-node and TypeScript that `pulumi up` takes for a program that has none of its own. */
const VENDORED = path.join(MODULES, "@pulumi/pulumi/vendor");
const PULUMI_TS_NODE = `require("${VENDORED}/ts-node@7.0.1").register({
    compiler: "${VENDORED}/typescript@3.8.3/typescript.js",
    skipProject: true,
    compilerOptions: { target: "es2020", module: "commonjs", moduleResolution: "node", strict: true },
});`;
/** Runs the program under Pulumi's mocks, and writes which kinds of components it made. */
const UNDER_MOCKS = `
const pulumi = require("@pulumi/pulumi");
const types = new Set();
const newResource = ({ name, type, inputs }) => {
    types.add(type);
    return { id: name + "_id", state: inputs };
};
pulumi.runtime.setMocks({ newResource, call: ({ inputs }) => inputs }).then(async () => {
    require("./page");
    await pulumi.runtime.disconnect();
    console.log(JSON.stringify([...types].filter((type) => type.startsWith("identity:"))));
});
`;
/** The components that the page's examples make, and those within them. */
const MADE =
    "Certificate CertificateAuthority ContainerImage Database DevLedger Endpoint FargateService FargateTask Heritage KeycloakHa " +
    "SecretStore TlsService Vpc Workbench";

describe("the package, in a program that depends on it,", function () {
    this.timeout(600_000);
    let program: ForeignProgram;
    before(() => {
        program = new ForeignProgram();
        program.write("page.ts", pageProgram());
        program.write("docstrings.ts", docstringProgram());
        program.write("run.js", UNDER_MOCKS);
        program.write("run-ts-node.js", PULUMI_TS_NODE + UNDER_MOCKS);
        cpSync(path.join(__dirname, "../../images/hello"), path.join(program.folder, "images/worker"), {
            recursive: true,
        });
    });
    after(() => program?.remove());

    const componentsOf = (output: string) =>
        (JSON.parse(output) as string[])
            .map((type) => type.replace("identity:index:", ""))
            .sort()
            .join(" ");
    const typesOf = (files: string[], ...options: string[]) => {
        try {
            return program.node([
                path.join(MODULES, "typescript/bin/tsc"),
                "--noEmit",
                "--strict",
                "--skipLibCheck",
                "--target",
                "es2022",
                "--types",
                "node",
                "--ignoreConfig",
                ...options,
                ...files,
            ]);
        } catch (error) {
            return String((error as { stdout: string }).stdout);
        }
    };

    it("has compiled JavaScript with types, the images and this documentation, and no source", () => {
        const { files } = program;
        expect(files).to.include.members([
            "dist/index.js",
            "dist/index.d.ts",
            "docs/components.md",
            "images/acapy-agent/Dockerfile",
            "images/envoy/envoy.yaml",
            "images/keycloak/providers/README.md",
            "images/keycloak/start.sh",
            "images/keycloak/themes/README.md",
            "images/keycloak/realms/README.md",
        ]);
        const folders = new Set(files.map((file) => file.split(path.sep)[0]));
        // npm packs `main` and `bin` always.
        expect([...folders].filter((name) => !["bin", "index.ts"].includes(name!)).sort()).to.deep.equal([
            "README.md",
            "dist",
            "docs",
            "images",
            "package.json",
        ]);
    });

    it("has types that the examples of the documentation fit, for tsc with the module resolution of Node", () => {
        expect(typesOf(["page.ts", "docstrings.ts"], "--module", "node16", "--moduleResolution", "node16")).to.equal(
            "",
        );
    });

    it("has types for the resolution of before package.json's exports, too", () => {
        program.write("wrong.ts", pageProgram().replace("zones: 2", 'zones: "two"'));
        const options = ["--module", "commonjs", "--moduleResolution", "node10", "--ignoreDeprecations", "6.0"];
        const errors = typesOf(["page.ts", "wrong.ts"], ...options).trim();
        expect(errors).to.match(/^wrong\.ts\S+ error \S+ Type 'string' is not assignable to type 'number'\.$/);
    });

    it("runs by sucrase", () => {
        expect(componentsOf(program.node(["--require", "sucrase/register/ts", "run.js"]))).to.equal(MADE);
    });

    it("runs by the ts-node of `pulumi up`", () => {
        expect(componentsOf(program.node(["run-ts-node.js"]))).to.equal(MADE);
    });

    it("is imported by Node as an ECMAScript module, with its names", () => {
        program.write(
            "names.mjs",
            `import { imageFolder, KeycloakHa, Vpc } from "identity-platform/components";
            console.log(Vpc.name, KeycloakHa.name, imageFolder("envoy"));`,
        );
        expect(program.node(["names.mjs"])).to.equal("Vpc KeycloakHa node_modules/identity-platform/images/envoy\n");
    });
});
