/** The names of a plan's sections, in order. In a file of their own, so that the command line loads nothing else. */
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
