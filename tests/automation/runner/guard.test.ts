import { expect } from "chai";
import { Exit } from "../../../automation/shared/errors";
import { Collector } from "../../../automation/runner/changes";
import { guard, lossOf, refusals } from "../../../automation/runner/guard";
import { protectedOnes, keptByAws } from "../../../automation/runner/after-destroy";
import { began, type Step, urn } from "./events";

const DATABASE = "aws:rds/instance:Instance";
const changes = (...steps: Step[]) => {
    const collector = new Collector();
    for (const one of steps) collector.add(began(one));
    return collector.result.changes;
};
const replaced = (more: Partial<Step> = {}): Step => ({
    op: "replace",
    type: DATABASE,
    name: "wallet",
    keys: ["username"],
    ...more,
});
const stopped = (run: () => void) => {
    try {
        run();
    } catch (error) {
        expect(error).to.be.instanceOf(Exit);
        expect((error as Exit).code).to.equal(3);
        return (error as Exit).message;
    }
    return "";
};

describe("the guard", () => {
    it("knows which resources lose data", () => {
        for (const [type, name] of [
            [DATABASE, "x"],
            ["aws:kms/key:Key", "x"],
            ["aws:lb/loadBalancer:LoadBalancer", "x"],
            ["aws:s3/bucket:Bucket", "x"],
            // Of types that have no entry: nobody can say that nothing is lost.
            ["aws:rds/cluster:Cluster", "x"],
            ["aws:dynamodb/table:Table", "x"],
            ["random:index/randomPassword:RandomPassword", "issuer/ACAPY_WALLET_KEY"],
            ["aws:ssm/parameter:Parameter", "issuer-ACAPY_WALLET_KEY"],
        ] as const) {
            expect(lossOf(urn(type, name)), type).to.be.a("string");
        }
        for (const type of [
            "aws:ecs/service:Service",
            "random:index/randomPassword:RandomPassword",
            "aws:s3/bucketPolicy:BucketPolicy",
            "aws:rds/subnetGroup:SubnetGroup",
        ]) {
            expect(lossOf(urn(type, "x")), type).to.equal(undefined);
        }
    });

    it("stops its replacement and deletion in prod, also unprotected, and lets it be in dev", () => {
        const gone: Step = { op: "delete", type: "aws:kms/key:Key", name: "secrets" };
        const message = stopped(() => guard(changes(replaced(), gone), "prod", [], "prod"));
        expect(message).to.contain("replaced: aws:rds Instance wallet (a database, with its data)");
        expect(message).to.contain("because of username");
        expect(message).to.contain("deleted: aws:kms Key secrets");
        expect(message).to.contain("--allow-replace 'aws:kms/key:Key::secrets'");
        expect(stopped(() => guard(changes(replaced(), gone), "dev", [], "dev"))).to.equal("");
        expect(
            stopped(() => guard(changes({ op: "update", type: DATABASE, name: "wallet" }), "prod", [], "prod")),
        ).to.equal("");
    });

    it("lets through what is named, by its URN or as it was shown, and nothing else", () => {
        for (const name of [urn(DATABASE, "wallet"), `${DATABASE}::wallet`]) {
            expect(stopped(() => guard(changes(replaced()), "prod", [name], "prod"))).to.equal("");
        }
        expect(stopped(() => guard(changes(replaced()), "prod", [`${DATABASE}::other`], "prod"))).to.contain("wallet");
        expect(stopped(() => guard([], "prod", [`${DATABASE}::wallet`], "prod"))).to.contain(
            "neither replaces nor deletes",
        );
    });

    it("stops in prod what has load balancers lead to nodes and agents that are not there yet, and says how not to", () => {
        const TARGETS = "aws:lb/targetGroup:TargetGroup";
        const names = ["public-keycloak", "admin-keycloak"];
        const made = names.map((name): Step => ({ op: "create", type: TARGETS, name: `${name}-tls` }));
        const gone = names.map((name): Step => ({ op: "delete", type: TARGETS, name }));
        const message = stopped(() => guard(changes(...made, ...gone), "prod", [], "main"));
        expect(message).to.contain("keycloak would answer 503");
        expect(message).to.contain("(identity:keycloak)");
        expect(message).to.contain("tls: both in Pulumi.main.yaml");
        const named = names.map((name) => `${TARGETS}::${name}`);
        for (const one of named) expect(message).to.contain(`--allow-replace '${one}'`);
        expect(stopped(() => guard(changes(...made, ...gone), "prod", named, "main"))).to.equal("");
        expect(stopped(() => guard(changes(...made, ...gone), "prod", [named[0]!], "main"))).to.contain(
            "admin-keycloak",
        );
        // In dev; one after the other; and of an application with such a name.
        expect(stopped(() => guard(changes(...made, ...gone), "dev", [], "main"))).to.equal("");
        for (const step of [made, gone])
            expect(stopped(() => guard(changes(...step), "prod", [], "main"))).to.equal("");
        const other = (name: string, op: "create" | "delete"): Step => ({ op, type: TARGETS, name: `public-${name}` });
        const issuer = [other("issuer", "delete"), other("issuer-tls", "create"), other("issuer-ws", "delete")];
        const agents = stopped(() => guard(changes(...made, ...gone, ...issuer), "prod", [], "main"));
        expect(agents).to.contain("keycloak, issuer would answer 503");
        expect(agents).to.contain("identity:agents.issuer");
        expect(agents).not.to.contain("issuer-ws");
        const service: Step = { op: "create", type: "aws:ecs/service:Service", name: "web-tls" };
        const renamed = [other("web", "delete"), other("web-tls", "create"), service];
        expect(stopped(() => guard(changes(...renamed), "prod", [], "main"))).to.equal("");
    });

    it("refuses what Pulumi or AWS would refuse in the middle of an update", () => {
        const both = replaced({ old: { protect: true, inputs: { deletionProtection: true } }, new: { protect: true } });
        const message = stopped(() => guard(changes(both), "dev", [`${DATABASE}::wallet`], "dev"));
        expect(message).to.contain("protected by Pulumi and AWS");
        expect(message).to.contain("identity:protect: false in Pulumi.dev.yaml");
        const removed: Step = { op: "delete", type: DATABASE, name: "wallet", old: { protect: true } };
        expect(refusals(changes(removed), "dev", [])[0]).to.include({ allowable: false, why: "protected by Pulumi" });
        // Taking the protection off and replacing it in one go is Pulumi's to allow, and a person's to name.
        const taken = replaced({ old: { protect: true }, new: { protect: false } });
        expect(refusals(changes(taken), "dev", [])[0]).to.include({ allowable: true });
        expect(refusals(changes(taken), "dev", [`${DATABASE}::wallet`])).to.deep.equal([]);
    });
});

describe("a stack that goes", () => {
    const resource = (type: string, name: string, inputs: Record<string, unknown>, more: object = {}) => ({
        urn: urn(type, name),
        type,
        inputs,
        outputs: {},
        ...more,
    });

    it("does not go where anything in it is protected, all of which is named", () => {
        const message = protectedOnes(
            [
                resource(DATABASE, "wallet", { deletionProtection: true }, { protect: true }),
                resource("aws:lb/loadBalancer:LoadBalancer", "public", { enableDeletionProtection: true }),
                resource("aws:sqs/queue:Queue", "jobs", {}),
            ],
            "prod",
        );
        expect(message).to.contain("aws:rds Instance wallet: protected by Pulumi and AWS");
        expect(message).to.contain("aws:lb LoadBalancer public: protected by AWS");
        expect(message).not.to.contain("jobs");
        expect(protectedOnes([resource("aws:sqs/queue:Queue", "jobs", {})], "prod")).to.equal(undefined);
    });

    it("lists what AWS keeps", () => {
        const lines = keptByAws([
            resource(DATABASE, "wallet", { finalSnapshotIdentifier: "wallet-last", deleteAutomatedBackups: false }),
            resource(DATABASE, "scratch", { skipFinalSnapshot: true }),
            resource("aws:kms/key:Key", "secrets", { deletionWindowInDays: 30 }),
        ]);
        expect(lines).to.have.length(3);
        expect(lines[0]).to.equal("aws:rds Instance wallet: a last snapshot, wallet-last");
        expect(lines[2]).to.contain("for 30 days");
    });
});
