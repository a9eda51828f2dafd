/** How many addresses the stack takes in a subnet. */
import { maxTasks } from "../../config/checks/common";
import { type PlatformConfig, type SubnetTier, workloadsOf } from "../../config/defaults";
import { databaseInstances } from "../../config/instances";

/** Addresses that a load balancer asks for in each of its subnets (ELB, "Application Load Balancers": subnets; and a /27 at least). */
const LOAD_BALANCER = 8;
export const LOAD_BALANCER_MASK = 27;
/** RDS asks for an unused address in each subnet, for recovery (RDS user guide, "Working with a DB instance in a VPC"). */
const RDS_SPARE = 1;

/** The addresses in each subnet of a tier, with what they are for; those of databases come to the private ones where they share them. */
export function neededAddresses(config: PlatformConfig): Record<SubnetTier, { count: number; what: string }> {
    const { zones, existing } = config.network;
    const { tasks, others } = tasksOf(config);
    // ECS spreads the tasks of each service over the zones.
    const rolling = tasks.reduce((sum, count) => sum + Math.ceil(count / zones), 0) + others;
    const databases = databaseAddresses(config);
    const shares = existing?.subnets.database === existing?.subnets.private;
    return {
        public: { count: LOAD_BALANCER, what: `${LOAD_BALANCER} of the public load balancer` },
        private: {
            count: rolling + LOAD_BALANCER + (shares ? databases : 0),
            what:
                `${rolling} of tasks while a deployment rolls, ${LOAD_BALANCER} of the internal load balancer` +
                (shares ? `, ${databases} of databases, caches and file systems` : ""),
        },
        database: { count: databases, what: `${databases} of databases, caches and file systems` },
    };
}

/** The most tasks of each service at a time; and what runs alone: scheduled tasks, one before a deployment, machines. */
function tasksOf(config: PlatformConfig) {
    const { heritages, workbench, devLedger } = config;
    const scheduled = Object.values(heritages).map(({ scheduledTasks }) => Object.keys(scheduledTasks).length + 1);
    const machines = [workbench, devLedger].filter((machine) => machine !== undefined).length;
    return {
        tasks: workloadsOf(config).map(maxTasks),
        others: scheduled.reduce((sum, count) => sum + count, machines),
    };
}

function databaseAddresses(config: PlatformConfig): number {
    const applications = Object.values(config.heritages);
    const databases = databaseInstances(config).length;
    const caches = applications.flatMap(({ uses }) => Object.values(uses)).filter(({ redis }) => redis).length;
    const fileSystems = applications.flatMap(({ volumes }) => Object.values(volumes)).filter(({ efs }) => efs).length;
    const tails = Object.values(config.agents).filter((agent) => agent.tails).length;
    return databases + (databases > 0 ? RDS_SPARE : 0) + caches + fileSystems + tails;
}
