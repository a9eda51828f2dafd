import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { BeforeDeploy } from "./before-deploy";
import { NODE_PORTS, userData, VON_NETWORK_COMMIT, waitScript, WEB_PORT } from "./dev-ledger/user-data";
import { architectureOf, smallMemoryOf } from "./ec2/instance-types";
import { privateInstance } from "./ec2/private-instance";
import { scriptHook } from "./ec2/script-hook";
import type { Transform } from "./transform";
import { UserError } from "./user-error";

/**
 * @example
 * const ledger = new DevLedger("ledger", { vpc });
 * // new AgentCluster("issuer", { devLedger: ledger, … }): it starts once the ledger answers
 */
export interface DevLedgerArgs {
    vpc: {
        id: pulumi.Input<string>;
        /** The machine is in the first; it needs a NAT gateway for what it is set up of. */
        privateSubnetIds: pulumi.Input<string[]>;
        /** Gets the ledger's name. */
        privateZone: { id: pulumi.Input<string>; name: string };
    };
    /**
     * x86-64, since Indy's nodes are built for nothing else, with 2 GiB at least: four nodes, their web server and Docker.
     * @default "t3.small"
     */
    instanceType?: string;
    /** GiB. The image takes 3, the ledger of a developer next to nothing. @default 20 */
    volumeGiB?: number;
    /** The commit of von-network that runs. Another one is another machine, with an empty ledger. @default release 1.9.0 */
    commit?: string;
    /** Seconds that it may take to answer before what depends on it fails: it is built when the machine is made. @default 1800 */
    timeoutSeconds?: number;
    /** Refuse to delete or replace the machine, and with it the ledger. @default false */
    protect?: boolean;
    transform?: { instance?: Transform<aws.ec2.InstanceArgs> };
}

const INSTANCE_TYPE = "t3.small";
const VOLUME_GIB = 20;
const TIMEOUT_SECONDS = 1800;
/** Seconds that a resolver keeps the ledger's name. */
const NAME_TTL = 60;

/**
 * An Indy ledger for development: the four nodes and the web server of von-network, on a machine of its own without a public
 * address. It is set up and started by itself, also after a reboot, and keeps its data on its volume.
 *
 * **Never for production**: one machine, nodes whose keys everybody knows, and a web server that lets whoever reaches it write as a
 * trustee. What is on it goes with the machine: another `commit` or another version of this component makes a new, empty
 * ledger, on which DIDs have to be registered anew. Another `instanceType` only stops and starts it.
 *
 * **Cost**: about 20 USD a month for a t3.small, and 2 USD for 20 GiB.
 */
export class DevLedger extends pulumi.ComponentResource {
    /**
     * Where agents get the genesis transactions. By address, not by name: it changes exactly when the ledger is another one, and then
     * agents have to be started anew.
     */
    readonly genesisUrl: pulumi.Output<string>;
    /** The browser and registration: `http://<name>.<private zone>:9000`. */
    readonly url: pulumi.Output<string>;
    readonly webPort = WEB_PORT;
    readonly instanceId: pulumi.Output<string>;
    /** The machine's own security group. */
    readonly groupId: pulumi.Output<string>;
    /** The security group that a client carries to be let in. */
    readonly clientsGroupId: pulumi.Output<string>;
    /**
     * What a service is given (`FargateServiceArgs.before`) that fails without a ledger: an agent that gets no genesis transactions
     * exits after 21 seconds, and ECS gives up on it, long before a new machine is set up.
     */
    readonly before: BeforeDeploy;

    constructor(name: string, args: DevLedgerArgs, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:DevLedger", name, {}, opts);
        const child = { parent: this };
        const instanceType = args.instanceType ?? INSTANCE_TYPE;
        const problem = ledgerTypeProblem(instanceType);
        if (problem) throw new UserError(`${name}: ${problem.what}; ${problem.fix}`);

        const { instance, groupId } = privateInstance(
            name,
            {
                vpc: args.vpc,
                instanceType,
                volumeGiB: args.volumeGiB ?? VOLUME_GIB,
                userData: userData(args.commit ?? VON_NETWORK_COMMIT),
                egressPorts: { 80: "Packages of the image that is built" },
                protect: args.protect,
                transform: args.transform?.instance,
            },
            this,
        );
        this.groupId = groupId;
        const clients = this.letClientsIn(name, args.vpc.id);
        this.clientsGroupId = clients.groupId;
        const record = new aws.route53.Record(
            name,
            {
                zoneId: args.vpc.privateZone.id,
                name: `${name}.${args.vpc.privateZone.name}`,
                type: "A",
                ttl: NAME_TTL,
                records: [instance.privateIp],
            },
            child,
        );
        this.instanceId = instance.id;
        this.genesisUrl = pulumi.interpolate`http://${instance.privateIp}:${WEB_PORT}/genesis`;
        this.url = pulumi.interpolate`http://${record.fqdn}:${WEB_PORT}`;
        this.before = {
            hooks: this.answers(name, instance, args.timeoutSeconds ?? TIMEOUT_SECONDS),
            dependsOn: [instance, ...clients.rules],
        };
        this.registerOutputs({ genesisUrl: this.genesisUrl, url: this.url });
    }

    private letClientsIn(name: string, vpcId: pulumi.Input<string>) {
        const child = { parent: this };
        const clients = new aws.ec2.SecurityGroup(
            `${name}-clients`,
            { vpcId, description: `Who may connect to the ledger ${name}` },
            child,
        );
        const ways = [
            ["web", WEB_PORT, WEB_PORT],
            ["nodes", NODE_PORTS.from, NODE_PORTS.to],
        ] as const;
        const rules = ways.flatMap(([what, from, to]) => {
            const ports = { ipProtocol: "tcp", fromPort: from, toPort: to, description: `Ledger: ${what}` };
            return [
                new aws.vpc.SecurityGroupIngressRule(
                    `${name}-${what}-from-clients`,
                    { securityGroupId: this.groupId, referencedSecurityGroupId: clients.id, ...ports },
                    child,
                ),
                new aws.vpc.SecurityGroupEgressRule(
                    `${name}-clients-to-${what}`,
                    { securityGroupId: clients.id, referencedSecurityGroupId: this.groupId, ...ports },
                    child,
                ),
            ];
        });
        return { groupId: clients.id, rules };
    }

    /** Before a service that needs it is made or changed, the ledger is asked, by Systems Manager, on its machine; once in an `up`. */
    private answers(name: string, instance: aws.ec2.Instance, timeoutSeconds: number): pulumi.ResourceHook[] {
        return scriptHook(
            `${name}-answers`,
            {
                instanceId: instance.id,
                script: waitScript(timeoutSeconds),
                comment: `pulumi up: whether the ledger ${name} answers`,
                timeoutSeconds: timeoutSeconds + 60,
                progress: (text) => `${name}: ${text}; a new ledger takes minutes to answer`,
                failure: (instanceId, output) =>
                    `${name}: the ledger does not answer, so what needs it stays as it was (machine ${instanceId})\n${output}`,
                success: `${name}: the ledger answers`,
            },
            this,
        );
    }
}

/** What no von-network runs on. */
export function ledgerTypeProblem(instanceType: string): { what: string; fix: string } | undefined {
    if (architectureOf(instanceType) === "arm64") {
        return { what: `${instanceType} has ARM processors, and Indy's nodes are built for x86-64`, fix: "t3.small" };
    }
    const memory = smallMemoryOf(instanceType);
    if (memory === undefined) return undefined;
    return {
        what: `${instanceType} has ${memory} GiB, and four nodes, their web server and Docker take more`,
        fix: "t3.small, with 2 GiB",
    };
}
