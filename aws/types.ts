/**
 * Every resource type that the program creates, by Pulumi's type token. A test asks for an entry of each type that a stack plans, and for no
 * other entry. A new AWS service is a new file and a line here.
 */
import { ACM } from "./acm";
import { APPAUTOSCALING } from "./appautoscaling";
import { BACKUP } from "./backup";
import { BUDGETS } from "./budgets";
import { CHATBOT } from "./chatbot";
import { CLOUDWATCH } from "./cloudwatch";
import { DOCKER } from "./docker";
import { EC2 } from "./ec2";
import { ECR } from "./ecr";
import { ECS } from "./ecs";
import { EFS } from "./efs";
import { ELASTICACHE } from "./elasticache";
import { IAM } from "./iam";
import { KMS } from "./kms";
import { LB } from "./lb";
import { RANDOM } from "./random";
import { RDS } from "./rds";
import type { Inputs, ResourceType } from "./resource-type";
import { ROUTE53 } from "./route53";
import { S3 } from "./s3";
import { SCHEDULER } from "./scheduler";
import { SERVICE_DISCOVERY } from "./servicediscovery";
import { SFN } from "./sfn";
import { SNS } from "./sns";
import { SQS } from "./sqs";
import { SSM } from "./ssm";
import { TLS } from "./tls";
import { VPC } from "./vpc";
import { WAFV2 } from "./wafv2";

/** The plan and the report count in this order. */
export const TYPES = {
    ...EC2,
    ...VPC,
    ...LB,
    ...WAFV2,
    ...CLOUDWATCH,
    ...BUDGETS,
    ...ECR,
    ...RDS,
    ...ELASTICACHE,
    ...EFS,
    ...BACKUP,
    ...S3,
    ...SQS,
    ...SNS,
    ...CHATBOT,
    ...SCHEDULER,
    ...SFN,
    ...ACM,
    ...APPAUTOSCALING,
    ...DOCKER,
    ...ECS,
    ...IAM,
    ...KMS,
    ...RANDOM,
    ...ROUTE53,
    ...SERVICE_DISCOVERY,
    ...SSM,
    ...TLS,
};

export type KnownType = keyof typeof TYPES;

/** The entry of a type; undefined for components, providers, and types that only a user's own code creates. */
export const typeEntry = (type: string): ResourceType | undefined => ENTRIES.get(type);

/** Whether AWS itself refuses the deletion of a resource. */
export function refusesDeletion(type: string, inputs: Inputs | undefined): boolean {
    const key = typeEntry(type)?.deletionSwitch;
    return typeof key === "string" && inputs?.[key] === true;
}

/** All entries, with their types. */
export const ENTRIES: ReadonlyMap<string, ResourceType> = new Map(Object.entries(TYPES));

/** The types whose resources the laptop creates itself. */
export type RealOnLaptop = {
    [Type in KnownType]: (typeof TYPES)[Type] extends { laptop: "real" } ? Type : never;
}[KnownType];
