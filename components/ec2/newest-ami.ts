import { architectureOf } from "./instance-types";

/** Where AWS says which AMI of Amazon Linux 2023 is the newest. It has SSM's agent in it. */
export const newestAmi = (instanceType: string) =>
    `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${architectureOf(instanceType)}`;
