/** What the commands that run Pulumi have in common. */

/** They finish what is under way, and begin nothing else. */
export const SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];

export const EXIT_CODES = {
    0: "done",
    1: "Pulumi or AWS failed",
    2: "the arguments or the configuration are wrong",
    3: "stopped before anything was changed: by the preflight, by a policy, or by what is protected",
    4: "declined, or there was nobody to ask",
    5: "another run held the stack's lock for too long",
    130: "interrupted",
} as const;
