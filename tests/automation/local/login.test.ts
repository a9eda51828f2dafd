import { expect } from "chai";
import { service, shopOnLaptop, stackFile } from "./support";

const STACK = stackFile(
    "identity:domain: { name: id.example.com.localhost }",
    "identity:heritages: [shop]",
    `identity:envoyImage: example.com/envoy@sha256:${"c".repeat(64)}`,
    `identity:keycloak: { version: "26.7.3", image: "example.com/keycloak@sha256:${"b".repeat(64)}", secrets: { SHOP_SECRET: { generate: {} } } }`,
);
const SHOP = `image: "example.com/shop@sha256:${"a".repeat(64)}"
services:
    web:
        health_check_path: /up
        tls: false
        listeners: [{ login: { realm: staff, client: shop, secret: SHOP_SECRET } }]
`;

describe("a log-in in front of an application on this machine", () => {
    it("is asked for by Envoy: at the realm where a browser finds it, by the client's own secret", async () => {
        const { shop } = await shopOnLaptop(STACK, SHOP);
        const { command, environment } = service(shop, "public");
        // eslint-disable-next-line @typescript-eslint/no-explicit-any -- Envoy's configuration, as deep as it is
        const config = JSON.parse((command as string[])[1]!) as any;
        const { route_config, http_filters } = config.static_resources.listeners.find(
            (one: { name: string }) => one.name === "443",
        ).filter_chains[0].filters[0].typed_config;
        expect(http_filters.slice(0, 2).map((one: { name: string }) => one.name)).to.deep.equal([
            "envoy.filters.http.oauth2",
            "envoy.filters.http.lua",
        ]);
        const asking = route_config.virtual_hosts[0].routes.filter(
            (one: { typed_per_filter_config?: object }) =>
                one.typed_per_filter_config && "envoy.filters.http.oauth2" in one.typed_per_filter_config,
        );
        expect(asking).to.have.length(1);
        const own = asking[0].typed_per_filter_config["envoy.filters.http.oauth2"].config;
        const realm = "https://auth.id.example.com.localhost:8443/realms/staff/protocol/openid-connect";
        expect(own.authorization_endpoint).to.equal(`${realm}/auth`);
        expect(own.credentials.client_id).to.equal("shop");
        // Within Docker's network, at Keycloak's nodes themselves.
        const clusters = config.static_resources.clusters as { name: string }[];
        expect(own.token_endpoint.cluster).to.match(/keycloak/);
        expect(clusters.map(({ name }) => name)).to.include(own.token_endpoint.cluster);
        const [secret, cookies] = config.static_resources.secrets.map(
            (one: { generic_secret: { secret: { environment_variable: string } } }) =>
                environment![one.generic_secret.secret.environment_variable],
        );
        // The one that Keycloak's nodes put into the realm.
        expect(secret).to.match(/^[A-Za-z0-9]{48}$/);
        expect(service(shop, "keycloak-1-keycloak").environment!.SHOP_SECRET).to.equal(secret);
        expect(cookies).to.match(/^[0-9a-f]{64}$/);
        expect(JSON.stringify(shop.file)).not.to.contain(secret);
        // What a realm file's ${LOGIN_SHOP} is.
        expect(service(shop, "keycloak-1-keycloak").environment).to.include({
            LOGIN_SHOP: "https://shop.id.example.com.localhost:8443/oauth2/idpresponse",
        });
    });

    it("verifies tokens of programs by a route of its own before the browsers', with the realm's keys and name here", async () => {
        const tokens = "tokens: { client: reports, scope: read }";
        const { shop } = await shopOnLaptop(STACK, SHOP.replace("SHOP_SECRET }", `SHOP_SECRET, ${tokens} }`));
        const { command } = service(shop, "public");
        // eslint-disable-next-line @typescript-eslint/no-explicit-any -- Envoy's configuration, as deep as it is
        const config = JSON.parse((command as string[])[1]!) as any;
        const { route_config, http_filters } = config.static_resources.listeners.find(
            (one: { name: string }) => one.name === "443",
        ).filter_chains[0].filters[0].typed_config;
        expect(http_filters.slice(0, 3).map((one: { name: string }) => one.name)).to.deep.equal([
            "envoy.filters.http.jwt_authn",
            "envoy.filters.http.oauth2",
            "envoy.filters.http.lua",
        ]);
        const { routes } = route_config.virtual_hosts[0];
        const filters = (i: number) => Object.keys(routes[i].typed_per_filter_config ?? {});
        const at = routes.findIndex((_: unknown, i: number) => filters(i).includes("envoy.filters.http.jwt_authn"));
        expect(filters(at + 1))
            .to.include("envoy.filters.http.oauth2")
            .and.not.include("envoy.filters.http.jwt_authn");
        expect(routes[at].match.headers[1]).to.deep.equal({
            name: "Authorization",
            string_match: { safe_regex: { regex: "(?i)(?:(?:Bearer .*))" } },
        });
        expect(routes[at].match.headers[0]).to.deep.equal(routes[at + 1].match.headers[0]);
        const { requirement_name } = routes[at].typed_per_filter_config["envoy.filters.http.jwt_authn"];
        const { providers, requirement_map } = http_filters[0].typed_config;
        const provider = providers[requirement_map[requirement_name].provider_name];
        expect(provider.issuer).to.equal("https://auth.id.example.com.localhost:8443/realms/staff");
        expect(provider.remote_jwks.http_uri.cluster).to.match(/keycloak/);
        expect(config.static_resources.clusters.map(({ name }: { name: string }) => name)).to.include(
            provider.remote_jwks.http_uri.cluster,
        );
    });
});
