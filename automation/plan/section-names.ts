/** The sections of a plan by name, in the order of the whole plan. In a file of its own, since the command line needs no more. */
export const SECTION_NAMES = [
    "resources",
    "endpoints",
    "services",
    "tasks",
    "machines",
    "secrets",
    "connections",
    "roles",
    "databases",
    "protected",
    "policies",
    "advice",
    "cost",
    "time",
    "outputs",
] as const;

export type SectionName = (typeof SECTION_NAMES)[number];
