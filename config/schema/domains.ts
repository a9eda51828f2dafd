/** The domains of the endpoints, with their zones and certificates. */
import { z } from "zod";
import { certificatePem, privateKeyPem } from "./secrets";

const domainName = z
    .string()
    .regex(
        /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/,
        "domain name: small letters, digits, dashes, and dots between them",
    );
const certificateArn = z
    .string()
    .regex(/^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[A-Za-z0-9-]+$/, "certificate ARN");

export const domain = z
    .strictObject({
        name: domainName.describe(
            "The domain that the agents are named under: agent `issuer` is at https://issuer.<name>.",
        ),
        zone: domainName.optional().describe("The public hosted zone that holds it. Default: the zone called `name`."),
        createZone: z
            .boolean()
            .optional()
            .describe(
                "Make that zone. The first `up` then waits until its name servers are delegated to. Default: false.",
            ),
        certificate: z
            .strictObject({
                arn: certificateArn
                    .optional()
                    .describe("One that ACM has already, in the stack's region. Either this or pem and privateKey."),
                pem: certificatePem(
                    "One from elsewhere, its authorities behind it; it is imported into ACM.",
                ).optional(),
                privateKey: privateKeyPem("domain.certificate").optional(),
            })
            .optional()
            .describe("The public endpoint's certificate, for *.<name>. Default: one that ACM issues, proved by DNS."),
    })
    .optional()
    .describe("Gives the endpoints names and certificates. Needed in prod.");

export const domains = z
    .array(
        z
            .strictObject({
                name: domainName.describe(
                    "The domain: heritages listen on it and on names one label below it. Needed.",
                ),
                zone: domainName
                    .optional()
                    .describe("The public hosted zone that holds it, which exists. Default: the zone called `name`."),
                certificate: certificateArn
                    .optional()
                    .describe(
                        "The ARN of one that ACM has already, in the stack's region. Default: one for <name> and *.<name> that ACM " +
                            "issues, proved by DNS.",
                    ),
            })
            .describe("A further domain of the public endpoint."),
    )
    .max(20)
    .optional()
    .describe(
        "Further domains of the public endpoint, each with its certificate, which the load balancer chooses by the name that a " +
            "client asks for (SNI). Default: none.",
    );
