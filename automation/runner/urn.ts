/** Parts of a URN. */
import { shortType } from "../plan/inventory";

/** `aws:rds/instance:Instance::wallet`: a resource's name on a command line, shorter than its URN. */
export const typeAndName = (urn: string) => `${typeOf(urn)}::${nameOf(urn)}`;

export const typeOf = (urn: string) => urn.split("::")[2]?.split("$").pop() ?? "";

export const nameOf = (urn: string) => urn.split("::").slice(3).join("::");

/** `aws:rds Instance wallet`: a resource's name in messages. */
export const label = (urn: string) => `${shortType(typeOf(urn))} ${nameOf(urn)}`;
