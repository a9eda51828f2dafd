/** The endpoints of AWS's services that tasks need where their subnets have no way out. */
import { INTERFACE_ENDPOINTS } from "../../components/vpc";
import type { Problem } from "../../components/aws-error";
import type { PlatformConfig } from "../../config/defaults";
import { inSecretsManager } from "../../config/references";
import type { Facts } from "./facts";
import { tableOf } from "./routes";

/** What Fargate asks for without a way out (ECS developer guide, "Amazon ECR interface VPC endpoints"; ECR keeps its layers in S3). */
export function endpointProblems(subnetIds: readonly string[], facts: Facts, config: PlatformConfig): Problem[] {
    const service = (name: string) => `com.amazonaws.${config.region}.${name}`;
    const available = facts.endpoints.filter(({ State = "" }) => State.toLowerCase() === "available");
    const byName = (name: string) =>
        available.some(
            ({ ServiceName, VpcEndpointType, PrivateDnsEnabled }) =>
                ServiceName === service(name) && VpcEndpointType === "Interface" && PrivateDnsEnabled === true,
        );
    const secrets = inSecretsManager(config).length > 0 ? ["secretsmanager"] : [];
    const missing = [...INTERFACE_ENDPOINTS, ...secrets].filter((name) => !byName(name));
    const tables = new Set(subnetIds.map((id) => tableOf(facts, id)?.RouteTableId));
    const gateways = available.filter(
        ({ ServiceName, VpcEndpointType }) => ServiceName === service("s3") && VpcEndpointType === "Gateway",
    );
    const layers =
        byName("s3") ||
        [...tables].every((id) => gateways.some(({ RouteTableIds = [] }) => RouteTableIds.includes(id ?? "")));
    if (missing.length === 0 && layers) return [];
    const names = [
        ...(missing.length > 0 ? [`interface endpoints with private DNS names for ${missing.join(", ")}`] : []),
        ...(layers ? [] : ["gateway endpoint for s3 in their route tables"]),
    ];
    return [
        {
            what:
                `the private subnets ${subnetIds.join(", ")} have no route out, and the VPC no ${names.join(", and no ")}: ` +
                "no task would get its image and its secrets, or write a log",
            fix: "a route of 0.0.0.0/0 to a NAT gateway or a transit gateway in their route tables, or these endpoints",
        },
    ];
}
