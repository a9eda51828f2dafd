/** What another program imports: `import { Vpc, KeycloakHa } from "identity-platform/components"` (docs/components.md). */
export { AccessLogBucket, type AccessLogBucketArgs } from "./access-log-bucket";
export { AgentCluster, type AgentClusterArgs } from "./agent-cluster";
export { Alarms, type AlarmsArgs, type AlarmSetting } from "./alarms";
export { LogKey } from "./log-key";
export { AlarmTopic, type AlarmTopicArgs } from "./alarm-topic";
export {
    applicationDatabase,
    type ApplicationDatabaseArgs,
    type DatabaseConnection,
    type DatabasePlace,
    type SharedApplicationDatabaseArgs,
} from "./application-database";
export { Backups, type BackupsArgs } from "./backups";
export { type BeforeDeploy, beforeDeploy } from "./before-deploy";
export { Bucket, type BucketArgs, bucketStatements } from "./bucket";
export { Certificate, type CertificateArgs } from "./certificate";
export { CertificateAuthority, type CertificateAuthorityArgs, type KeyPair } from "./certificate-authority";
export { ContainerImage, type ContainerImageArgs, type ImageGate } from "./container-image";
export { Database, type DatabaseAccess, type DatabaseArgs } from "./database";
export { DeployMachine, type DeployMachineArgs } from "./deploy-machine";
export { DeployRole, type DeployRoleArgs } from "./deploy-role";
export { DevLedger, type DevLedgerArgs } from "./dev-ledger";
export { type Calls, Discovery, type DiscoveryArgs } from "./discovery";
export { Endpoint, type EndpointArgs, type RequestsArgs, type Route, type RouteArgs } from "./endpoint";
export type { SlackChannel, TeamsChannel } from "./alarms/chat";
export { EventAlarms, type EventAlarmsArgs } from "./event-alarms";
export type { ContainerArgs } from "./fargate/container";
export type { EfsVolume } from "./fargate/efs-volume";
export type { Connection, Egress } from "./fargate/egress";
export type { TaskArgs } from "./fargate/task";
export { ExistingFileSystem, type ExistingFileSystemArgs } from "./existing-file-system";
export { type ExistingSubnet, ExistingVpc, type ExistingVpcArgs } from "./existing-vpc";
export {
    FargateService,
    type FargateServiceArgs,
    type ServiceDiscoveryArgs,
    type Spot,
    type SpotShare,
} from "./fargate-service";
export { FargateTask, type FargateTaskArgs } from "./fargate-task";
export { FileSystem, type FileSystemArgs } from "./file-system";
export {
    Heritage,
    type HeritageArgs,
    type HeritageDistrict,
    type HeritageServiceArgs,
    type HeritageTaskArgs,
} from "./heritage";
export type { Statement } from "./iam";
export { imageFolder, type ImageName } from "./images";
export type { TlsArgs } from "./envoy/tls";
export { KeycloakHa, type KeycloakHaArgs } from "./keycloak-ha";
export type { Plugins } from "./plugins";
export { Queue, type QueueArgs, queueStatements } from "./queue";
export { rdsCertificateAuthorities } from "./rds/certificate-authority";
export { Redis, type RedisArgs } from "./redis";
export { ScheduledTask, type ScheduledTaskArgs } from "./scheduled-task";
export { OffHours, type OffHoursArgs } from "./off-hours";
export type { Day } from "./off-hours/days";
export { type ParameterPath, type Secret, SecretStore, type SecretStoreArgs } from "./secret-store";
export { type DatabaseLogin, SharedDatabase, type SharedDatabaseArgs } from "./shared-database";
export type { SharedRoleArgs } from "./rds/shared-roles";
export { type Listener, TlsService, type TlsServiceArgs } from "./tls-service";
export type { Transform } from "./transform";
export { UserError } from "./user-error";
export { Vpc, type VpcArgs } from "./vpc";
export { WalletDb, type WalletDbArgs, type WalletStorage } from "./wallet-db";
export { type CoreRule, WebAcl, type WebAclArgs } from "./web-acl";
export { Workbench, type WorkbenchArgs } from "./workbench";
