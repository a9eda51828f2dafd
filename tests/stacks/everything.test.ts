import { readFileSync } from "node:fs";
import { expect } from "chai";
import pc from "picocolors";
import type { z } from "zod";
import { render } from "../../automation/plan/render";
import { heritageSchema } from "../../config/heritage/schema";
import { stackSchema } from "../../config/schema";
import { database } from "../../config/schema/database";
import { secretSource } from "../../config/schema/secrets";
import { optionFor, optionsOf } from "../../config/union";
import { camelCase } from "../../config/snake-case";
import { EVERYTHING, type EverythingStack, heritageFiles, planEverything, stackKeys } from "./everything";

/** Keys that no stack uses, with the reason. */
const UNUSED: Record<string, string> = {
    "domain.certificate.arn": "stands in place of pem and privateKey, and makes no resource",
    ...Object.fromEntries(
        ["", ".vpc", ".vpc.tags", ".subnets"]
            .concat(["public", "private", "database"].flatMap((tier) => [`.subnets.${tier}`, `.subnets.${tier}.tags`]))
            .map((key) => [`network.existing${key}`, "stands in place of all other keys of network"]),
    ),
    ...Object.fromEntries(
        ["cluster", "cluster.existing"].map((key) => [key, "stands in place of a cluster of the stack's own"]),
    ),
    ...Object.fromEntries(
        ["uses.*.host.securityGroup", "volumes.*.efs.existing", "volumes.*.efs.directory"].map((key) => [
            key,
            "needs a network that exists (tests/e2e/existing-network.test.ts)",
        ]),
    ),
    "deploy.branch": "is refused, with what stands in its place",
};

/** What many keys share is asked for once, wherever it is: the sources of a secret, the settings of a database. */
const SHARED: Record<string, { shape: Record<string, unknown>; toldBy: string }> = {
    secret: { shape: secretSource.shape, toldBy: "generate" },
    database: { shape: database.shape, toldBy: "engineVersion" },
};

/** The names of the outputs of a type of AWS that are no inputs, as the provider's own class has them. */
function outputsOf(type: string): string[] {
    const module = /^aws:(\w+\/\w+):/.exec(type)?.[1];
    if (module === undefined) return [];
    const source = readFileSync(require.resolve(`@pulumi/aws/${module}.js`), "utf8");
    return [...source.matchAll(/resourceInputs\["(\w+)"\] = undefined \/\*out\*\//g)].map(([, name]) => name!);
}

/** The keys of a schema as paths, with `*` for a name. With a value, only those that the value has. */
function keys(schema: z.ZodType, path: string, value?: { is: unknown }): string[] {
    const inner = (one: unknown) => value && { is: one };
    switch (schema.def.type) {
        case "optional":
            return keys((schema as z.ZodOptional).unwrap() as z.ZodType, path, value);
        case "array": {
            const element = (schema as z.ZodArray).element as z.ZodType;
            return (value ? (value.is as unknown[]) : [undefined]).flatMap((one) => keys(element, path, inner(one)));
        }
        case "record": {
            const named = (schema as z.ZodRecord).valueType as z.ZodType;
            const values = value ? Object.values(value.is as object) : [undefined];
            return values.flatMap((one) => keys(named, `${path}*.`, inner(one)));
        }
        case "object": {
            const shape = (schema as z.ZodObject).shape as Record<string, z.ZodType>;
            const shared = Object.entries(SHARED).find(([, { toldBy }]) => toldBy in shape);
            return Object.entries(shape).flatMap(([key, field]) => {
                const own = (value?.is as Record<string, unknown> | undefined)?.[key];
                if (value && own === undefined) return [];
                const at = shared && key in shared[1].shape ? `<${shared[0]}>.${key}` : `${path}${key}`;
                return [at, ...keys(field, `${at}.`, inner(own))];
            });
        }
        case "union": {
            const written = value && optionFor(schema, value.is);
            const options = value ? [written!] : optionsOf(schema);
            return options.flatMap((option) => keys(option, path, value));
        }
        default:
            return [];
    }
}

describe("the stacks with everything", () => {
    const used = {
        stack: EVERYTHING.flatMap((stack) => keys(stackSchema, "", { is: stackKeys(stack) })),
        heritage: Object.values(heritageFiles()).flatMap((file) =>
            keys(heritageSchema, "", { is: camelCase(file, heritageSchema) }),
        ),
    };
    const heritageKeys = keys(heritageSchema, "");
    // A secret of a heritage has no value of its own, so what is shared is looked for in both.
    const everywhere = new Set([...used.stack, ...used.heritage].filter((key) => key.startsWith("<")));

    it("use every key of a stack file between them, but for a few with a reason", () => {
        const missing = keys(stackSchema, "").filter((key) => !used.stack.includes(key) && !everywhere.has(key));
        expect([...new Set(missing)]).to.have.members(Object.keys(UNUSED).filter((key) => !heritageKeys.includes(key)));
    });

    it("use every key of a heritage's file", () => {
        const missing = keys(heritageSchema, "").filter((key) => !used.heritage.includes(key) && !everywhere.has(key));
        expect([...new Set(missing)]).to.have.members(Object.keys(UNUSED).filter((key) => heritageKeys.includes(key)));
    });

    it("let their own tasks reach a restricted public endpoint by NAT, and say where there is none", async () => {
        const ways = async (stack: EverythingStack) => {
            const [endpoint] = (await planEverything(stack)).model.endpoints.filter(({ internal }) => !internal);
            return { allowed: endpoint!.listeners[0]!.allowed, note: endpoint!.note };
        };
        expect(await ways("everything-dev")).to.deep.equal({
            allowed: ["198.51.100.0/24", "192.0.2.7/32", ...[1, 2, 3, 4].map((i) => `203.0.113.${i}/32`)],
            note: undefined,
        });
        const { allowed, note } = await ways("everything");
        expect(allowed).to.deep.equal(["0.0.0.0/0"]);
        expect(note).to.match(/no NAT gateway: the stack's own tasks do not reach it/);
    });

    it("say of browsers and of programs how they come in at one address", async () => {
        const { model } = await planEverything("everything");
        const { routes } = model.endpoints.find(({ internal }) => !internal)!;
        const ways = routes.filter(({ url }) => url.endsWith("/orders/*")).map(({ login }) => login);
        expect(ways).to.have.members([
            "browsers log in at https://login.id.example.org/auth/realms/shop for orders",
            "programs bring a token of https://login.id.example.org/auth/realms/shop with azp reports and scope orders:read",
        ]);
    });

    it("show what is redirected, in the section and on the first screen, and a service's other hosts", async () => {
        const { model } = await planEverything("everything");
        const endpoint = model.endpoints.find(({ internal }) => !internal)!;
        const { redirected } = endpoint;
        expect(redirected).to.have.length(10);
        expect(redirected).to.deep.include({
            url: "https://www.orders.example.org/cart/*",
            to: "https://shop.id.example.org",
        });
        const PLAIN = { ...pc.createColors(false), width: 250 };
        expect(render(model, "build", PLAIN, undefined, ["endpoints"])).to.match(
            /orders\.example\.org\/basket +→ redirects to https:\/\/shop\.id\.example\.org/,
        );
        const [{ url, ...route }] = endpoint.routes as [(typeof endpoint.routes)[0]];
        const routes = [`${url}/a`, `${url}/b`, "https://www.example.com"].map((each) => ({ ...route, url: each }));
        const shown = render({ ...model, endpoints: [{ ...endpoint, routes }] }, "build", PLAIN);
        expect(shown).to.include(`${url}/a`).and.include(`→ ${route.service}, also at www.example.com\n`);
        expect(shown.match(/→ redirects to/g)).to.have.length(2); // for each host
    });

    for (const stack of EVERYTHING) {
        it(`${stack} reads no output of a resource that the simulated AWS leaves out`, async () => {
            // A value that is not there would be missing in the plan, and nowhere else: a variable of an application, say.
            const { resources } = await planEverything(stack, undefined, ({ type, outputs }) => {
                const left = outputsOf(type).filter((name) => outputs[name] === undefined);
                return Promise.resolve({
                    ...Object.fromEntries(left.map((name) => [name, `LEFT-OUT ${type}.${name}`])),
                    ...outputs,
                });
            });
            const read = resources.flatMap(({ type, inputs }) =>
                [...JSON.stringify(inputs).matchAll(/LEFT-OUT [\w:/.]+/g)].map(([output]) => `${output} in ${type}`),
            );
            expect([...new Set(read)]).to.deep.equal([]);
        });

        it(`${stack} is planned, and violates no policy that is mandatory`, async () => {
            const { model } = await planEverything(stack);
            const violated = model.policies.filter(
                ({ level, violations }) => level === "mandatory" && violations.length > 0,
            );
            expect(violated.map(({ name }) => name)).to.deep.equal([]);
        });
    }
});
