import { expect } from "chai";
import { applicationDatabase } from "../../components/application-database";
import { SecretStore } from "../../components/secret-store";
import { SharedDatabase, type SharedDatabaseArgs } from "../../components/shared-database";
import { CLUSTER, DATABASE, make, VPC } from "./support";

const ROLES: SharedDatabaseArgs["roles"] = {
    wallet_issuer: { connections: 33 },
    shop: { database: "shop", connections: 15 },
};

const shared = (rotation?: number) =>
    make(() => {
        const secrets = new SecretStore("secrets", { prefix: "/s" });
        const image = "example.com/roles@sha256:00";
        const database = new SharedDatabase("db", {
            ...DATABASE,
            cluster: CLUSTER,
            secrets,
            image,
            roles: ROLES,
            rotation,
        });
        const place = { vpc: VPC, secrets, logRetentionDays: 14 };
        const login = database.login("shop");
        const connect = (variables?: Record<string, "url" | "password">) =>
            applicationDatabase("shop", { login, variables }, place, {});
        const { environment, secrets: injected } = connect();
        const { host, access, user } = database.login("wallet_issuer");
        return { host, user, parameter: access.passwordParameter, environment, injected: injected.DB_PASSWORD!.arn };
    });

describe("SharedDatabase", () => {
    it("is one instance without a database, whose master user is no application's", async () => {
        const made = await shared();
        expect(made.inputs("aws.rds.Instance")).to.include({ username: "provisioner", password: "[secret]" });
        expect(made.inputs("aws.rds.Instance")).not.to.have.property("dbName");
    });

    it("tells its task the plan of roles, and their passwords as secrets", async () => {
        const made = await shared();
        const [app] = JSON.parse(made.inputs("aws.ecs.TaskDefinition").containerDefinitions as string);
        const environment = Object.fromEntries(
            app.environment.map((one: { name: string; value: string }) => [one.name, one.value]),
        );
        expect(JSON.parse(environment.ROLES)).to.deep.equal([
            { role: "shop", database: "shop", connections: 15 },
            { role: "wallet_issuer", database: null, connections: 33 },
        ]);
        expect(app.secrets.map(({ name }: { name: string }) => name)).to.deep.equal([
            "DB_PASSWORD",
            "PASSWORD_SHOP",
            "PASSWORD_WALLET_ISSUER",
        ]);
        expect(app).to.include({ user: "1000", readonlyRootFilesystem: true });
    });

    it("has a parameter for each role, of agents as ACA-Py reads it", async () => {
        const made = await shared();
        const names = made.all("aws.ssm.Parameter").map(({ inputs }) => inputs.name);
        expect(names).to.have.members([
            "/s/db/MASTER_PASSWORD",
            "/s/db/shop/PASSWORD",
            "/s/db/wallet_issuer/ACAPY_WALLET_STORAGE_CREDS",
            "/s/db/made",
        ]);
        expect(made.outputs).to.include({
            user: "wallet_issuer",
            parameter: "/s/db/wallet_issuer/ACAPY_WALLET_STORAGE_CREDS",
        });
    });

    it("lets an application connect by its own role, after the roles are made", async () => {
        const made = await shared();
        const { address } = made.one("aws.rds.Instance").outputs;
        expect(made.outputs.environment).to.deep.equal({
            DB_POOL_MAX: "5",
            DB_USER: "shop",
            DB_HOST: address,
            DB_NAME: "shop",
            DB_PORT: "5432",
        });
        expect(made.outputs.injected).to.match(/\/s\/db\/shop\/PASSWORD$/);
        const { inputs } = made.one("aws.ssm.Parameter", "db-made");
        expect(inputs.insecureValue).to.equal(made.one("aws.ecs.TaskDefinition").outputs.arn);
    });

    describe("of another rotation", () => {
        const planOf = (made: Awaited<ReturnType<typeof shared>>) => {
            const [app] = JSON.parse(made.inputs("aws.ecs.TaskDefinition").containerDefinitions as string);
            return JSON.parse(app.environment.find(({ name }: { name: string }) => name === "ROLES").value);
        };
        const passwords = (made: Awaited<ReturnType<typeof shared>>) =>
            Object.fromEntries(
                made
                    .all("random.RandomPassword")
                    .map(({ name, inputs }) => [
                        name.replace(/^secrets-db-|-password$/g, ""),
                        (inputs.keepers as { generation?: string } | undefined)?.generation ?? "0",
                    ]),
            );
        const parameters = (made: Awaited<ReturnType<typeof shared>>) =>
            made.all("aws.ssm.Parameter").flatMap(({ inputs }) => {
                const [, name] = /shop\/(.+)$/.exec(String(inputs.name)) ?? [];
                return name ?? [];
            });

        it("has the other user with a password of its own, beside the one before", async () => {
            const made = await shared(1);
            expect(made.outputs.environment).to.include({ DB_USER: "shop.b", DB_NAME: "shop" });
            expect(made.outputs.injected).to.match(/\/s\/db\/shop\/PASSWORD_B$/);
            expect(planOf(made)).to.deep.equal([
                { role: "shop", database: "shop", connections: 15, login: "shop.b" },
                { role: "wallet_issuer", database: null, connections: 33 },
            ]);
            expect(parameters(made)).to.have.members(["PASSWORD", "PASSWORD_B"]);
            expect(passwords(made)).to.deep.equal({ provisioner: "0", shop: "0", "shop-b": "1", wallet_issuer: "0" });
        });

        it("goes back to the first user with another password, and leaves the second one's as it was", async () => {
            const made = await shared(2);
            expect(made.outputs.environment).to.include({ DB_USER: "shop" });
            expect(passwords(made)).to.deep.equal({ provisioner: "0", shop: "2", "shop-b": "1", wallet_issuer: "0" });
            expect(passwords(await shared(3))).to.include({ shop: "2", "shop-b": "3" });
        });
    });

    it("refuses a login for a role that it does not have", async () => {
        const secrets = () => new SecretStore("secrets");
        const bad = make(() => {
            const args = { ...DATABASE, cluster: CLUSTER, image: "example.com/roles@sha256:00", roles: ROLES };
            new SharedDatabase("db", { ...args, secrets: secrets() }).login("news");
            return {};
        });
        const error = await bad.then(
            () => undefined,
            (e: Error) => e,
        );
        expect(error?.message).to.contain("db has no role news");
    });
});
