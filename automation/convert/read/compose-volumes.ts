/** Volumes and mounts of a compose file. */
import path from "node:path/posix";
import type { Image, Workload } from "../model";
import type { Node } from "../node";
import { asWritten } from "./interpolate";

interface Mount {
    readonly source: string | undefined;
    readonly target: string;
    readonly readOnly: boolean;
}

export function volumesOf(service: Node, workload: Workload, image: Image) {
    for (const written of service.texts("tmpfs") ?? []) {
        const [target, options] = written.split(":") as [string, string?];
        workload.writable.push(target);
        if (options !== undefined)
            workload.changed(`The tmpfs ${written}: on the task's disk here, and not in its memory.`, "writable");
    }
    for (const item of service.items("volumes") ?? []) {
        const mount = mountOf(item);
        item.get("type")?.leaveOut("its source says what it is");
        item.take();
        if (mount) addMount(mount, workload, image);
    }
    for (const item of service.items("configs") ?? []) {
        const name = asWritten((item.isLeaf ? item.text() : item.text("source")) ?? "");
        item.take();
        workload.todo(`The file ${name}: copy it into the image, in its Dockerfile.`);
    }
}

function mountOf(item: Node): Mount | undefined {
    if (!item.isLeaf) {
        const source = item.plain("source");
        if (item.plain("type") === "tmpfs")
            return { source: "tmpfs", target: String(item.plain("target")), readOnly: false };
        return {
            source: source === undefined ? undefined : String(source),
            target: String(item.plain("target")),
            readOnly: item.plain("read_only") === true,
        };
    }
    const parts = String(item.plain()).split(":");
    const mode = /^(ro|rw|z|Z|cached|delegated|consistent)([,].*)?$/.test(parts.at(-1)!) ? parts.pop() : undefined;
    const target = parts.pop()!;
    return {
        source: parts.length > 0 ? parts.join(":") : undefined,
        target,
        readOnly: mode?.startsWith("ro") ?? false,
    };
}

function addMount({ source, target, readOnly }: Mount, workload: Workload, image: Image) {
    const written = `${source === undefined ? "" : `${asWritten(source)}:`}${target}`;
    if (source === undefined || source === "tmpfs") {
        workload.writable.push(target);
        return;
    }
    if (target.endsWith("docker.sock")) return workload.todo(`${written}: there is no Docker on Fargate to talk to.`);
    if (/^\/etc\/(localtime|timezone)$/.test(target))
        return workload.changed(`${written} is left out: tasks have UTC; the variable TZ says another zone.`);
    const isBind = /^[./~]/.test(source) || source.includes("/");
    if (isBind && "build" in image && isCode(source, image.build.context)) {
        return workload.changed(`${written} is left out: the image has these files itself.`);
    }
    if (isBind && (readOnly || /\.\w+$/.test(path.basename(target)))) {
        return workload.todo(`${written}: copy it into the image, in its Dockerfile.`);
    }
    workload.persistentAt(written, asWritten(source), target);
}

/** A mount for development: the folder that the image is built from, or one in it with a programmer's name. */
const isCode = (source: string, context: string): boolean =>
    [".", "./", context, `${context}/`].includes(source) ||
    /^(\.|\.\/)?(src|app|lib|test|tests|spec|public|static|package\.json)?\/?$/.test(source) ||
    source.startsWith(`${context}/src`);
