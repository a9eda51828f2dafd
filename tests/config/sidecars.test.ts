import { expect } from "chai";
import { type BrokenBlog, problemsOfBlog, refusesBelow } from "./blog-support";

const IMAGE = `example.com/app@sha256:${"a".repeat(64)}`;
const side = (inner: string, more = "") =>
    `image: "${IMAGE}"\nservices: { web: { listeners: [{ paths: [/] }], health_check_path: /up, ${more} sidecars: { nginx: { image: "${IMAGE}", ${inner} } } } }`;
const worker = (inner: string, top = "") => `image: "${IMAGE}"\n${top}\nservices: { web: { ${inner} } }`;

const BROKEN: BrokenBlog = {
    "an image by tag": [
        worker('sidecars: { nginx: { image: "nginx:1" } }'),
        "services.web.sidecars.nginx.image",
        /has no digest/,
        /@sha256:/,
    ],
    "no image": [worker("sidecars: { nginx: {} }"), "services.web.sidecars.nginx.image", /is missing/, /By digest/],
    "root as the user": [side('user: "0"'), "services.web.sidecars.nginx.user", /other than root/, /by number/],
    "a name of the program's": [
        worker(`sidecars: { envoy: { image: "${IMAGE}" } }`),
        "services.web.sidecars.envoy",
        /container that the program adds/,
        /another name/,
    ],
    "a secret in the clear": [
        side("environment: { API_TOKEN: hunter2hunter2 }"),
        "services.web.sidecars.nginx.environment.API_TOKEN",
        /looks like a secret/,
        /not_secret/,
    ],
    "a variable that nothing fills in": [
        side('command: ["nginx", "$PORT"]'),
        "services.web.sidecars.nginx.command[1]",
        /\$PORT reaches/,
        /as a text/,
    ],
    "the application's port": [
        side("port: 8080"),
        "services.web.sidecars.nginx.port",
        /8080 is the port of the application/,
        /another port/,
    ],
    "Envoy's port": [
        side("port: 8443"),
        "services.web.sidecars.nginx.port",
        /8443 is the port of Envoy/,
        /another port/,
    ],
    "a port of what ends first": [
        side("first: true, port: 81"),
        "services.web.sidecars.nginx.port",
        /ends before the application starts/,
        /leave it out/,
    ],
    "a receiver that is none": [
        side("port: 81", "receives: ngnix,"),
        "services.web.receives",
        /ngnix is not a sidecar/,
        /one of their names/,
    ],
    "a receiver without a port": [
        side("", "receives: nginx,"),
        "services.web.receives",
        /nginx listens on no port/,
        /sidecars\.nginx\.port/,
    ],
    "a receiver whom nobody asks": [
        worker(`receives: nginx, sidecars: { nginx: { image: "${IMAGE}", port: 81 } }`),
        "services.web.receives",
        /gets no requests/,
        /listeners/,
    ],
    "more memory than the task has": [
        side("memory: 512"),
        "services.web.memory",
        /512 MiB of the task are not enough: nginx ask for 512/,
        /more memory for the task/,
    ],
    "more CPU than the task has, all in all": [
        worker(`sidecars: { one: { image: "${IMAGE}", cpu: 128 }, two: { image: "${IMAGE}", cpu: 128 } }`),
        "services.web.cpu",
        /256 CPU units of the task are not enough: one, two ask for 256/,
        /more cpu for the task/,
    ],
    "no memory": [side("memory: 0"), "services.web.sidecars.nginx.memory", /./, /./],
    "an entry point with a variable that nothing fills in": [
        side("entrypoint: [run, $HOME]"),
        "services.web.sidecars.nginx.entrypoint[1]",
        /\$HOME reaches/,
        /./,
    ],
    "an entry point as a text": [side("entrypoint: run"), "services.web.sidecars.nginx.entrypoint", /./, /./],
    "a secret that is in the clear, too": [
        side("environment: { LEVEL: info }, secrets: { LEVEL: { set: {} } }"),
        "services.web.sidecars.nginx.secrets.LEVEL",
        /./,
        /./,
    ],
    "a secret without a source": [
        side("secrets: { PASSWORD: {} }"),
        "services.web.sidecars.nginx.secrets.PASSWORD",
        /./,
        /./,
    ],
    "secrets at the place of a service's": [
        `image: "${IMAGE}"\nservices: { web: { sidecars: { nginx: { image: "${IMAGE}", secrets: { A_TOKEN: { set: {} } } } } }, web-nginx: {} }`,
        "services.web.sidecars.nginx",
        /blog-web-nginx is taken by/,
        /another name/,
    ],
    "a volume that is none": [
        worker("mounts: { data: /data }"),
        "services.web.mounts.data",
        /is not a volume of the heritage/,
        /volumes: \{ data: \{\} \}/,
    ],
    "a volume that nobody mounts": [
        worker("count: 2", "volumes: { data: {} }"),
        "volumes.data",
        /is mounted by no container/,
        /mounts: \{ data/,
    ],
    "a mount without a slash": [
        worker("mounts: { data: data }", "volumes: { data: {} }"),
        "services.web.mounts.data",
        /no slash in front/,
        /^\/data$/,
    ],
    "a directory that is written to anyway": [
        worker("mounts: { data: /data }, writable: [/data]", "volumes: { data: {} }"),
        "services.web.mounts.data",
        /is in writable, too/,
        /one of the two/,
    ],
    "a directory that its Dockerfile leaves to root": [
        worker("mounts: { data: /data }", "volumes: { data: {} }").replace(/image: ".*"/, "build: images/app"),
        "services.web.mounts.data",
        /no VOLUME of the Dockerfile names it/,
        /VOLUME \/data/,
    ],
};

describe("containers beside an application", () => {
    refusesBelow("", BROKEN, { "images/app/Dockerfile": "FROM debian" });

    it("are right on ports and volumes of their own", () => {
        const yaml = side("port: 81, mounts: { data: /srv }", "receives: nginx, mounts: { data: /data },");
        expect(problemsOfBlog(`${yaml}\nvolumes: { data: {} }`)).to.deep.equal([]);
    });
});
