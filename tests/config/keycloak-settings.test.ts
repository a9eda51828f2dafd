import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { MANAGED_VARIABLES } from "../../components/keycloak/variables";
import { isOfBuild, kindOf } from "../../config/keycloak/known-settings";
import { readConfig } from "../../config/load";
import { type Broken, DEV, handedOver, problemsOf, refusals } from "./support";

const stack = (yaml: string) => `${DEV}keycloak: { version: "26.7.3", ${yaml} }`;
const told = (variable: string, value: string) => stack(`environment: { ${variable}: ${value} }`);
const IMAGE = `image: "example.com/keycloak@sha256:${"0".repeat(64)}"`;
const at = (variable: string) => `identity:keycloak.environment.${variable}`;

const BROKEN: Broken = {
    "a setting that Keycloak has not": [
        told("KC_LOG_CONSOL_OUTPUT", "json"),
        at("KC_LOG_CONSOL_OUTPUT"),
        /Keycloak 26\.7\.3 has no such setting/,
        /did you mean KC_LOG_CONSOLE_OUTPUT\?/,
    ],
    "a setting in small letters": [told("kc_log_level", "info"), at("kc_log_level"), /no such setting/, /KC_LOG_LEVEL/],
    "a setting far from any other": [
        told("KC_QQQ_XYZZY_PLUGH", '"1"'),
        at("KC_QQQ_XYZZY_PLUGH"),
        /no such setting/,
        /kc\.sh start --help-all lists; a provider's own settings begin with KC_SPI_/,
    ],
    "a choice that Keycloak has not": [
        told("KC_LOG_CONSOLE_OUTPUT", "xml"),
        at("KC_LOG_CONSOLE_OUTPUT"),
        /"xml" is none of its values: no node would start/,
        /one of default, json/,
    ],
    "a switch that is neither on nor off": [
        told("KC_HTTP_ACCESS_LOG_ENABLED", '"yes"'),
        at("KC_HTTP_ACCESS_LOG_ENABLED"),
        /"yes" is none of its values/,
        /"true" or "false"/,
    ],
    "a number that is none": [
        told("KC_HTTP_MAX_QUEUED_REQUESTS", "many"),
        at("KC_HTTP_MAX_QUEUED_REQUESTS"),
        /"many" is none of its values/,
        /whole number/,
    ],
    "the level of a category that is none": [
        told("KC_LOG_LEVEL_ORG_KEYCLOAK_EVENTS", "loud"),
        at("KC_LOG_LEVEL_ORG_KEYCLOAK_EVENTS"),
        /"loud" is none of its values/,
        /one of off, fatal, error/,
    ],
    "a setting that a key decides": [
        told("KC_DB_POOL_MAX_SIZE", '"100"'),
        at("KC_DB_POOL_MAX_SIZE"),
        /is set by the program/,
        /the key poolSize of the keycloak/,
    ],
    "the path that is a key": [
        told("KC_HTTP_RELATIVE_PATH", "/auth"),
        at("KC_HTTP_RELATIVE_PATH"),
        /is set by the program/,
        /the key relativePath/,
    ],
    "a setting that is the program's": [
        told("KC_HTTP_MANAGEMENT_PORT", '"9001"'),
        at("KC_HTTP_MANAGEMENT_PORT"),
        /is set by the program/,
        /leave it out/,
    ],
    "a secret in the clear": [
        told("KC_SPI_EMAIL_SENDER__SES__PASSWORD", "hunter2hunter2"),
        at("KC_SPI_EMAIL_SENDER__SES__PASSWORD"),
        /looks like a secret, and environment is in the clear/,
        /secrets\.KC_SPI_EMAIL_SENDER__SES__PASSWORD, with generate/,
    ],
    "a reason for nothing": [
        stack("notSecret: { PORTAL_KEY: public }"),
        "identity:keycloak.notSecret.PORTAL_KEY",
        /is not in environment/,
        /leave it out/,
    ],
    "a name that no realm file can have": [
        told("portal-url", "x"),
        at("portal-url"),
        /no name that a realm file can have/,
        /letters, digits and _/,
    ],
    "a setting of the build, with an image that exists": [
        stack(`environment: { KC_FEATURES: passkeys }, ${IMAGE}`),
        at("KC_FEATURES"),
        /takes effect when the image is built, and image exists already/,
        /that image's build/,
    ],
    "a setting of the build as a secret": [
        stack("secrets: { KC_FEATURES: { generate: {} } }"),
        "identity:keycloak.secrets.KC_FEATURES",
        /takes effect when the image is built, and an image holds no secret/,
        /environment/,
    ],
    "a secret that is the program's": [
        stack("secrets: { KC_DB_PASSWORD: { generate: {} } }"),
        "identity:keycloak.secrets.KC_DB_PASSWORD",
        /is set by the program/,
        /the key database of the keycloak/,
    ],
    "a secret setting that Keycloak has not": [
        stack("secrets: { KC_VAULT_PASSWORD: { generate: {} } }"),
        "identity:keycloak.secrets.KC_VAULT_PASSWORD",
        /no such setting/,
        /did you mean KC_VAULT_PASS\?/,
    ],
    "a variable that is a secret, too": [
        stack("environment: { PORTAL: x }, secrets: { PORTAL: { generate: {} } }"),
        "identity:keycloak.secrets.PORTAL",
        /is in environment, too/,
        /one of the two/,
    ],
    "a path that is none": [
        stack("relativePath: auth"),
        "identity:keycloak.relativePath",
        /"auth" is no path/,
        /\/auth/,
    ],
    "ports that are none": [
        stack('egress: [{ port: "636-389", to: 0.0.0.0/0 }]'),
        "identity:keycloak.egress[0].port",
        /636-389 is not a range of ports/,
        /the lower one first/,
    ],
    "a way out that every task has": [
        stack("egress: [{ port: 443, to: 0.0.0.0/0 }]"),
        "identity:keycloak.egress[0]",
        /is open for every task/,
        /leave it out/,
    ],
};

describe("Keycloak's settings", () => {
    refusals(BROKEN);

    it("are those of Keycloak, of its providers, and whatever a realm file names", () => {
        const all = `environment: {
            KC_FEATURES: "passkeys,update-email", KC_TRACING_ENABLED: "true", KC_TRACING_ENDPOINT: "http://tempo.prod.internal:4317",
            KC_LOG_CONSOLE_OUTPUT: json, KC_LOG_LEVEL: "info,org.keycloak.events:debug", KC_LOG_LEVEL_ORG_HIBERNATE: WARN,
            KC_HTTP_MAX_QUEUED_REQUESTS: "1000", KC_CACHE_EMBEDDED_USERS_MAX_COUNT: "20000", KC_EVENT_METRICS_USER_ENABLED: "true",
            KC_SPI_CONNECTIONS_HTTP_CLIENT__DEFAULT__CONNECTION_POOL_SIZE: "64", JAVA_OPTS_APPEND: "-Xlog:gc", PORTAL_URL: "https://portal.example.com" },
            secrets: { KC_VAULT_PASS: { set: {} }, KC_TRACING_HEADER_AUTHORIZATION: { set: {} } },
            relativePath: /auth, egress: [{ port: 2525, to: 0.0.0.0/0 }, { port: 3269, to: 10.9.0.0/16 }]`;
        expect(problemsOf(stack(all))).to.deep.equal([]);
    });

    it("take effect in the image's build or when a node starts", () => {
        const ofBuild = [
            "KC_FEATURES",
            "KC_FEATURE_PASSKEYS",
            "KC_TRACING_ENABLED",
            "KC_SPI_X__Y__ENABLED",
            "KC_SPI_X_PROVIDER",
        ];
        const ofStart = [
            "KC_LOG_CONSOLE_OUTPUT",
            "KC_LOG_LEVEL_ORG_KEYCLOAK",
            "KC_SPI_X__Y__SIZE",
            "PORTAL_URL",
            "KC_LOG_LEVEL",
        ];
        expect(ofBuild.filter((variable) => !isOfBuild(variable))).to.deep.equal([]);
        expect(ofStart.filter(isOfBuild)).to.deep.equal([]);
    });

    it("that the program sets are settings of Keycloak", () => {
        const unknown = Object.keys(MANAGED_VARIABLES).filter((variable) => kindOf(variable) === undefined);
        // Quarkus's, and kc.sh's own.
        expect(unknown).to.deep.equal(["QUARKUS_DATASOURCE_JDBC_VALIDATE_ON_BORROW", "KC_RUN_IN_CONTAINER"]);
    });

    it("default to none, and egress to the ports that it always had", () => {
        const { config } = readConfig(handedOver(stack("")), "identity", () => false);
        expect(config!.keycloak).to.deep.include({
            relativePath: "",
            environment: {},
            notSecret: {},
            egress: undefined,
        });
    });

    it("name what a realm file of all stacks or of this one names", () => {
        const root = process.cwd();
        const folder = mkdtempSync(path.join(os.tmpdir(), "realms-"));
        process.chdir(folder);
        try {
            for (const of of ["", "dev", "prod"])
                mkdirSync(path.join("images/keycloak/realms", of), { recursive: true });
            const write = (file: string, realm: string) =>
                writeFileSync(
                    path.join("images/keycloak/realms", file),
                    JSON.stringify({ realm, clients: [{ clientId: "c", redirectUris: ["${PORTAL_URL}/*"] }] }),
                );
            write("shop.json", "shop");
            write("dev/wiki.json", "wiki");
            write("prod/blog.json", "blog"); // another stack's
            const problems = problemsOf(stack(""));
            expect(problems.map((text) => text.replace(/:.*?realms\//, " ").split(", and nobody")[0])).to.deep.equal([
                "identity shop.json clients[0].redirectUris[0] has ${PORTAL_URL}",
                "identity dev/wiki.json clients[0].redirectUris[0] has ${PORTAL_URL}",
            ]);
            expect(problemsOf(told("PORTAL_URL", "https://portal.example.com"))).to.deep.equal([]);
            write("dev/shop.json", "shop-of-dev");
            expect(problemsOf(told("PORTAL_URL", "https://portal.example.com")).join()).to.match(
                /realms\/dev\/shop\.json is called like images\/keycloak\/realms\/shop\.json/,
            );
        } finally {
            process.chdir(root);
            rmSync(folder, { recursive: true });
        }
    });
});
