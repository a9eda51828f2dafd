/** The processors that tasks run on, in the same words for the stack, agents, Keycloak, services and heritages. */
import { z } from "zod";

export const architecture = z
    .enum(["arm64", "x86_64"])
    .optional()
    .describe(
        "The processors that tasks run on: arm64 (Graviton) costs a fifth less; every image has to be there for it, and a machine of " +
            "another kind builds by emulation. Another choice rolls the tasks. Default: the stack's; of the stack x86_64.",
    );
