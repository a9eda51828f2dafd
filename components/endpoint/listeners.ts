/** What an endpoint listens on, and who may connect there. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { Certificate } from "../certificate";
import { type CertificateAuthority, qualifiedName } from "../certificate-authority";
import { type Clients, allowIngress } from "../network/clients";
import { type Transform, transformed } from "../transform";
import { furtherCertificates, type NamedEndpoint } from "./hosts";

/**
 * TLS 1.2 and 1.3 with forward secrecy, and key exchange that quantum computers do not break for clients that can: what AWS recommends for
 * listeners (ELB user guide, "Security policies").
 */
const TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09";
export const NOT_FOUND = { contentType: "text/plain", statusCode: "404", messageBody: "Not found" };

export type Https = NamedEndpoint | { authority: CertificateAuthority };

interface ListenersSettings extends Clients {
    internal?: boolean;
    https?: Https;
    transform?: { listener?: Transform<aws.lb.ListenerArgs> };
}

export class Listeners {
    private httpsListener: aws.lb.Listener | undefined;
    private ownCertificate: pulumi.Input<string> | undefined;
    private readonly members: { name: string; groupId: pulumi.Input<string> }[] = [];
    private readonly listening: number[] = [];

    constructor(
        private readonly name: string,
        private readonly settings: ListenersSettings,
        private readonly loadBalancer: aws.lb.LoadBalancer,
        /** The load balancer's own security group. */
        private readonly groupId: pulumi.Output<string>,
        private readonly parent: pulumi.Resource,
    ) {}

    get ports(): readonly number[] {
        return this.listening;
    }

    /** See `Endpoint.allow`. */
    allow(name: string, groupId: pulumi.Input<string>): pulumi.Resource[] {
        this.members.push({ name, groupId });
        return this.listening.map((port) => this.letIn(port, name, groupId));
    }

    /** How a listener speaks TLS, by the endpoint's one certificate. */
    tls(https: Https) {
        this.ownCertificate ??= this.certificateArn(https);
        return { protocol: "HTTPS", sslPolicy: TLS_POLICY, certificateArn: this.ownCertificate };
    }

    private certificateArn(https: Https): pulumi.Input<string> {
        if ("domain" in https) return https.certificateArn;
        const { certificate, chain, privateKey } = https.authority.issue(
            this.name,
            [this.loadBalancer.dnsName],
            qualifiedName(this.name),
        );
        return new Certificate(this.name, { certificate, chain, privateKey }, { parent: this.parent }).arn;
    }

    /** The listener on 443, which is made once. */
    onHttps(): aws.lb.Listener {
        return (this.httpsListener ??= this.listenOnHttps(this.tls(this.settings.https!)));
    }

    private listenOnHttps(tls: ReturnType<Listeners["tls"]>): aws.lb.Listener {
        if (!this.settings.internal) {
            this.listen(80, {
                protocol: "HTTP",
                defaultActions: [
                    { type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } },
                ],
            });
        }
        const listener = this.listen(443, {
            ...tls,
            defaultActions: [{ type: "fixed-response", fixedResponse: NOT_FOUND }],
        });
        const { https } = this.settings;
        for (const { name, certificateArn } of https && "domain" in https ? furtherCertificates(https) : []) {
            new aws.lb.ListenerCertificate(
                `${this.name}-443-${name}`,
                { listenerArn: listener.arn, certificateArn },
                { parent: this.parent },
            );
        }
        return listener;
    }

    /**
     * A listener, and the rules that let in who may connect to it. Like the rules and records of `route`, they are named after
     * what there can be only one of: a service of another name on the same port changes them, where a new one would be refused.
     */
    listen(port: number, args: Omit<aws.lb.ListenerArgs, "loadBalancerArn" | "port">): aws.lb.Listener {
        const child = { parent: this.parent };
        this.listening.push(port);
        const rule = { groupId: this.groupId, port, description: "Who may connect" };
        allowIngress(`${this.name}-${port}`, this.settings, rule, child);
        for (const { name, groupId } of this.members) this.letIn(port, name, groupId);
        return new aws.lb.Listener(
            ...transformed<aws.lb.ListenerArgs>(
                this.settings.transform?.listener,
                `${this.name}-${port}`,
                { loadBalancerArn: this.loadBalancer.arn, port, ...args },
                child,
            ),
        );
    }

    private letIn(port: number, name: string, groupId: pulumi.Input<string>): aws.vpc.SecurityGroupIngressRule {
        return new aws.vpc.SecurityGroupIngressRule(
            `${this.name}-${port}-from-${name}`,
            {
                securityGroupId: this.groupId,
                referencedSecurityGroupId: groupId,
                description: "Who may connect",
                ipProtocol: "tcp",
                fromPort: port,
                toPort: port,
            },
            { parent: this.parent },
        );
    }
}
