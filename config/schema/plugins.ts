/** Agents of monitoring and logging beside services. */
import { z } from "zod";
import type { secretSource } from "./secrets";

const byDigest = z.string().min(1).describe("Its image, by digest (…@sha256:…). Needed.");

/** Agents beside the services of a heritage, or of the whole district; `source` is where their keys come from. */
export const plugins = <Source extends z.ZodType>(source: Source) =>
    z
        .strictObject({
            datadog: z
                .strictObject({
                    image: byDigest,
                    apiKey: source,
                    site: z
                        .string()
                        .regex(/^[a-z0-9.-]+$/, "site")
                        .optional()
                        .describe("Default: datadoghq.com."),
                })
                .optional()
                .describe(
                    "Datadog's agent: metrics and traces. The application gets DD_AGENT_HOST, DD_SERVICE and DD_ENV.",
                ),
            newrelic: z
                .strictObject({ image: byDigest, licenseKey: source })
                .optional()
                .describe("New Relic's integration for ECS: metrics."),
            firelens: z
                .strictObject({
                    image: byDigest,
                    options: z
                        .record(z.string(), z.string())
                        .describe("Fluent Bit's output, e.g. Name: http, Host: logs.example.com. Needed."),
                    secretOptions: z.record(z.string(), source).optional().describe("Options that are secrets."),
                })
                .optional()
                .describe("Logs to elsewhere than CloudWatch, by Fluent Bit."),
            otel: z
                .strictObject({
                    image: byDigest,
                    config: z
                        .string()
                        .min(1)
                        .describe("The collector's configuration, as YAML; secrets as ${env:NAME}. Needed."),
                    secrets: z
                        .record(z.string(), source)
                        .optional()
                        .describe("By the name that the configuration has."),
                })
                .optional()
                .describe(
                    "OpenTelemetry's collector. The application gets OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_SERVICE_NAME.",
                ),
        })
        .describe("Agents beside every service, each in the CPU and memory of its task.");

export type PluginsInput = z.infer<ReturnType<typeof plugins<typeof secretSource>>>;
