import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { lookUp } from "../lookup";
import { architectureOf } from "./instance-types";
import { managedInstanceProfile } from "./profile";

/** Where AWS says which AMI of Amazon Linux 2023 is the newest. It has SSM's agent in it. */
export const newestAmi = (instanceType: string) =>
    `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${architectureOf(instanceType)}`;

export interface AmazonLinuxArgs {
    instanceType: string;
    /** GiB. */
    volumeGiB: number;
    userData?: pulumi.Input<string>;
}

/** What every instance of Amazon Linux 2023 has, and what has to be there before it. Its AMI is the newest of the day on which it is made. */
export function amazonLinux(
    name: string,
    { instanceType, volumeGiB, userData }: AmazonLinuxArgs,
    parent: pulumi.Resource,
) {
    const { profile, policy } = managedInstanceProfile(name, parent);
    const parameter = newestAmi(instanceType);
    const ami = lookUp({ about: `the newest AMI of Amazon Linux (${parameter})`, needs: "ssm:GetParameter" }, () =>
        aws.ssm.getParameter({ name: parameter, withDecryption: false }, { parent }),
    );
    const settings = {
        ami: ami.insecureValue,
        instanceType,
        iamInstanceProfile: profile.name,
        // Version 2 asks for a token first, which a forged request cannot; a container is one hop too far to get any answer.
        metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
        rootBlockDevice: { volumeType: "gp3", volumeSize: volumeGiB, encrypted: true },
        userData,
        userDataReplaceOnChange: true,
        tags: { Name: `${pulumi.getProject()}-${pulumi.getStack()}-${name}` }, // what a console lists it by
    } satisfies aws.ec2.InstanceArgs;
    return { settings, policy };
}
