import { expect } from "chai";
import { applyFlow, topFlows } from "../../../automation/realms/flows";
import { type Json, objectsOf } from "../../../automation/realms/objects";
import type { Server } from "../../../automation/realms/server";

/** A flow as files and exports have it, with a step for each authenticator, or for each flow where it begins with `>`. */
const flow = (alias: string, steps: readonly string[], settings: object = {}) => ({
    ...{ id: `id of ${alias}`, alias, description: "", providerId: "basic-flow", topLevel: true, builtIn: false },
    authenticationExecutions: steps.map((name, i) => ({
        ...(name.startsWith(">")
            ? { authenticatorFlow: true, flowAlias: name.slice(1) }
            : { authenticatorFlow: false, authenticator: name.split(" ")[0], authenticatorConfig: name.split(" ")[1] }),
        ...{ requirement: "REQUIRED", priority: (i + 1) * 10, userSetupAllowed: false },
    })),
    ...settings,
});
const inner = (alias: string, steps: readonly string[]) => flow(alias, steps, { topLevel: false });

/** Applies the first flow of the file; returns the requests, or what was refused. */
async function requests(file: Json, realm: Json): Promise<string[]> {
    const sent: string[] = [];
    let made = 0;
    let now = realm;
    const server = {
        send: (method: string, path: string, json?: Json) => {
            const bound = json?.authenticationFlowBindingOverrides;
            const says = bound
                ? ` ${JSON.stringify(bound)}`
                : json?.alias === undefined
                  ? ""
                  : ` as ${String(json.alias)}`;
            sent.push(`${method} ${path}${says}`);
            if (method === "DELETE") {
                const flows = (now.authenticationFlows as Json[]).filter(({ id }) => !path.endsWith(String(id)));
                now = { ...now, authenticationFlows: flows };
            }
            return Promise.resolve(method === "GET" ? [] : {});
        },
        create: (path: string, { alias, authenticator }: Json) => {
            sent.push(`make ${path} ${String(alias ?? authenticator)}`);
            return Promise.resolve(`${++made}`);
        },
        export: () => Promise.resolve(now),
    } as unknown as Server;
    const [wanted, there] = [objectsOf(file), objectsOf(realm)];
    const done = await applyFlow(topFlows(wanted)[0]!, wanted, there, server).catch((error: Error) => error.message);
    return [...sent, String(done)];
}
const realm = (...authenticationFlows: object[]) => ({ realm: "shop", authenticationFlows });

describe("a log-in flow of a realm's file", () => {
    it("is left alone where it has these steps, in whatever order the file lists them", async () => {
        const found = flow("web", ["auth-cookie", "auth-otp-form"]);
        const { authenticationExecutions: steps, ...rest } = found;
        const file = { ...rest, authenticationExecutions: [...steps].reverse() };
        expect(await requests(realm(file), realm(found))).to.deep.equal(["undefined"]);
    });

    it("is made beside the one with other steps, takes its place, and only then the old one goes", async () => {
        const file = realm(flow("web", ["auth-cookie", ">forms"]), inner("forms", ["auth-otp-form"]));
        const found = { ...realm(flow("web", ["auth-cookie"])), browserFlow: "web", registrationFlow: "registration" };
        expect(await requests(file, found)).to.deep.equal([
            "make /authentication/flows web next",
            "make /authentication/executions auth-cookie",
            "make /authentication/flows forms next",
            "make /authentication/executions auth-otp-form",
            "make /authentication/executions undefined",
            "GET /authentication/flows/web%20next/executions",
            "PUT ",
            "DELETE /authentication/flows/id of web",
            "PUT /authentication/flows/1 as web",
            "PUT /authentication/flows/3 as forms",
            "changed its steps",
        ]);
    });

    it("takes its place at a client, whose other bindings are not sent: the API wants ids, and here they are aliases", async () => {
        const overrides = { browser: "id of web", direct_grant: "id of api" };
        const client = {
            id: "c1",
            clientId: "portal",
            secret: "**********",
            authenticationFlowBindingOverrides: overrides,
        };
        const found = { ...realm(flow("web", ["auth-cookie"]), flow("api", ["auth-cookie"])), clients: [client] };
        const sent = await requests(realm(flow("web", ["auth-otp-form"])), found);
        expect(sent).to.include('PUT /clients/c1 {"browser":"1"}');
    });

    it("begins again where it was interrupted", async () => {
        const found = realm(flow("web", ["auth-cookie"]), flow("web next", ["auth-otp-form"]));
        const [first, second] = await requests(realm(flow("web", ["auth-otp-form"])), found);
        expect(first).to.equal("DELETE /authentication/flows/id of web next");
        expect(second).to.equal("make /authentication/flows web next");
    });

    it("is refused other steps where Keycloak brings it, and steps that the file has not", async () => {
        const own = realm(flow("browser", ["auth-cookie"], { builtIn: true }));
        expect(await requests(realm(flow("browser", ["auth-otp-form"])), own)).to.deep.equal([
            "Keycloak brings it, and it takes no other steps: give the flow of the file another alias",
        ]);
        expect(await requests(realm(flow("web", [">nowhere"])), realm())).to.deep.equal([
            "a step is the flow nowhere, which authenticationFlows has not",
        ]);
        expect(await requests(realm(flow("web", [">web"])), realm())).to.deep.equal(["the flow web is in itself"]);
    });

    it("is not replaced where another flow has one of its configurations, which Keycloak would delete", async () => {
        const other = flow("api", ["identity-provider-redirector redirect"]);
        const found = { ...realm(flow("web", ["identity-provider-redirector redirect"]), other) };
        expect(await requests(realm(flow("web", ["auth-cookie"])), found)).to.deep.equal([
            "the flow api has its configuration redirect, too, which would be gone from there: give one of them another",
        ]);
    });
});
