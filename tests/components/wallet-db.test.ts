import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { SecretStore } from "../../components/secret-store";
import { WalletDb, type WalletDbArgs } from "../../components/wallet-db";
import { DATABASE, make } from "./support";

const ARGS: Omit<WalletDbArgs, "secrets"> = DATABASE;

const walletDb = (args: Partial<WalletDbArgs> = {}) =>
    make(() => {
        const secrets = new SecretStore("secrets", { prefix: "/w" });
        const { host, port, clientsGroupId, credentials } = new WalletDb("wallets", { ...ARGS, secrets, ...args });
        return { host, port, clientsGroupId, credentials: credentials.parameterName };
    });

describe("WalletDb", () => {
    it("is a database", async () => {
        const made = await walletDb();
        expect(made.childrenOf("identity.WalletDb")).to.deep.equal(["identity.Database wallets"]);
        expect(made.outputs).to.deep.equal({
            host: made.one("aws.rds.Instance").outputs.address,
            port: 5432,
            clientsGroupId: made.one("aws.ec2.SecurityGroup", "wallets-clients").id,
            credentials: "/w/wallets/ACAPY_WALLET_STORAGE_CREDS",
        });
    });

    it("has the agents' role and no database: an agent makes its wallet's itself, and fails on one that is there", async () => {
        const made = await walletDb();
        expect(made.inputs("aws.rds.Instance")).to.include({ username: "acapy", password: "[secret]" });
        expect(made.inputs("aws.rds.Instance")).not.to.have.property("dbName");
    });

    it("is encrypted by the key of its secrets", async () => {
        const made = await walletDb();
        const { arn } = made.one("aws.kms.Key").outputs;
        expect(made.inputs("aws.rds.Instance")).to.include({ kmsKeyId: arn, performanceInsightsKmsKeyId: arn });
    });

    it("keeps account and password as one secret, the form in which ACA-Py reads them", async () => {
        const given = await new Promise<string>((resolve) =>
            make(() => {
                const secrets = new SecretStore("secrets");
                const put = secrets.put.bind(secrets);
                secrets.put = (service, variable, value, options) => {
                    pulumi.output(value).apply(resolve);
                    return put(service, variable, value, options);
                };
                new WalletDb("wallets", { ...ARGS, secrets });
            }),
        );
        const { account, password, ...rest } = JSON.parse(given);
        expect({ account, rest }).to.deep.equal({ account: "acapy", rest: {} });
        expect(password).to.match(/^simulated-/);
    });

    it("has a password of letters and digits, long enough, and shown nowhere", async () => {
        const made = await walletDb();
        expect(made.inputs("random.RandomPassword", "secrets-wallets-password")).to.deep.equal({
            length: 32,
            special: false,
        });
        expect(made.inputs("aws.ssm.Parameter", "secrets-wallets-ACAPY_WALLET_STORAGE_CREDS")).to.include({
            name: "/w/wallets/ACAPY_WALLET_STORAGE_CREDS",
            type: "SecureString",
            value: "[secret]",
        });
        expect(JSON.stringify(made.resources)).not.to.include("simulated-");
    });

    for (const protect of [true, false]) {
        it(`protects instance and password where protect is ${protect}`, async () => {
            const made = await walletDb({ protect });
            expect(made.one("aws.rds.Instance").protect).to.equal(protect);
            expect(made.inputs("aws.rds.Instance").deletionProtection).to.equal(protect);
            expect(made.one("random.RandomPassword").protect).to.equal(protect);
        });
    }

    it("hands its transforms on to the database", async () => {
        const made = await walletDb({ transform: { instance: { iops: 12_000 } } });
        expect(made.inputs("aws.rds.Instance").iops).to.equal(12_000);
    });
});
