import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { smallMemoryOf } from "./ec2/instance-types";
import { privateInstance } from "./ec2/private-instance";
import { setUp } from "./ec2/set-up";
import { rdsCertificateAuthorities } from "./rds/certificate-authority";
import type { Transform } from "./transform";
import { UserError } from "./user-error";

/**
 * @example
 * const workbench = new Workbench("workbench", { vpc, region: "eu-central-1" });
 * workbench.mayReach("wallet-db", { groupId: walletDb.access.groupId, port: 5432 });
 */
export interface WorkbenchArgs {
    vpc: {
        id: pulumi.Input<string>;
        /** The machine is in the first; it needs a NAT gateway there, or interface endpoints for ssm and ssmmessages. */
        privateSubnetIds: pulumi.Input<string[]>;
    };
    /** For RDS's certificate authorities, which are on the machine. */
    region: string;
    /** ARM or x86-64. With less than 1 GiB it cannot install a package. @default "t4g.micro" */
    instanceType?: string;
    transform?: { instance?: Transform<aws.ec2.InstanceArgs> };
}

const INSTANCE_TYPE = "t4g.micro";
/** GiB: what Amazon Linux asks for. */
const VOLUME_GIB = 8;
/** Where psql finds whom to verify a database's certificate against (`sslrootcert`). */
export const RDS_CA = "/etc/ssl/certs/rds-ca.pem";

/**
 * A small machine within the VPC, to look from there: psql, curl and jq. It is reached through Session Manager alone (no public
 * address, no SSH, nobody is let in), by whomever IAM allows it, and forwards ports (`npx identity tunnel`).
 *
 * It reaches AWS, and what `mayReach` opens. It has no permissions beyond those of its sessions: what secrets somebody needs there,
 * they read with their own. Nothing is kept on it, so that it may be made anew at any time.
 *
 * **Cost**: about 8 USD a month for a t4g.micro, and 1 USD for its volume.
 */
export class Workbench extends pulumi.ComponentResource {
    readonly instanceId: pulumi.Output<string>;
    /** The machine's own security group. */
    readonly groupId: pulumi.Output<string>;
    private readonly name: string;

    constructor(name: string, args: WorkbenchArgs, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:Workbench", name, {}, opts);
        this.name = name;
        const instanceType = args.instanceType ?? INSTANCE_TYPE;
        const problem = workbenchTypeProblem(instanceType);
        if (problem) throw new UserError(`${name}: ${problem.what}; ${problem.fix}`);
        const { instance, groupId } = privateInstance(
            name,
            {
                vpc: args.vpc,
                instanceType,
                volumeGiB: VOLUME_GIB,
                userData: userData(rdsCertificateAuthorities(args.region)),
                transform: args.transform?.instance,
            },
            this,
        );
        this.instanceId = instance.id;
        this.groupId = groupId;
        this.registerOutputs({ instanceId: this.instanceId });
    }

    /**
     * Opens the way to a port, on both sides. A database's own group and not that of its clients: an interface takes five groups, and a
     * stack may have more databases.
     */
    mayReach(what: string, target: { groupId: pulumi.Input<string>; port: number }) {
        const ports = { ipProtocol: "tcp", fromPort: target.port, toPort: target.port };
        const names = `${this.name}-${what}-${target.port}`;
        new aws.vpc.SecurityGroupEgressRule(
            `${names}-out`,
            {
                securityGroupId: this.groupId,
                referencedSecurityGroupId: target.groupId,
                description: `To ${what}`,
                ...ports,
            },
            { parent: this },
        );
        new aws.vpc.SecurityGroupIngressRule(
            `${names}-in`,
            {
                securityGroupId: target.groupId,
                referencedSecurityGroupId: this.groupId,
                description: `From ${this.name}`,
                ...ports,
            },
            { parent: this },
        );
    }
}

/** curl is there already: to install it would be to replace it. The packages come by S3, for which every VPC has an endpoint. */
export const userData = (authorities: string) => `${setUp("postgresql17", "jq")}
cat > ${RDS_CA} << 'END'
${authorities.trim()}
END
`;

/** What a workbench does not get to its end on. */
export function workbenchTypeProblem(instanceType: string): { what: string; fix: string } | undefined {
    const memory = smallMemoryOf(instanceType);
    if (memory === undefined || memory >= 1) return undefined;
    return { what: `${instanceType} has ${memory} GiB, in which dnf installs nothing`, fix: "t4g.micro, with 1 GiB" };
}
