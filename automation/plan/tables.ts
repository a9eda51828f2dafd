/** The sections of the plan that are tables and paragraphs, for the terminal and the report. */
import type { Plan } from "./model";
import type { SectionName } from "./section-names";
import { adviceTable } from "./tables/advice";
import type { Block } from "./tables/blocks";
import { costTables } from "./tables/cost";
import { databasesTable, outputsTable, protectedTable, secretsTable } from "./tables/data";
import { endpointsTables } from "./tables/endpoints";
import { policiesTables } from "./tables/policies";
import { rolesTable } from "./tables/roles";
import { timeTable } from "./tables/time";
import { machinesTable, servicesTables, tasksTable } from "./tables/workloads";

interface TableSection {
    readonly title: string;
    /** Empty where the stack has nothing of this section. */
    blocks(plan: Plan): Block[];
}

export type TableSectionName = Exclude<SectionName, "resources" | "connections">;

export const TABLE_SECTIONS: Readonly<Record<TableSectionName, TableSection>> = {
    endpoints: { title: "Endpoints, and who reaches them", blocks: endpointsTables },
    services: { title: "Services", blocks: servicesTables },
    tasks: { title: "Tasks that run to their end", blocks: tasksTable },
    machines: { title: "Machines", blocks: machinesTable },
    secrets: { title: "Secrets, by name only", blocks: secretsTable },
    roles: { title: "Roles, and what they may do", blocks: rolesTable },
    databases: { title: "Databases", blocks: databasesTable },
    protected: { title: "Protected", blocks: protectedTable },
    policies: { title: "Policies", blocks: policiesTables },
    advice: { title: "Advice: to be looked at", blocks: adviceTable },
    cost: { title: "Cost a month", blocks: costTables },
    time: { title: "The first `up`", blocks: timeTable },
    outputs: { title: "Outputs", blocks: outputsTable },
};
