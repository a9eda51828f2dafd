/**
 * Agents that stand beside an application in its tasks. Each is one container more in the task definition, shares its CPU and memory,
 * and gets its key as a secret. What the application has to know (where to send to) is in its environment.
 */
import * as pulumi from "@pulumi/pulumi";
import type { ContainerArgs } from "./fargate/container";
import type { Secret } from "./secret-store";
import { UserError } from "./user-error";

interface Agent {
    /** By digest. */
    image: pulumi.Input<string>;
}

export interface Plugins {
    /** Metrics, traces and profiles to Datadog, by its agent (docs.datadoghq.com/integrations/ecs_fargate). */
    datadog?: Agent & {
        apiKey: Secret;
        /** @default "datadoghq.com", its site in the US */
        site?: string;
    };
    /** Metrics to New Relic, by its integration for ECS (docs.newrelic.com, Fargate launch type). */
    newrelic?: Agent & { licenseKey: Secret };
    /** Logs to elsewhere than CloudWatch, by Fluent Bit (ECS guide, FireLens). The router's own log stays in CloudWatch. */
    firelens?: Agent & {
        /** Fluent Bit's output, e.g. `{ Name: "http", Host: "logs.example.com", tls: "on" }`. */
        options: Record<string, string>;
        /** Options of that output whose values are secrets. @default none */
        secretOptions?: Record<string, Secret>;
    };
    /** Traces and metrics by OpenTelemetry's collector, to wherever its configuration says. */
    otel?: Agent & {
        /** The collector's configuration, as YAML; it names secrets as `${env:NAME}`. */
        config: string;
        secrets?: Record<string, Secret>;
    };
}

/** Each as the later one has it, where that has it at all. */
export const mergePlugins = (first: Plugins = {}, later: Plugins = {}): Plugins => ({
    datadog: later.datadog ?? first.datadog,
    newrelic: later.newrelic ?? first.newrelic,
    firelens: later.firelens ?? first.firelens,
    otel: later.otel ?? first.otel,
});

/** The container that the others stand beside: `app`, or the only one that there is. */
const isMain = (name: string, containers: object) => name === "app" || Object.keys(containers).length === 1;

/** A task's containers, and those of its plugins beside them. `service` is what the agents call it. */
export function withPlugins(
    service: string,
    containers: Record<string, ContainerArgs>,
    { datadog, newrelic, firelens, otel }: Plugins = {},
): Record<string, ContainerArgs> {
    const environment: Record<string, pulumi.Input<string>> = {};
    const beside: Record<string, ContainerArgs> = {};
    const names = { service, env: pulumi.getStack() };
    if (datadog) {
        beside["datadog-agent"] = datadogAgent(datadog, names.env);
        Object.assign(environment, { DD_AGENT_HOST: "127.0.0.1", DD_SERVICE: service, DD_ENV: names.env });
    }
    if (newrelic) beside["newrelic-infra"] = newrelicInfra(newrelic);
    if (otel) {
        beside["otel-collector"] = otelCollector(otel);
        Object.assign(environment, {
            OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318",
            OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
            OTEL_SERVICE_NAME: service,
            OTEL_RESOURCE_ATTRIBUTES: `deployment.environment.name=${names.env}`,
        });
    }
    if (firelens) beside["log-router"] = logRouter(firelens);
    for (const name of Object.keys(beside)) {
        if (name in containers) throw new UserError(`${service}: the container ${name} is a plugin's own`);
    }
    const log = firelens && { options: firelens.options, secretOptions: firelens.secretOptions };
    const applicationContainers = Object.entries(containers).map(([name, container]): [string, ContainerArgs] => [
        name,
        // The application's own variables take precedence.
        {
            ...container,
            log,
            environment: isMain(name, containers)
                ? { ...environment, ...container.environment }
                : container.environment,
        },
    ]);
    return { ...Object.fromEntries(applicationContainers), ...beside };
}

/** Without root, as dd-agent. Its configuration is written when it starts, so that its root file system is not read-only. */
function datadogAgent({ image, apiKey, site }: NonNullable<Plugins["datadog"]>, env: string): ContainerArgs {
    return {
        image,
        user: "100",
        essential: false,
        readonlyRoot: false,
        environment: {
            ECS_FARGATE: "true",
            DD_SITE: site ?? "datadoghq.com",
            DD_ENV: env,
            DD_APM_ENABLED: "true",
            DD_PROCESS_AGENT_ENABLED: "false", // it would want to see the other containers' processes
        },
        secrets: { DD_API_KEY: apiKey },
    };
}

/** It forwards what it reads of ECS's metadata, and looks at no host. */
function newrelicInfra({ image, licenseKey }: NonNullable<Plugins["newrelic"]>): ContainerArgs {
    return {
        image,
        user: "1000",
        essential: false,
        readonlyRoot: false,
        environment: {
            FARGATE: "true",
            ENABLE_NRI_ECS: "true",
            NRIA_OVERRIDE_HOST_ROOT: "",
            NRIA_IS_FORWARD_ONLY: "true",
            NRIA_PASSTHROUGH_ENVIRONMENT: "ECS_CONTAINER_METADATA_URI,ECS_CONTAINER_METADATA_URI_V4,FARGATE",
        },
        secrets: { NRIA_LICENSE_KEY: licenseKey },
    };
}

/** Its configuration is in its environment, with the names of secrets and not their values. */
const otelCollector = ({ image, config, secrets }: NonNullable<Plugins["otel"]>): ContainerArgs => ({
    image,
    user: "10001",
    essential: false,
    secrets,
    command: ["--config=env:OTEL_COLLECTOR_CONFIG"],
    environment: { OTEL_COLLECTOR_CONFIG: config },
});

/**
 * As root, without its capabilities: ECS writes the router's configuration and its socket for root alone (ECS guide, "user": "0").
 * Without the router no line would get anywhere, so that the task ends with it.
 */
const logRouter = ({ image }: NonNullable<Plugins["firelens"]>): ContainerArgs => ({
    image,
    user: "0",
    readonlyRoot: false,
    firelens: { type: "fluentbit", options: { "enable-ecs-log-metadata": "true" } },
});
