import * as pulumi from "@pulumi/pulumi";
import { type BeforeDeploy, beforeDeploy } from "./before-deploy";
import type { DatabaseAccess } from "./database";
import { DeployMachine } from "./deploy-machine";
import { DeployRole } from "./deploy-role";
import type { FargateService } from "./fargate-service";
import { FargateTask } from "./fargate-task";
import type { HeritageArgs, HeritageServiceArgs, HeritageTaskArgs, Size } from "./heritage/args";
import { applicationContainer, networkAndRights, type TaskInputs, taskInputs } from "./heritage/inputs";
import { heritageService } from "./heritage/service";
import { mountedEfs } from "./heritage/volumes";
import { ScheduledTask } from "./scheduled-task";

export type {
    HeritageArgs,
    HeritageDistrict,
    HeritageListener,
    HeritageServiceArgs,
    HeritageTaskArgs,
} from "./heritage/args";

/** What the task is called that is run by hand and before a deployment, beside services and scheduled tasks. */
const ONE_OFF = "oneoff";
/** Of that task, where nothing runs before a deployment: 0.25 vCPU and 512 MiB, Fargate's least. */
const ONE_OFF_SIZE = { cpu: 256, memory: 512 };

/**
 * An application in a district: services that run all the time, tasks that run by the clock, a task before each deployment, a
 * database, secrets. All of its tasks run one image with the same variables and secrets; command, size and listeners differ.
 *
 * @example
 * new Heritage("blog", {
 *     district: { cluster, vpc, secrets, authority, envoyImage: envoy.reference, endpoints: { public: endpoint, internal: admin } },
 *     image: image.reference,
 *     services: {
 *         web: {
 *             cpu: 256,
 *             memory: 512,
 *             count: 2,
 *             listeners: [{ endpoint: "public", host: "blog", paths: ["/blog/*"] }],
 *             healthCheckPath: "/healthz",
 *         },
 *         worker: { cpu: 256, memory: 512, count: 1, command: ["node", "worker.js"] },
 *     },
 *     beforeDeploy: { cpu: 256, memory: 512, command: ["node", "migrate.js"], timeoutSeconds: 900 },
 * });
 */
export class Heritage extends pulumi.ComponentResource {
    /** Where each service with listeners answers, by its name: the first of its listeners. */
    readonly urls: Record<string, pulumi.Output<string>> = {};
    readonly serviceNames: Record<string, pulumi.Output<string>> = {};
    readonly logGroupNames: Record<string, pulumi.Output<string>> = {};
    /** What its CI may assume; undefined where there is no `deploy`. */
    readonly deployRoleArn: pulumi.Output<string> | undefined;
    /** What its CI starts with `{"digest": "sha256:…"}`; undefined where there is no `deploy`. */
    readonly deployMachineArn: pulumi.Output<string> | undefined;
    /** Undefined where it has none. */
    readonly database: DatabaseAccess | undefined;
    /** Runs any command with the heritage's image, secrets and network: before a deployment, or by hand. */
    readonly oneOff: FargateTask;
    private readonly name: string;
    private readonly args: HeritageArgs;
    readonly services: Record<string, FargateService> = {};
    readonly scheduledTasks: Record<string, ScheduledTask> = {};

    constructor(name: string, args: HeritageArgs, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:Heritage", name, {}, opts);
        this.name = name;
        this.args = args;
        const { inputs, database } = taskInputs(name, args, this);
        this.database = database;
        this.oneOff = this.oneOffTask(inputs);
        const release = args.beforeDeploy;
        const before = release && beforeDeploy(name, this.oneOff, release.timeoutSeconds);
        for (const [key, service] of Object.entries(args.services ?? {})) this.service(key, service, inputs, before);
        for (const [key, task] of Object.entries(args.scheduledTasks ?? {})) this.scheduledTask(key, task, inputs);
        const machine = args.deploy && this.deployMachine();
        this.deployMachineArn = machine?.arn;
        this.deployRoleArn = machine && this.deployRole(args.deploy!, machine);
        this.registerOutputs({ urls: this.urls, serviceNames: this.serviceNames });
    }

    /** One task definition for whatever runs once: the command before a deployment, and those that somebody runs by hand. */
    private oneOffTask(inputs: TaskInputs): FargateTask {
        const { cpu, memory, entrypoint, command, mounts, writable }: Size & Partial<HeritageTaskArgs> = {
            ...ONE_OFF_SIZE,
            ...this.args.beforeDeploy,
        };
        const args = this.task({ cpu, memory, entrypoint, command, mounts, writable, inputs });
        const task = new FargateTask(`${this.name}-${ONE_OFF}`, args, { parent: this });
        this.logGroupNames[ONE_OFF] = task.logGroupName;
        return task;
    }

    private service(key: string, service: HeritageServiceArgs, inputs: TaskInputs, before: BeforeDeploy | undefined) {
        const created = heritageService({
            name: `${this.name}-${key}`,
            heritage: this.args,
            service,
            inputs,
            before,
            parent: this,
        });
        if (created.url) this.urls[key] = created.url;
        this.services[key] = created.service;
        this.serviceNames[key] = created.service.serviceName;
        this.logGroupNames[key] = created.service.logGroupName;
    }

    private scheduledTask(key: string, task: HeritageTaskArgs, inputs: TaskInputs) {
        const { schedule, timeZone, retries } = task;
        const { scheduleGroup, alarmTopicArn } = this.args.district;
        const scheduledTask = new ScheduledTask(
            `${this.name}-${key}`,
            {
                ...this.task({ ...task, inputs }),
                schedule,
                timeZone,
                retries,
                groupName: scheduleGroup,
                alarmTopicArn,
            },
            { parent: this },
        );
        this.logGroupNames[key] = scheduledTask.logGroupName;
        this.scheduledTasks[key] = scheduledTask;
    }

    private deployMachine() {
        const { district, image, beforeDeploy } = this.args;
        return new DeployMachine(
            `${this.name}-deployment`,
            {
                cluster: district.cluster,
                image,
                services: this.services,
                scheduledTasks: Object.fromEntries(
                    Object.entries(this.scheduledTasks).map(([key, { task }]) => [key, task]),
                ),
                oneOff: { name: ONE_OFF, task: this.oneOff },
                beforeDeploySeconds: beforeDeploy?.timeoutSeconds,
            },
            { parent: this },
        );
    }

    private deployRole(deploy: NonNullable<HeritageArgs["deploy"]>, machine: DeployMachine) {
        const { image } = this.args;
        return new DeployRole(`${this.name}-deploy`, { ...deploy, image, machine }, { parent: this }).arn;
    }

    /** A task that runs to its end. */
    private task({
        inputs,
        cpu,
        memory,
        entrypoint,
        ...own
    }: Size & Partial<HeritageTaskArgs> & { inputs: TaskInputs }) {
        const { district } = this.args;
        return {
            cluster: district.cluster,
            vpc: district.vpc,
            logRetentionDays: district.logRetentionDays,
            cpu,
            memory,
            architecture: this.args.architecture,
            securityGroupIds: inputs.securityGroupIds,
            efsVolumes: mountedEfs(this.args.efsVolumes, own),
            ...networkAndRights(this.args),
            containers: { app: applicationContainer(this.args, inputs, { ...own, entryPoint: entrypoint }) },
        };
    }
}
