import type { Cases, Given } from "../support";

const deny = { Effect: "Deny", Principal: "*", Action: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } };
const fileSystem = (policy?: object, of = "it"): Given => ({
    type: "aws:efs/fileSystem:FileSystem",
    inputs: {},
    beside: policy && [
        {
            type: "aws:efs/fileSystemPolicy:FileSystemPolicy",
            name: "policy",
            inputs: { fileSystemId: of, policy: JSON.stringify({ Statement: [policy] }) },
        },
    ],
});
const task = (efsVolumeConfiguration?: object): Given => ({
    type: "aws:ecs/taskDefinition:TaskDefinition",
    inputs: { volumes: [{ name: "files", efsVolumeConfiguration }] },
});
const OPEN = "whoever reaches a mount target may mount it, and without TLS";

export const FILE_SYSTEMS: Record<string, Cases> = {
    "efs-encryption": {
        passes: [{ type: "aws:efs/fileSystem:FileSystem", inputs: { encrypted: true } }],
        fails: [
            [{ type: "aws:efs/fileSystem:FileSystem", inputs: {} }, "it is not encrypted at rest"],
            [{ type: "aws:efs/fileSystem:FileSystem", inputs: { encrypted: false } }, "it is not encrypted at rest"],
        ],
    },
    "efs-tls-only": {
        passes: [fileSystem(deny), fileSystem({ ...deny, Principal: { AWS: "*" } })],
        fails: [
            [fileSystem(), OPEN],
            [fileSystem(deny, "another"), OPEN],
            [fileSystem({ ...deny, Effect: "Allow" }), OPEN],
            [fileSystem({ ...deny, Action: "elasticfilesystem:ClientWrite" }), OPEN],
        ],
    },
    "ecs-efs-mount": {
        passes: [
            task(),
            task({ transitEncryption: "ENABLED", authorizationConfig: { accessPointId: "fsap-1", iam: "ENABLED" } }),
        ],
        fails: [
            [
                task({ fileSystemId: "fs-1" }),
                "its volume files is mounted without TLS",
                "its volume files is mounted without an access point",
                "its volume files is mounted without the task's role",
            ],
            [
                task({ transitEncryption: "ENABLED", authorizationConfig: { accessPointId: "fsap-1" } }),
                "its volume files is mounted without the task's role",
            ],
        ],
    },
};
