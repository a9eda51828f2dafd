/** The machines on EC2: the ledger of a developer, and the workbench. */
import { z } from "zod";

const instanceType = (about: string) =>
    z
        .string()
        // Families come and go; sizes do not.
        .regex(/^[a-z]+\d[a-z0-9-]*\.(nano|micro|small|medium|large|\d*xlarge|metal(-\d+xl)?)$/, "instance type")
        .optional()
        .describe(about);

export const devLedger = z
    .strictObject({
        instanceType: instanceType("EC2, of x86-64 processors and with 2 GiB or more. Default: t3.small."),
        volumeGiB: z.int().min(12).max(1024).optional().describe("gp3, for the image and the ledger. Default: 20."),
        commit: z
            .string()
            .regex(/^[0-9a-f]{40}$/, "commit hash")
            .optional()
            .describe(
                "The commit of von-network; another one makes a new, empty ledger. Default: that of release 1.9.0.",
            ),
    })
    .describe(
        "An Indy ledger of the stack's own for development, von-network on a machine without a public address, for every agent " +
            "without a genesisUrl: devLedger: {}. Not in prod. Default: none.",
    );

export const workbench = z
    .strictObject({
        instanceType: instanceType("EC2, ARM or x86-64, with 1 GiB or more. Default: t4g.micro."),
    })
    .describe(
        "A small machine in the VPC with psql, curl and jq, reached by Session Manager alone; `npx identity tunnel` goes through " +
            "it: workbench: {}. Default: none.",
    );
