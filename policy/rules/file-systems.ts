/** Policies for file systems of EFS, and for the tasks that mount them. */
import { findingUnless, type Policy } from "../policy";
import { TASK_DEFINITION } from "./containers";
import { deniesPlainText } from "./data";
import { statements } from "./documents";

const FILE_SYSTEM_POLICIES = ["aws:efs/fileSystemPolicy:FileSystemPolicy"];

interface Volume {
    readonly name?: string;
    readonly efsVolumeConfiguration?: {
        readonly transitEncryption?: string;
        readonly authorizationConfig?: { readonly accessPointId?: string; readonly iam?: string };
    };
}

export const EFS_POLICIES: readonly Policy[] = [
    {
        name: "efs-encryption",
        asks: "A file system is encrypted.",
        fix: "encrypted: true, as FileSystem has it; another setting replaces it",
        dev: "mandatory",
        types: ["aws:efs/fileSystem:FileSystem"],
        check: ({ inputs }) => findingUnless(inputs.encrypted === true, "it is not encrypted at rest"),
    },
    {
        name: "efs-tls-only",
        asks: "A file system has a policy that refuses connections without TLS.",
        fix: "a FileSystemPolicy that denies * to everybody where aws:SecureTransport is false, as FileSystem has it",
        dev: "mandatory",
        types: ["aws:efs/fileSystem:FileSystem"],
        checkInStack: (fileSystem, stack) => {
            const own = stack
                .ofType(FILE_SYSTEM_POLICIES)
                .filter((policy) => policy.refersTo("fileSystemId").some(({ urn }) => urn === fileSystem.urn));
            const denied = own.some(({ inputs }) =>
                statements(inputs.policy).some((statement) => deniesPlainText(statement, "*")),
            );
            return findingUnless(denied, "whoever reaches a mount target may mount it, and without TLS");
        },
    },
    {
        name: "ecs-efs-mount",
        asks: "A task mounts a file system over TLS, through an access point and with its role.",
        fix: "transitEncryption: ENABLED, and authorizationConfig with accessPointId and iam: ENABLED, as efsVolumes makes it",
        dev: "mandatory",
        types: [TASK_DEFINITION],
        check: ({ inputs }) =>
            ((inputs.volumes ?? []) as readonly Volume[]).flatMap(({ name, efsVolumeConfiguration: efs }) => {
                if (!efs) return [];
                const { accessPointId, iam } = efs.authorizationConfig ?? {};
                const of = `its volume ${name}`;
                return [
                    ...findingUnless(efs.transitEncryption === "ENABLED", `${of} is mounted without TLS`),
                    ...findingUnless(accessPointId !== undefined, `${of} is mounted without an access point`),
                    ...findingUnless(iam === "ENABLED", `${of} is mounted without the task's role`),
                ];
            }),
    },
];
