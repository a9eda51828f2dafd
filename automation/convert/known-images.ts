/** What files run beside an application, by the name of its image. */

interface Known {
    readonly kind: "postgres" | "redis" | "bucket" | "other";
    readonly port: number;
}

const STORES: readonly [images: RegExp, known: Known][] = [
    [
        /^(postgres|postgresql|postgis|pgvector|timescaledb(-ha)?|postgresql-repmgr|spilo.*)$/,
        { kind: "postgres", port: 5432 },
    ],
    [/^(redis|valkey|keydb|dragonfly|redis-stack(-server)?)$/, { kind: "redis", port: 6379 }],
    [/^(minio|s3mock|fake-s3|rustfs)$/, { kind: "bucket", port: 9000 }],
    [/^(mysql|mariadb|percona|mysql-server|percona-server)$/, { kind: "other", port: 3306 }],
    [/^(mongo|mongodb|mongodb-community-server|ferretdb)$/, { kind: "other", port: 27017 }],
    [/^(elasticsearch(-oss)?|opensearch)$/, { kind: "other", port: 9200 }],
    [/^(rabbitmq)$/, { kind: "other", port: 5672 }],
    [/^(kafka|cp-kafka|redpanda|kafka-native)$/, { kind: "other", port: 9092 }],
    [/^(memcached)$/, { kind: "other", port: 11211 }],
    [/^(clickhouse-server|clickhouse)$/, { kind: "other", port: 8123 }],
    [
        /^(meilisearch|typesense|nats|zookeeper|cp-zookeeper|etcd|consul|vault|influxdb|cassandra|scylla|neo4j|couchdb|solr|sonic|milvus|qdrant|weaviate|localstack|elasticmq(-native)?|dynamodb-local|oracle.*|server-mssql.*|mssql.*)$/,
        { kind: "other", port: 0 },
    ],
];

/** What the platform runs itself, with what leads there. */
const PLATFORM: readonly [images: RegExp, instead: string][] = [
    [
        /^(acapy-agent|acapy-agent-askar|aries-cloudagent|acapy)$/,
        "agents are the platform's own, agents in the stack file; uses: { agent: { agents: <its name there> } } gives its admin API",
    ],
    [
        /^keycloak$/,
        "Keycloak is the platform's own, keycloak in the stack file; uses: { auth: { keycloak: { realm: … } } } gives its issuer",
    ],
];

/** Development's own, and what the platform does itself; each with what is in its place. */
const TOOLS: readonly [images: RegExp, instead: string][] = [
    [
        /^(mailhog|mailpit|maildev|mailcatcher|inbucket|smtp4dev)$/,
        "it catches mail in development: name the real SMTP server, uses: { mail: { host: { name: …, port: 587 } } }",
    ],
    [
        /^(adminer|pgadmin4?|phpmyadmin|pgweb|redis-commander|redisinsight|mongo-express|kafka-ui|flower)$/,
        "npx identity tunnel leads to databases, with a client of your own",
    ],
    [
        /^(traefik|nginx-proxy|jwilder-nginx-proxy|acme-companion|letsencrypt-nginx-proxy-companion|certbot|swag|cloudflared)$/,
        "load balancers and certificates are the platform's: listeners say which requests lead where",
    ],
    [
        /^(watchtower|ofelia|autoheal|portainer|portainer-ce|docker-autoheal)$/,
        "ECS starts, replaces and schedules tasks: scheduled_tasks, deploy",
    ],
    [
        /^(prometheus|grafana|loki|promtail|jaeger|all-in-one|zipkin|otel-collector|opentelemetry-collector(-contrib)?|fluentd|fluent-bit|cadvisor|node-exporter|postgres_exporter|redis_exporter)$/,
        "logs and metrics go to CloudWatch, or to elsewhere by plugins",
    ],
];

/** `docker.io/library/postgres:16-alpine` is postgres. */
export const imageName = (reference: string): string => {
    const [name] = reference.split("@");
    return name!.split("/").at(-1)!.split(":")[0]!.toLowerCase();
};

export function knownStore(reference: string): Known | undefined {
    return STORES.find(([images]) => images.test(imageName(reference)))?.[1];
}

/** What the platform has in its place; undefined for what it has not. */
export const ofPlatform = (reference: string): string | undefined =>
    PLATFORM.find(([images]) => images.test(imageName(reference)))?.[1];

/** What stands in the place of a tool; undefined for what is none. */
export const insteadOf = (reference: string): string | undefined =>
    TOOLS.find(
        ([images]) =>
            images.test(imageName(reference)) || images.test(reference.split("/").slice(-2).join("-").split(":")[0]!),
    )?.[1];
