import { expect } from "chai";
import { readConfig } from "../../config/load";
import { leftInstances } from "../../platform/left-instances";
import { DEV, handedOver } from "../config/support";

const SHARED = `${DEV}agents: { issuer: {} }
sharedDatabase: { instanceClass: db.t4g.medium }
walletDb: { shared: true }
keycloak: { version: "26.7.3", database: { shared: true } }
services: { shop: { image: "example.com/shop@sha256:${"a".repeat(64)}", healthCheckPath: /up, paths: [/up], database: { shared: true } } }
`;
const NOW = Date.parse("2026-11-27T12:00:00Z");
const hoursAgo = (hours: number) => new Date(NOW - hours * 3600 * 1000);

interface Account {
    instances: (string | { DBInstanceIdentifier: string; DBInstanceStatus: string })[];
    snapshots?: Record<string, { Status: string; SnapshotCreateTime: Date }[]>;
}

/** What stands in the way, in an account with these instances. Each page of a list has one of them. */
async function found(yaml: string, { instances, snapshots = {} }: Account) {
    const { config, problems } = readConfig(handedOver(yaml), "identity", () => false);
    expect(problems).to.deep.equal([]);
    const asked: string[] = [];
    const send = ({ constructor, input }: { constructor: { name: string }; input: Record<string, string> }) => {
        asked.push(constructor.name);
        if (constructor.name === "DescribeDBSnapshotsCommand") {
            expect(input.SnapshotType).to.equal("manual");
            return Promise.resolve({ DBSnapshots: snapshots[input.DBInstanceIdentifier!] ?? [] });
        }
        const at = Number(input.Marker ?? 0);
        const one = instances[at];
        const instance = typeof one === "string" ? { DBInstanceIdentifier: one, DBInstanceStatus: "available" } : one;
        const more = at + 1 < instances.length ? { Marker: String(at + 1) } : {};
        return Promise.resolve({ DBInstances: instance ? [instance] : [], ...more });
    };
    const left = await leftInstances({ project: "identity", stack: "Dev", config: config! }, { send } as never, NOW);
    return { asked, said: left.map(({ what, fix }) => `${what} → ${fix}`) };
}

describe("instances of databases that move to the shared one", () => {
    it("are not asked for where nothing is shared", async () => {
        const { asked, said } = await found(`${DEV}agents: { issuer: {} }\n`, {
            instances: ["identity-dev-wallet-db-0a1b2c3d"],
        });
        expect([...asked, ...said]).to.deep.equal([]);
    });

    it("stand in nobody's way in a new stack, nor do those of others", async () => {
        const instances = [
            "identity-dev-shared-db-0a1b2c3d",
            "identity-dev-blue-wallet-db-0a1b2c3d", // of the stack dev-blue
            "identity-dev-wallet-db-then", // that somebody restored
            "identity-prod-wallet-db-0a1b2c3d",
            "shop",
        ];
        expect((await found(SHARED, { instances })).said).to.deep.equal([]);
        expect((await found(SHARED, { instances: [] })).said).to.deep.equal([]);
    });

    it("are told all at once, with what to do, on whichever page of the list they are", async () => {
        const { said } = await found(SHARED, {
            instances: [
                "other",
                "identity-dev-wallet-db-0a1b2c3d",
                "identity-dev-shop-db-11111111",
                "identity-dev-keycloak-db-22222222",
            ],
        });
        expect(said).to.have.length(3);
        expect(said[0]).to.equal(
            "identity:walletDb.shared: an `up` would delete the instance identity-dev-wallet-db-0a1b2c3d with its data, and begin with an empty " +
                "database → leave `shared` out; or move the data: npx identity database save (docs/operations.md, Onto the shared " +
                "instance and back). It goes on once the instance has a snapshot of the last 24 hours, as that command takes it",
        );
        expect(said[1]).to.match(/^identity:keycloak\.database\.shared: .*identity-dev-keycloak-db-22222222/);
        expect(said[2]).to.match(/^identity:services\.shop\.database\.shared: .*identity-dev-shop-db-11111111/);
    });

    it("go on with a snapshot that is complete and new, and with no other", async () => {
        const identifier = "identity-dev-wallet-db-0a1b2c3d";
        const snapshot = (Status: string, hours: number) =>
            found(SHARED, {
                instances: [identifier],
                snapshots: { [identifier]: [{ Status, SnapshotCreateTime: hoursAgo(hours) }] },
            });
        expect((await snapshot("available", 23)).said).to.deep.equal([]);
        expect((await snapshot("available", 25)).said).to.have.length(1);
        expect((await snapshot("creating", 0)).said).to.have.length(1);
    });

    it("do not count any more once they are being deleted", async () => {
        const instances = [{ DBInstanceIdentifier: "identity-dev-wallet-db-0a1b2c3d", DBInstanceStatus: "deleting" }];
        expect((await found(SHARED, { instances })).said).to.deep.equal([]);
    });
});
