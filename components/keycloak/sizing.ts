/**
 * What Keycloak's own guide plans with ("Concepts for sizing CPU and memory resources"): one vCPU hashes 15 passwords a second, and
 * 150 % of headroom is left for peaks, for nodes that start, and for those that take over from one that failed.
 * https://www.keycloak.org/high-availability/single-cluster/concepts-memory-and-cpu-sizing
 */

/** Log-ins by password a second that one vCPU does when it does nothing else. */
const LOG_INS_PER_VCPU = 15;
/** 100 % of use with 150 % of headroom: 100 of 250. Percent of the CPU. */
export const PLANNED_CPU_PERCENT = 40;

/** Log-ins by password a second that nodes of so many CPU units (1024 are one vCPU) do at the use that is planned with. */
export const plannedLogIns = (nodes: number, cpu: number) =>
    (nodes * cpu * LOG_INS_PER_VCPU * PLANNED_CPU_PERCENT) / (1024 * 100);
