import { expect } from "chai";
import { withDefaults } from "../../config/defaults";
import type { StackInput } from "../../config/schema";
import { sharedRoles } from "../../config/shared-roles";
import { DEV, problemsOf, refusals } from "./support";

const DIGEST = "a".repeat(64);
const service = (database: string, name = "shop") =>
    `services: { ${name}: { image: "x@sha256:${DIGEST}", healthCheckPath: /up, paths: [/a], database: ${database} } }\n`;
const SHARED = `${DEV}sharedDatabase: {}\n`;
const AGENTS = "agents: { issuer: { count: 1 } }\n";

describe("A shared database in a stack file", () => {
    refusals({
        "a database on it, and no instance": [
            `${DEV}${service("{ shared: true }")}`,
            "identity:services.shop.database.shared",
            /there is no shared instance/,
            /^sharedDatabase: \{\}/,
        ],
        "wallets on it, and no instance; once for all clusters": [
            `${DEV}walletDb: { shared: true }\nagents: { issuer: {}, holder: { didcommPort: 8030, adminPort: 8031 } }`,
            "identity:walletDb.shared",
            /there is no shared instance/,
            /sharedDatabase/,
        ],
        "settings of an instance beside shared": [
            `${SHARED}${service("{ shared: true, instanceClass: db.t4g.large }")}`,
            "identity:services.shop.database.instanceClass",
            /is a setting of an instance of its own/,
            /sharedDatabase/,
        ],
        "more connections than it takes": [
            `${SHARED}walletDb: { shared: true }\nagents: { issuer: { count: 2 }, other: { count: 2, didcommPort: 8030, adminPort: 8031, walletConnections: 6 } }\n` +
                `keycloak: { version: "26.7.3", count: 1, database: { shared: true } }`,
            "identity:sharedDatabase.instanceClass",
            /takes about 78 connections, and those who share it may open 95 .*wallet_issuer 33, wallet_other 37, keycloak 25/,
            /a larger class/,
        ],
        "a rotation that is no number": [
            `${SHARED.replace("{}", "{ rotation: monthly }")}${service("{ shared: true }")}`,
            "identity:sharedDatabase.rotation",
            /is none of what it takes/,
            /Count it up by one/,
        ],
        "a class that is not known": [
            `${SHARED.replace("{}", "{ instanceClass: db.x9.large }")}${service("{ shared: true }")}`,
            "identity:sharedDatabase.instanceClass",
            /is not a known instance class/,
            /db\.t4g\.medium/,
        ],
        "a name that the instance keeps": [
            `${SHARED}${service("{ shared: true, name: provisioner }")}`,
            "identity:services.shop.database.shared",
            /would be called provisioner/,
            /another name/,
        ],
        "a wallet of the name of another database": [
            `${SHARED}walletDb: { shared: true }\nagents: { issuer: { count: 1, walletName: shop } }\n${service("{ shared: true, connections: 2 }")}`,
            "identity:agents.issuer.walletName",
            /shop is on the shared instance, too/,
            /issuer-wallet/,
        ],
        "a service of the instance's name": [
            `${SHARED}${service("{ shared: true }", "shared-db")}`,
            "identity:services.shared-db",
            /shared-db is taken by sharedDatabase/,
            /another name/,
        ],
    });

    it("is taken without anybody on it, so that the last one may go without the instance", () => {
        expect(problemsOf(`${SHARED}${AGENTS}`)).to.deep.equal([]);
    });

    it("has a role for each cluster, for Keycloak and each application, with what they may open", () => {
        const database = { shared: true };
        const config = withDefaults(
            {
                environment: "dev",
                sharedDatabase: {},
                walletDb: database,
                agents: { "issuer-a": { count: 2 } },
                keycloak: { version: "26.7.3", count: 2, database },
                services: { "my-shop": { image: "x", healthCheckPath: "/", count: 2, database } },
            },
            "eu-west-1",
            { posts: { image: "x", database, services: { web: { count: 1 } }, beforeDeploy: { command: "true" } } },
        );
        expect(sharedRoles(config).map(({ path: _, ...role }) => role)).to.deep.equal([
            { role: "wallet_issuer_a", database: undefined, connections: 4 * (5 + 2) + 5 },
            { role: "keycloak", database: "keycloak", connections: 4 * 10 + 5 },
            { role: "my_shop", database: "my_shop", connections: 4 * 5 + 5 },
            { role: "posts", database: "posts", connections: 2 * 5 + 5 + 5 },
        ]);
    });

    it("is where a heritage of several stacks is, if the stack has one; else it has its own instance, with its settings", () => {
        const posts = {
            image: "x",
            services: { web: { count: 1 } },
            database: { shared: "where-there-is-one" as const, instanceClass: "db.t4g.small" },
        };
        const databaseIn = (stack: Partial<StackInput>) =>
            withDefaults({ environment: "dev", ...stack }, "eu-west-1", { posts }).heritages.posts!.database!;
        expect(databaseIn({}).shared).to.equal(undefined);
        expect(databaseIn({}).instanceClass).to.equal("db.t4g.small");
        expect(databaseIn({ sharedDatabase: {} }).shared).to.deep.equal({ unused: [] });
    });
});
