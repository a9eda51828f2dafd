import { expect } from "chai";
import { planEverything } from "../stacks/everything";

describe("The shared instance of a stack", () => {
    const plan = () => planEverything("everything-dev");

    it("has the databases of agents, Keycloak and a heritage, and they have no instances of their own", async () => {
        const { model } = await plan();
        expect(model.databases.map(({ name }) => name)).to.deep.equal(["shared-db"]);
        const databases = model.outputs.databases as Record<string, { user: string; name: string }>;
        expect(Object.entries(databases).map(([key, { user, name }]) => `${key} ${user} ${name}`)).to.deep.equal([
            "holder-db wallet_holder postgres",
            "issuer-db wallet_issuer postgres",
            "keycloak-db keycloak keycloak",
            "reports-db reports reports",
        ]);
    });

    it("shows the master user's password to the task that makes the roles, and to nobody else", async () => {
        const { model, resources } = await plan();
        const [master] = model.secrets.filter(({ parameter }) => parameter.endsWith("/shared-db/MASTER_PASSWORD"));
        expect(master!.readers.map(({ service }) => service)).to.deep.equal(["shared-db-roles"]);
        const readers = resources.filter(
            ({ type, inputs }) =>
                type === "aws:iam/rolePolicy:RolePolicy" &&
                String(inputs.policy).includes("/shared-db/MASTER_PASSWORD"),
        );
        expect(readers.map(({ name }) => name)).to.deep.equal(["shared-db-roles-execution"]);
    });

    it("shows a role's password to those alone who connect by it", async () => {
        const { model } = await plan();
        const readers = (role: string) =>
            model.secrets
                .filter(({ parameter }) => parameter.includes(`/shared-db/${role}/`))
                .flatMap((secret) => secret.readers.map(({ service }) => service))
                .filter((service) => service !== "shared-db-roles");
        expect(readers("wallet_issuer")).to.deep.equal(["issuer"]);
        expect(readers("wallet_holder")).to.deep.equal(["holder"]);
        expect(readers("keycloak")).to.deep.equal(["keycloak"]);
        expect(readers("reports").every((service) => service.startsWith("reports-"))).to.equal(true);
    });

    it("is one way from the workbench, whatever is on it", async () => {
        const { resources } = await plan();
        const ways = resources.filter(({ name }) => /^workbench-.*-5432-out$/.test(name)).map(({ name }) => name);
        expect(ways).to.deep.equal(["workbench-shared-db-5432-out"]);
    });

    it("closes what the agents made after the agents are there", async () => {
        const { resources } = await plan();
        const closed = resources.find(({ name }) => name === "shared-db-closed");
        const after = closed!.dependencies.filter((urn) => urn.includes("aws:ecs/service:Service"));
        expect(after.map((urn) => urn.split("::").at(-1)).sort()).to.deep.equal(["holder", "issuer"]);
    });
});
