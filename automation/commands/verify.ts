import { defineCommand, type InputOf } from "./cli/define";
import { CONNECT_TO, STACK } from "./cli/options";
import { VERIFY_EXIT_CODES, VERIFY_OPTIONS } from "./verify/options";

export type VerifyInput = InputOf<typeof verify>;
export const verify = defineCommand({
    summary: "checks whether what is deployed works",
    description: `
Checks a deployed stack from here: agents, applications, Keycloak, and that nothing else answers. What it creates it deletes
again, or says that it stays. docs/verify.md says what each check proves.`,
    options: {
        stack: STACK,
        connectTo: CONNECT_TO,
        ...VERIFY_OPTIONS,
    },
    examples: [
        ["npx identity verify --stack dev", "all checks that nothing speaks against"],
        ["npx identity verify --stack prod --only tls-certificate --only closed-ports", "two of them"],
        [
            "npx identity verify --load --only log-ins --rate 20 --seconds 60",
            "log-ins at a steady rate, and their times",
        ],
    ],
    exitCodes: VERIFY_EXIT_CODES,
    run: async (input, context): Promise<number> => (await import("./verify/aws")).verify(input, context),
});
