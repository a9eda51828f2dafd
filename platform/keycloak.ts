import { ContainerImage } from "../components/container-image";
import { unprotectedRealms } from "../components/keycloak/brute-force";
import { KeycloakHa } from "../components/keycloak-ha";
import { REALMS } from "../config/checks/keycloak";
import type { District } from "./district";
import { databaseBuildArgs } from "./images";

const NAME = "keycloak";

/** Keycloak, where the stack file asks for it, on an image built with the stack's version and the repository's realms. */
export function keycloakCluster(district: District): KeycloakHa | undefined {
    const { config, opts, cluster, plugins, vpc, secrets, publicEndpoint, adminEndpoint } = district;
    if (config.keycloak === undefined) return undefined;
    const { image: existing, secrets: sources, ...settings } = config.keycloak;
    const { protect, logRetentionDays, exec } = config;
    const image = new ContainerImage(
        NAME,
        existing
            ? { existing }
            : {
                  context: "images/keycloak",
                  args: { ...databaseBuildArgs(config.region), KEYCLOAK_VERSION: settings.version },
                  protect,
              },
        opts,
    );
    const realmSecrets = district.secretSources.secretsOf(NAME, sources);
    const keycloak = new KeycloakHa(
        NAME,
        {
            ...settings,
            cluster,
            plugins,
            calls: district.calls,
            vpc,
            secrets,
            publicEndpoint,
            adminEndpoint,
            realmSecrets,
            exec,
            logRetentionDays,
            protect,
            image: image.reference,
            unprotectedRealms: existing ? [] : unprotectedRealms(REALMS),
        },
        opts,
    );
    district.databases[`${NAME}-db`] = keycloak.database;
    return keycloak;
}
