/** How a service of a heritage is reached and judged by load balancers: keys of `schema.ts`. */
import { z } from "zod";

export const protocol = z
    .enum(["http1", "http2", "grpc"])
    .optional()
    .describe(
        "What the application speaks: HTTP/1.1, HTTP/2 or gRPC, in the clear (h2c) from Envoy on. http2 and grpc are HTTP/2 from the " +
            "load balancer on, without WebSockets. With another choice the service answers 503 until its new tasks run. Default: http1.",
    );

const threshold = (about: string) => z.int().min(2).max(10).optional().describe(about);

// Bounds: ELB user guide, "Health checks for Application Load Balancer target groups".
export const healthCheck = z
    .strictObject({
        codes: z
            .string()
            .regex(/^\d{1,3}(-\d{1,3})?(,\d{1,3}(-\d{1,3})?)*$/, "codes")
            .optional()
            .describe(
                'Answers that mean well, as text: "200", "200,302", 200-299. HTTP from 200 to 499, gRPC from 0 to 99. Default: "200"; ' +
                    'of gRPC "0".',
            ),
        graceSeconds: z
            .int()
            .min(0)
            .max(1200)
            .optional()
            .describe("Seconds after a task's start in which a bad answer does not stop it. Default: 60."),
        intervalSeconds: z.int().min(5).max(300).optional().describe("Seconds between two questions. Default: 10."),
        timeoutSeconds: z
            .int()
            .min(2)
            .max(120)
            .optional()
            .describe("Seconds that an answer may take, fewer than interval_seconds. Default: 5."),
        healthy: threshold("Good answers in a row after which a task gets requests. Default: 2."),
        unhealthy: threshold("Bad answers in a row after which a task gets none and is replaced. Default: 3."),
    })
    .optional()
    .describe("How load balancers ask health_check_path, and what they make of the answers.");

export const deregistrationSeconds = z
    .int()
    .min(0)
    .max(3600)
    .optional()
    .describe(
        "Seconds that a task which is going has for the requests under way, before SIGTERM. Each deployment waits that long. Default: 30.",
    );

export const stickySeconds = z
    .int()
    .min(0)
    .max(604_800)
    .optional()
    .describe(
        "A client goes to the same task for so many seconds since its last request, by a cookie of the load balancer's (AWSALB). " +
            "0 turns it off again; a service that had it keeps it where the key is taken out. Default: each request goes to any task.",
    );
