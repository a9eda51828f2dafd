/**
 * An AWS that answers with believable ids, ARNs, zones and addresses and makes nothing: what the plan and the unit tests
 * run the program against, in Pulumi's own runtime. Every answer follows from the name of what is asked for, so that two
 * runs of one program are the same to the letter.
 */
import { createHash } from "node:crypto";

export const ACCOUNT = "123456789012";
type Values = Record<string, unknown>;

/** One resource, as the program asked for it and as AWS would have made it. */
export interface SimulatedResource {
    readonly urn: string;
    readonly type: string;
    readonly name: string;
    readonly parent: string | undefined;
    readonly id: string;
    /** What the program gave; a secret is `[secret]`. */
    readonly inputs: Values;
    /** What AWS answered; a secret is `[secret]`. */
    readonly outputs: Values;
    /** URNs of what it was made of or after. */
    readonly dependencies: readonly string[];
    readonly protect: boolean;
    readonly component: boolean;
    /** Made by a component provider (awsx), in a process of its own. */
    readonly remote: boolean;
    /** The URN of the provider that it is made by; none where that is its package's default one. */
    readonly provider?: string;
}

/** Hexadecimal digits that follow from a text. */
export const digits = (text: string, count = 17) => createHash("sha256").update(text).digest("hex").slice(0, count);

/** How ids begin, where AWS's look like `prefix-0123…`. */
const ID_PREFIX: Record<string, string> = {
    "aws:ec2/securityGroup:SecurityGroup": "sg",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "sg",
    "aws:ec2/vpc:Vpc": "vpc",
    "aws:ec2/subnet:Subnet": "subnet",
    "aws:ec2/routeTable:RouteTable": "rtb",
    "aws:ec2/routeTableAssociation:RouteTableAssociation": "rtbassoc",
    "aws:ec2/route:Route": "r-rtb",
    "aws:ec2/internetGateway:InternetGateway": "igw",
    "aws:ec2/natGateway:NatGateway": "nat",
    "aws:ec2/eip:Eip": "eipalloc",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "vpce",
    "aws:ec2/flowLog:FlowLog": "fl",
    "aws:ec2/instance:Instance": "i",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "sgr",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "sgr",
};

export class SimulatedAws {
    /** `running`: the version of Keycloak that an earlier `up` left. */
    constructor(
        readonly region: string,
        private readonly running?: string,
    ) {}

    /** Answers to the program's questions (`aws.getRegion` and the like). */
    call(token: string, inputs: Values): Values {
        switch (token) {
            case "aws:index/getCallerIdentity:getCallerIdentity":
                return { accountId: ACCOUNT, id: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:user/plan`, userId: "plan" };
            case "aws:index/getRegion:getRegion":
                return { region: this.region, name: this.region, id: this.region };
            case "aws:index/getPartition:getPartition":
                return { partition: "aws", dnsSuffix: "amazonaws.com", id: "aws" };
            case "aws:index/getAvailabilityZones:getAvailabilityZones":
                return { names: this.zones(4), id: this.region };
            case "aws:route53/getZone:getZone":
                return { ...inputs, zoneId: `Z${digits(String(inputs.name), 13).toUpperCase()}`, id: "zone" };
            case "aws:ssm/getParametersByPath:getParametersByPath":
                return { ...inputs, ...this.parameters(String(inputs.path)), arns: [], types: [], id: inputs.path };
            case "aws:ssm/getParameter:getParameter": // the newest AMI of Amazon Linux; other parameters are not read
                return { ...inputs, insecureValue: `ami-${digits(String(inputs.name))}`, id: inputs.name };
            case "aws:ecr/getAuthorizationToken:getAuthorizationToken":
                return { ...inputs, userName: "AWS", password: "simulated-password", proxyEndpoint: "", id: "token" };
            default: {
                const details = `the simulated AWS does not know ${token}: teach it in automation/plan/simulated-aws.ts`;
                throw Object.assign(new Error(details), { details }); // the SDK looks for a gRPC error's `details`
            }
        }
    }

    /** What SSM holds before the program runs: the version that is running (`components/keycloak/deployed-version.ts`). */
    private parameters(path: string) {
        const known = this.running === undefined || !path.endsWith("/versions/keycloak") ? [] : ["begun", "running"];
        return { names: known.map((one) => `${path}/${one}`), values: known.map(() => this.running) };
    }

    /** What AWS would answer to a resource's creation. */
    create(type: string, name: string, inputs: Values): { id: string; outputs: Values } {
        const id = this.id(type, name, inputs);
        return { id, outputs: { ...inputs, ...this.outputs(type, name, inputs, id) } };
    }

    private id(type: string, name: string, inputs: Values): string {
        const prefix = ID_PREFIX[type];
        if (prefix) return `${prefix}-${digits(name)}`;
        if (type === "aws:kms/key:Key") return uuid(name);
        return String(inputs.name ?? inputs.bucket ?? inputs.identifier ?? `${name}-${digits(name, 7)}`);
    }

    private arn(service: string, resource: string, region = this.region, account = ACCOUNT): string {
        return `arn:aws:${service}:${region}:${account}:${resource}`;
    }

    private zones(count: number): string[] {
        return [..."abcdef"].slice(0, count).map((letter) => this.region + letter);
    }

    private outputs(type: string, name: string, inputs: Values, id: string): Values {
        switch (type) {
            case "awsx:ec2/vpc:Vpc":
            case "awsx:ec2:Vpc":
                return this.vpcOutputs(name, inputs);
            case "awsx:ecr/repository:Repository":
            case "awsx:ecr:Repository":
                return { url: `${ACCOUNT}.dkr.ecr.${this.region}.amazonaws.com/${name}-${digits(name, 7)}` };
            case "docker:index/image:Image":
                return {
                    repoDigest: `${String(inputs.imageName).replace(/:[^:/]*$/, "")}@sha256:${digits(JSON.stringify(inputs), 64)}`,
                };
            case "random:index/randomPassword:RandomPassword":
                return { result: `simulated-${digits(name, 32)}` };
            case "random:index/randomId:RandomId":
                return { hex: digits(name, 2 * Number(inputs.byteLength)) };
            case "tls:index/privateKey:PrivateKey":
                return { privateKeyPem: `simulated key ${digits(name, 32)}` };
            case "tls:index/certRequest:CertRequest":
                return { certRequestPem: `simulated request ${digits(name, 32)}` };
            case "tls:index/selfSignedCert:SelfSignedCert":
            case "tls:index/locallySignedCert:LocallySignedCert":
                return {
                    certPem: `simulated certificate ${digits(name, 32)}`,
                    validityStartTime: "2026-01-01T00:00:00Z",
                };
            case "aws:kms/key:Key":
                return { keyId: id, arn: this.arn("kms", `key/${id}`) };
            case "aws:ssm/parameter:Parameter":
                return { arn: this.arn("ssm", `parameter${inputs.name}`), version: 1 };
            case "aws:rds/instance:Instance": {
                const address = `${inputs.identifier}.c${digits(this.region, 11)}.${this.region}.rds.amazonaws.com`;
                return {
                    address,
                    endpoint: `${address}:${inputs.port}`,
                    arn: this.arn("rds", `db:${inputs.identifier}`),
                };
            }
            case "aws:lb/loadBalancer:LoadBalancer": {
                const host = `${inputs.internal ? "internal-" : ""}${id}.${this.region}.elb.amazonaws.com`;
                return {
                    arn: this.arn("elasticloadbalancing", `loadbalancer/app/${id}/${digits(name, 16)}`),
                    dnsName: host,
                    zoneId: `Z${digits(this.region, 13).toUpperCase()}`,
                };
            }
            case "aws:lb/targetGroup:TargetGroup":
                return { arn: this.arn("elasticloadbalancing", `targetgroup/${id}/${digits(name, 16)}`) };
            case "aws:lb/listener:Listener":
                return { arn: this.arn("elasticloadbalancing", `listener/app/${id}/${digits(name, 16)}`) };
            case "aws:lb/listenerRule:ListenerRule":
                return { arn: this.arn("elasticloadbalancing", `listener-rule/app/${id}/${digits(name, 16)}`) };
            case "aws:acm/certificate:Certificate":
                return {
                    arn: this.arn("acm", `certificate/${uuid(name)}`),
                    domainValidationOptions: [
                        {
                            domainName: inputs.domainName,
                            resourceRecordName: `_${digits(name, 32)}.${String(inputs.domainName).replace(/^\*\./, "")}.`,
                            resourceRecordType: "CNAME",
                            resourceRecordValue: `_${digits(`${name}-value`, 32)}.acm-validations.aws.`,
                        },
                    ],
                };
            case "aws:route53/zone:Zone":
                return {
                    zoneId: `Z${digits(String(inputs.name), 13).toUpperCase()}`,
                    nameServers: [1, 2, 3, 4].map((n) => `ns-${n}.awsdns-0${n}.example`),
                };
            case "aws:route53/record:Record":
                return { fqdn: String(inputs.name).replace(/\.$/, "") };
            case "aws:ec2/instance:Instance":
                return { arn: this.arn("ec2", `instance/${id}`), privateIp: "10.0.0.10" };
            case "aws:iam/role:Role":
                return { arn: this.arn("iam", `role/${id}`, ""), name: id };
            case "aws:cloudwatch/logGroup:LogGroup":
                return { arn: this.arn("logs", `log-group:${inputs.name}`) };
            case "aws:s3/bucket:Bucket":
                return { bucket: id, arn: `arn:aws:s3:::${id}` };
            case "aws:ecs/cluster:Cluster":
                return { name: id, arn: this.arn("ecs", `cluster/${id}`) };
            case "aws:ecs/taskDefinition:TaskDefinition":
                return { arn: this.arn("ecs", `task-definition/${inputs.family}:1`), revision: 1 };
            case "aws:ecs/service:Service":
                return { name: id };
            case "aws:sfn/stateMachine:StateMachine":
                return { arn: this.arn("states", `stateMachine:${id}`), name: id };
            default:
                return type.startsWith("aws:")
                    ? { arn: this.arn(type.split(/[:/]/)[1]!, `${type.split(":")[2]!.toLowerCase()}/${id}`), name: id }
                    : {};
        }
    }

    private vpcOutputs(name: string, inputs: Values): Values {
        const made = this.vpcChildren(name, inputs);
        const ids = (type: string) =>
            made
                .filter((r) => r.type === "aws:ec2/subnet:Subnet" && (r.inputs.tags as Values).SubnetType === type)
                .map((r) => this.id(r.type, r.name, r.inputs));
        return {
            vpcId: this.id("aws:ec2/vpc:Vpc", name, {}),
            publicSubnetIds: ids("Public"),
            privateSubnetIds: ids("Private"),
            isolatedSubnetIds: ids("Isolated"),
            natGateways: made
                .filter((r) => r.type === "aws:ec2/natGateway:NatGateway")
                .map((_, i) => ({ publicIp: `203.0.113.${i + 1}` })), // of TEST-NET-3, which nobody has
        };
    }

    /**
     * What awsx makes of a component, in the provider's own process where the program does not see it: so that the plan
     * can show and count it. Names and nesting are those of awsx 3. A parent comes before its children.
     */
    children(type: string, name: string, inputs: Values): Child[] {
        if (type === "awsx:ec2:Vpc") return this.vpcChildren(name, inputs);
        if (type === "awsx:ecr:Repository") {
            const { lifecyclePolicy, ...repository } = inputs;
            return [
                {
                    type: "aws:ecr/repository:Repository",
                    name: name.toLowerCase(),
                    inputs: repository,
                    under: undefined,
                },
                {
                    type: "aws:ecr/lifecyclePolicy:LifecyclePolicy",
                    name: name.toLowerCase(),
                    inputs: { lifecyclePolicy },
                    under: undefined,
                },
            ];
        }
        return [];
    }

    private vpcChildren(name: string, inputs: Values): Child[] {
        const specs = inputs.subnetSpecs as { type: string; cidrBlocks: string[] }[];
        const strategy = (inputs.natGateways as { strategy: string }).strategy;
        const children: Child[] = [];
        const add = (type: string, childName: string, childInputs: Values, under?: Child): Child => {
            const child = { type, name: childName, inputs: childInputs, under };
            children.push(child);
            return child;
        };
        const vpc = add("aws:ec2/vpc:Vpc", name, { cidrBlock: inputs.cidrBlock });
        add("aws:ec2/internetGateway:InternetGateway", name, {}, vpc);
        const named = inputs.availabilityZoneNames as string[] | undefined;
        const zones = named ?? this.zones(Number(inputs.numberOfAvailabilityZones));
        zones.forEach((availabilityZone, zone) => {
            for (const type of ["Public", "Private", "Isolated"]) {
                const cidrBlock = specs.find((spec) => spec.type === type)!.cidrBlocks[zone];
                const subnetName = `${name}-${type.toLowerCase()}-${zone + 1}`;
                const tags = { SubnetType: type };
                const subnet = add("aws:ec2/subnet:Subnet", subnetName, { cidrBlock, availabilityZone, tags }, vpc);
                const table = add("aws:ec2/routeTable:RouteTable", subnetName, {}, subnet);
                add("aws:ec2/routeTableAssociation:RouteTableAssociation", subnetName, {}, table);
                if (type === "Public" && (strategy === "OnePerAz" || (strategy === "Single" && zone === 0))) {
                    add("aws:ec2/eip:Eip", `${name}-${zone + 1}`, {}, subnet);
                    add("aws:ec2/natGateway:NatGateway", `${name}-${zone + 1}`, {}, subnet);
                }
                if (type === "Public" || (type === "Private" && strategy !== "None")) {
                    add("aws:ec2/route:Route", subnetName, { destinationCidrBlock: "0.0.0.0/0" }, table);
                }
            }
        });
        for (const { serviceName, vpcEndpointType } of inputs.vpcEndpointSpecs as Values[]) {
            add("aws:ec2/vpcEndpoint:VpcEndpoint", String(serviceName), { serviceName, vpcEndpointType }, vpc);
        }
        return children;
    }
}

export interface Child {
    readonly type: string;
    readonly name: string;
    readonly inputs: Values;
    /** The child that it is nested under; undefined where that is the component itself. */
    readonly under: Child | undefined;
}

const uuid = (text: string) => digits(text, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
