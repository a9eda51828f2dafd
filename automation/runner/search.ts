/** By which ids a resource that was being created is in AWS, if it is. */
import * as pulumi from "@pulumi/pulumi";
import { typeEntry } from "../../aws/types";
import { clientOptions } from "../../components/fargate/aws-clients";
import type { StackFile } from "../plan/stack-file";
import { providersOf } from "./scratch";
import type { State, StateResource } from "./stack";
import { typeOf } from "./urn";

/** ARNs in the stack's region that carry all of these tags; undefined where AWS does not tell. */
export type Lookup = (tags: Record<string, string>, kind: string) => Promise<readonly string[] | undefined>;

const NOTHING_TELLS = "nothing tells whether it was made";

/** Looks for resources of which the state does not know whether they were made. */
export class Search {
    private readonly known: ReadonlySet<unknown>;

    constructor(
        private readonly state: State,
        private readonly lookup: Lookup,
    ) {
        this.known = new Set(state.resources.flatMap(({ id, outputs }) => [id, outputs?.arn]));
    }

    /** Whether its id follows from what the program gave it. */
    byName({ urn }: StateResource): boolean {
        const search = typeEntry(typeOf(urn))?.search;
        return typeof search === "object" && "byName" in search;
    }

    /** The ids under which it may be: none where nothing has to be looked for. */
    async for(resource: StateResource): Promise<{ ids: readonly string[]; unknown?: string }> {
        const { urn, inputs = {} } = resource;
        const type = typeOf(urn);
        const search = typeEntry(type)?.search ?? (type.startsWith("aws:") ? "unknown" : "harmless");
        if (search === "harmless") return { ids: [] };
        if (search === "unknown") return { ids: [], unknown: NOTHING_TELLS };
        if ("byName" in search) {
            const name = search.byName(inputs);
            const whole = typeof name === "string" && !name.includes("undefined");
            return whole ? { ids: [name] } : { ids: [], unknown: NOTHING_TELLS };
        }
        const { byTags: kind, id } = search;
        const tags = this.tagsOf(resource);
        // Without tags, everything in the account looks like it.
        if (Object.keys(tags).length === 0) return { ids: [], unknown: "it has no tags by which to find it" };
        const arns = await this.lookup(tags, kind);
        if (!arns) return { ids: [], unknown: "AWS does not say what carries the stack's tags (tag:GetResources)" };
        return { ids: arns.map(id).filter((one, i) => !this.known.has(one) && !this.known.has(arns[i])) };
    }

    /** Something else of that name stays whose it is, and the `up` says that the name is taken. */
    isOurs(read: StateResource, wanted: StateResource): boolean {
        const tags = read.outputs?.tagsAll;
        if (typeof tags !== "object" || tags === null) return true;
        const theirs = tags as Record<string, unknown>;
        return Object.entries(this.tagsOf(wanted)).every(([key, value]) => theirs[key] === value);
    }

    /** Its own tags, and those that its provider gives to everything. */
    private tagsOf(resource: StateResource): Record<string, string> {
        const defaults = providersOf(resource, this.state)[0]?.inputs?.defaultTags;
        const parsed = (typeof defaults === "string" ? JSON.parse(defaults) : defaults) as
            { tags?: object } | undefined;
        return { ...stringsOf(parsed?.tags), ...stringsOf(resource.inputs?.tags) };
    }
}

const stringsOf = (tags: unknown): Record<string, string> =>
    Object.fromEntries(
        Object.entries((tags ?? {}) as object).filter(
            (entry): entry is [string, string] => typeof entry[1] === "string",
        ),
    );

/** AWS's own index of tags, for the region of the stack. */
export async function tagLookup(file: StackFile): Promise<Lookup> {
    const { ResourceGroupsTaggingAPIClient, paginateGetResources } =
        await import("@aws-sdk/client-resource-groups-tagging-api");
    pulumi.runtime.setAllConfig(file.config);
    const client = new ResourceGroupsTaggingAPIClient(await clientOptions(file.config["aws:region"]!));
    return async (tags, kind) => {
        const TagFilters = Object.entries(tags).map(([Key, value]) => ({ Key, Values: [value] }));
        const arns: string[] = [];
        try {
            for await (const { ResourceTagMappingList = [] } of paginateGetResources(
                { client },
                { TagFilters, ResourceTypeFilters: [kind] },
            )) {
                arns.push(...ResourceTagMappingList.flatMap(({ ResourceARN }) => ResourceARN ?? []));
            }
        } catch {
            return undefined;
        }
        return arns;
    };
}
