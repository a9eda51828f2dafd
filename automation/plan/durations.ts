/**
 * How long AWS and Docker take to make things, in minutes: of the logs of deployments that others have published (Terraform prints it for
 * each resource), and of what was measured of the images. They scatter by a factor of two; what they are good for is to see what waits for what.
 */
import type { SimulatedResource } from "./simulated-aws";

type Inputs = SimulatedResource["inputs"];
type Minutes = number | ((inputs: Inputs, name: string) => number);

/** What is made by one call: a role, a rule, a parameter. Between 0 and 10 seconds. */
const CALL = 0.05;

const MINUTES: Readonly<Record<string, Minutes>> = {
    "aws:ec2/natGateway:NatGateway": 1.8, // 1:25 to 2:05 in seven logs
    "aws:ec2/vpc:Vpc": 0.2, // 11 s with DNS host names
    "aws:ec2/vpcEndpoint:VpcEndpoint": ({ vpcEndpointType }) => (vpcEndpointType === "Interface" ? 1 : 0.1),
    "aws:lb/loadBalancer:LoadBalancer": 2.5, // 2:19 to 2:52
    // 5:02 to 8:32 in nine logs of PostgreSQL; with a standby 10 to 20.
    "aws:rds/instance:Instance": ({ multiAz }) => (multiAz === true ? 13 : 6.5),
    "aws:acm/certificateValidation:CertificateValidation": 2, // 1:29 to 4:25 from the record on
    "aws:route53/record:Record": 0.5, // 0:29 to 0:33
    "aws:route53/zone:Zone": 1.1, // 1:02 to 1:19 of a private one
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": 1,
    "aws:kms/key:Key": 0.3, // 0:12 to 0:29
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": 0.2,
    "aws:ec2/instance:Instance": 0.5,
    // A base image pulled, a build, a push of half a gigabyte; Keycloak's build runs its own for 19 s.
    "docker:index/image:Image": (_, name) => (name === "keycloak" ? 2.5 : name === "acapy-agent" ? 2 : 1),
    // Until its tasks run, are found healthy and the deployment is over (`fargate/rollout.ts`): Keycloak's start takes 25 s on a new database.
    "aws:ecs/service:Service": (_, name) => (name.includes("keycloak") ? 4 : 2.5),
};

export function minutesOf({ type, name, inputs, component }: SimulatedResource): number {
    const minutes = MINUTES[type];
    if (typeof minutes === "function") return minutes(inputs, name);
    return minutes ?? (component || !type.startsWith("aws:") ? 0 : CALL);
}
