import { existsSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { ContainerImage } from "../components/container-image";
import { unprotectedRealms } from "../components/keycloak/brute-force";
import { DATABASE } from "../components/keycloak/container";
import { KeycloakHa } from "../components/keycloak-ha";
import type { KeycloakConfig } from "../config/defaults";
import { openedBy } from "../config/egress";
import { realmFolders } from "../config/keycloak/realm-folders";
import { callbackVariables } from "../config/logins";
import { isOfBuild } from "../config/keycloak/known-settings";
import type { District } from "./district";
import { databaseBuildArgs } from "./images";

const NAME = "keycloak";

/** Keycloak, where the stack file asks for it, on an image built with the stack's version and the repository's realms. */
export function keycloakCluster(district: District): KeycloakHa | undefined {
    const { config, opts, cluster, plugins, vpc, secrets, publicEndpoint, adminEndpoint } = district;
    if (config.keycloak === undefined) return undefined;
    const { image: existing, secrets: sources, environment, egress, tls, ...settings } = config.keycloak;
    const { protect, logRetentionDays, exec } = config;
    const image = new ContainerImage(
        NAME,
        existing
            ? { existing }
            : {
                  context: "images/keycloak",
                  args: { ...databaseBuildArgs(config.region), ...buildArgs(config.keycloak) },
                  architecture: settings.architecture,
                  protect,
                  gate: config.images.gate,
              },
        opts,
    );
    const realmSecrets = district.secretSources.secretsOf(NAME, sources);
    const keycloak = new KeycloakHa(
        NAME,
        {
            ...settings,
            database: settings.database.shared ? { login: district.shared!.login(DATABASE) } : settings.database,
            environment: {
                ...callbackVariables(config),
                ...Object.fromEntries(Object.entries(environment).filter(([variable]) => !isOfBuild(variable))),
            },
            egress: egress && openedBy(egress),
            cluster,
            alarms: district.alarms,
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
            tls: district.tls(tls, settings.architecture),
            unprotectedRealms: existing ? [] : unprotectedRealms(realmFolders(pulumi.getStack())),
        },
        opts,
    );
    district.databases[`${NAME}-db`] = keycloak.database;
    return keycloak;
}

/** What a stack's image has that another one's has not; nothing but the version where the stack file and the realms' folder say no more. */
function buildArgs({ version, relativePath, environment }: KeycloakConfig): Record<string, string> {
    // The management port stays where the health check and whoever collects metrics look for it.
    const below = { KC_HTTP_RELATIVE_PATH: relativePath, KC_HTTP_MANAGEMENT_RELATIVE_PATH: "/" };
    const built = Object.entries(environment).filter(([variable]) => isOfBuild(variable));
    const settings = [...(relativePath ? Object.entries(below) : []), ...built].map(
        ([name, value]) => `${name}=${value}`,
    );
    const stack = pulumi.getStack();
    return {
        KEYCLOAK_VERSION: version,
        ...(settings.length > 0 ? { BUILD_SETTINGS: settings.sort().join("\n") } : {}),
        ...(existsSync(realmFolders(stack)[1]!) ? { REALMS_OF: stack } : {}),
    };
}
