/** A PostgreSQL in place of each instance of RDS: of the same version, with the settings of its parameter group. */
import type { Inventory } from "../../plan/inventory";
import { text } from "../local-aws";
import { dataVolume, healthcheck, reachedAs, type StandIn, type StandInContext, standInImage } from "./stand-in";

/** Parameters of RDS's own, and those of pgaudit, which the image has not. */
const NOT_HERE = /^(rds\.|pgaudit\.|shared_preload_libraries$)/;

export const databaseStandIns = ({ aws, project, inventory, variables }: StandInContext): StandIn[] =>
    aws.databases.map((instance) => {
        const { name, address, inputs, certificate } = instance;
        const image = standInImage(project, "postgres", { POSTGRES_VERSION: text(instance, "engineVersion") });
        const group = inventory.inputsOf("aws:rds/parameterGroup:ParameterGroup", inputs.parameterGroupName);
        const parameters = (group?.parameters ?? []) as { name: string; value: string }[];
        const settings = parameters.filter((parameter) => !NOT_HERE.test(parameter.name));
        return {
            name,
            of: "database",
            image,
            host: address,
            service: {
                image: image.reference,
                pull_policy: "never",
                command: ["postgres", ...settings.flatMap(({ name, value }) => ["-c", `${name}=${value}`])],
                environment: {
                    MASTER_USER: text(instance, "username"),
                    MASTER_PASSWORD: variables.reference(`${name} password`, text(instance, "password")),
                    MASTER_DATABASE: String(inputs.dbName ?? ""),
                    FORCE_SSL: parameters.find(({ name }) => name === "rds.force_ssl")?.value ?? "0",
                    TLS_CERTIFICATE: certificate.certificate,
                    TLS_KEY: variables.reference(`${name} key`, certificate.privateKey),
                },
                ...healthcheck("CMD", "pg_isready", "--quiet", "--host", "127.0.0.1"),
                ...dataVolume(name, "/var/lib/postgresql/data"),
                ...reachedAs(address, ...namesOf(address, inventory)),
                init: true,
                stop_grace_period: "30s",
                mem_limit: "512m",
                restart: "unless-stopped",
            },
        };
    });

/** The short names that the VPC's zone gives an address. */
const namesOf = (address: string, inventory: Inventory) =>
    inventory
        .ofType("aws:route53/record:Record")
        .filter(({ inputs }) => (inputs.records as string[] | undefined)?.includes(address))
        .map(({ inputs }) => String(inputs.name));
