/**
 * What of the simulated AWS is real on this machine: passwords, keys and certificates that are made once and kept, images that are
 * built here, and load balancers by names that lead to 127.0.0.1. The program puts the rest together by itself, as it does on AWS:
 * the value of every parameter, the URLs in task definitions, the names in certificates.
 */
import { randomInt } from "node:crypto";
import path from "node:path";
import type { RealOnLaptop } from "../../aws/types";
import { type Build, buildDigest } from "../../components/container-image/build";
import { UNREAD } from "../../components/key-pair";
import type { RequestedResource, RealOutputs } from "../plan/simulate";
import { isStillValid, newKey, notBefore, request, selfSigned, signed } from "./certificates";
import { ROOT } from "./dockerfiles";
import type { LocalSecrets } from "./secrets";
import type { LocalMail } from "./stand-ins/mail";

/** A PostgreSQL instance, or a Redis, as the program wants it: its inputs, with secrets in the clear. */
interface LocalServer extends Pick<RequestedResource, "name" | "inputs"> {
    readonly address: string;
    readonly certificate: KeyPair;
}

/** Its paths are from the project's root. */
export interface LocalImage extends Build {
    /** What task definitions name it by. */
    readonly reference: string;
    readonly args: Readonly<Record<string, string>>;
}

export interface KeyPair {
    /** With the authorities behind it. */
    readonly certificate: string;
    readonly privateKey: string;
}

type Answer = object | void;

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const YEAR_HOURS = 365 * 24;
/** The build argument by which an image is told whom to trust as its database. */
const AUTHORITIES = "RDS_CA_PEM";

export class LocalAws {
    readonly databases: LocalServer[] = [];
    readonly redises: LocalServer[] = [];
    readonly images: LocalImage[] = [];
    /** What takes mail here; undefined where none is sent. */
    mail: LocalMail | undefined;
    /** By the certificate's ARN: what ACM would hand to load balancers. */
    readonly certificates = new Map<string, KeyPair>();
    /** By the parameter's name: what SSM would hold. */
    readonly parameters = new Map<string, string>();
    /** Of the clients that load balancers have users log in for, by the rule's name. */
    readonly clientSecrets = new Map<string, string>();

    private constructor(
        private readonly project: string,
        private readonly kept: LocalSecrets,
        /** In place of RDS's authority, and of the public ones. */
        readonly authority: KeyPair,
    ) {}

    /** `project`: what the images' names begin with. */
    static async create(project: string, kept: LocalSecrets): Promise<LocalAws> {
        const privateKey = await kept.once("local authority, key", "", newKey);
        const name = `${project} on this machine`.slice(0, 64); // the most that a common name takes
        const make = () => selfSigned(privateKey, name, 10 * YEAR_HOURS);
        const certificate = await kept.once("local authority", [name, privateKey], make, isStillValid);
        return new LocalAws(project, kept, { certificate, privateKey });
    }

    /** A parameter's value. Throws where there is none. */
    value(parameter: string): string {
        const value = this.parameters.get(parameter);
        if (value === undefined) throw new Error(`nobody gave the parameter ${parameter} a value`);
        return value;
    }

    /** Parameters that the program was not given the value of, since nobody could read it. */
    get unread(): string[] {
        return [...this.parameters].flatMap(([name, value]) => (value.includes(UNREAD) ? [name] : []));
    }

    readonly real: RealOutputs = async (made) => {
        const answer = made.type in this.answers ? this.answers[made.type as RealOnLaptop] : undefined;
        return { ...made.outputs, ...(await answer?.(made)) };
    };

    /** What this machine has in place of each type of which the entry says that it is real on a laptop: outputs in place of the simulated ones. */
    private readonly answers: Record<RealOnLaptop, (made: RequestedResource) => Answer | Promise<Answer>> = {
        "random:index/randomPassword:RandomPassword": async (made) => ({ result: await this.password(made) }),
        "tls:index/privateKey:PrivateKey": async (made) => ({
            privateKeyPem: await this.kept.once(key(made), made.inputs, newKey),
        }),
        "tls:index/selfSignedCert:SelfSignedCert": (made) => this.ofTls(made),
        "tls:index/certRequest:CertRequest": (made) => this.ofTls(made),
        "tls:index/locallySignedCert:LocallySignedCert": (made) => this.ofTls(made),
        "aws:ssm/parameter:Parameter": (made) => {
            if (made.inputs.type === "SecureString") this.parameters.set(text(made, "name"), text(made, "value"));
        },
        "aws:acm/certificate:Certificate": async (made) => {
            this.certificates.set(String(made.outputs.arn), await this.ofAcm(made));
        },
        "aws:lb/listenerRule:ListenerRule": ({ name, inputs }) => {
            for (const { authenticateOidc } of inputs.actions as { authenticateOidc?: { clientSecret: string } }[]) {
                if (authenticateOidc) this.clientSecrets.set(name, authenticateOidc.clientSecret);
            }
        },
        "aws:lb/loadBalancer:LoadBalancer": ({ name }) => ({ dnsName: `${name}.localhost` }),
        "aws:rds/instance:Instance": async (made) => {
            this.databases.push(await this.server(made, "address"));
        },
        "aws:elasticache/replicationGroup:ReplicationGroup": async (made) => {
            this.redises.push(await this.server(made, "primaryEndpointAddress"));
        },
        "docker:index/image:Image": (made) => ({ repoDigest: this.image(made) }),
    };

    private password(made: RequestedResource): Promise<string> {
        const length = Number(made.inputs.length);
        const letter = () => LETTERS[randomInt(LETTERS.length)];
        return this.kept.once(key(made), length, () => Array.from({ length }, letter).join(""));
    }

    private async ofTls(made: RequestedResource): Promise<Record<string, string>> {
        const { type, inputs } = made;
        const commonName = (inputs.subject as { commonName?: string } | undefined)?.commonName ?? made.name;
        const hours = Number(inputs.validityPeriodHours);
        const once = (make: () => Promise<string>, good?: (value: string) => boolean) =>
            this.kept.once(key(made), inputs, make, good);
        if (type === "tls:index/certRequest:CertRequest") {
            const names = (inputs.dnsNames ?? []) as string[];
            return { certRequestPem: await once(() => request(text(made, "privateKeyPem"), commonName, names)) };
        }
        const make =
            type === "tls:index/selfSignedCert:SelfSignedCert"
                ? () => selfSigned(text(made, "privateKeyPem"), commonName, hours)
                : () => {
                      const [certificate, privateKey] = [text(made, "caCertPem"), text(made, "caPrivateKeyPem")];
                      return signed(text(made, "certRequestPem"), { certificate, privateKey }, hours);
                  };
        const certPem = await once(make, isStillValid);
        return { certPem, validityStartTime: notBefore(certPem) };
    }

    /** One that is imported, or what ACM would issue. */
    private async ofAcm(made: RequestedResource): Promise<KeyPair> {
        const { certificateBody, certificateChain, privateKey, domainName, subjectAlternativeNames } = made.inputs;
        if (domainName !== undefined) {
            return this.issue(key(made), [String(domainName), ...((subjectAlternativeNames ?? []) as string[])]);
        }
        const chain = [certificateBody, certificateChain].filter((item) => item !== undefined);
        return { certificate: chain.join(""), privateKey: String(privateKey) };
    }

    private async server({ name, type, inputs, outputs }: RequestedResource, where: string): Promise<LocalServer> {
        const address = String(outputs[where]);
        return { name, inputs, address, certificate: await this.issue(key({ type, name }), [address]) };
    }

    /** Has mail taken that is sent by these hosts. */
    async takeMailOf(hosts: readonly string[]): Promise<void> {
        if (hosts.length > 0) this.mail = { hosts, certificate: await this.issue("mail", [...hosts]) };
    }

    private async issue(name: string, dnsNames: string[]): Promise<KeyPair> {
        const { kept, authority } = this;
        const privateKey = await kept.once(`${name}, key`, "", newKey);
        const make = async () =>
            signed(await request(privateKey, name.split(" ").at(-1)!, dnsNames), authority, YEAR_HOURS);
        const own = await kept.once(name, [dnsNames, privateKey, authority.certificate], make, isStillValid);
        return { certificate: own + authority.certificate, privateKey };
    }

    /** The same folder and arguments, but the authority of the databases, which is our own here. */
    private image({ name, inputs }: RequestedResource): string {
        const { context: asked, dockerfile, target, args: given = {} } = inputs.build as Build;
        // The program's working directory may be another one than the project's.
        const context = path.relative(ROOT, path.resolve(asked)) || ".";
        const args = AUTHORITIES in given ? { ...given, [AUTHORITIES]: this.authority.certificate } : given;
        // The provider takes the Dockerfile from the working directory.
        const own = dockerfile === undefined ? undefined : path.relative(asked, dockerfile);
        const build = { context, dockerfile: own, target, args };
        const digest = buildDigest({ ...build, context: asked }, "local");
        const reference = `${this.project}/${name.toLowerCase()}:${digest}`;
        this.images.push({ reference, ...build });
        return reference;
    }
}

const key = ({ type, name }: Pick<RequestedResource, "type" | "name">) => `${type.split(":").at(-1)} ${name}`;

/** An input as text. Throws where there is none. */
export const text = ({ inputs, name }: Pick<RequestedResource, "inputs" | "name">, input: string): string => {
    const value = inputs[input];
    if (value === undefined) throw new Error(`${name} has no ${input}`);
    return String(value);
};
