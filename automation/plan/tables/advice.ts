/** What is to be looked at. */
import { groupBy } from "../grouping";
import type { Plan } from "../model";
import { list } from "../text";
import { type Block, tableOf } from "./blocks";

export const adviceTable = ({ advice }: Plan): Block[] =>
    tableOf(
        "Advice",
        ["about", "what"],
        groupBy(advice, ({ what, fix }) => JSON.stringify([what, fix])).map((alike) => [
            list(alike.map(({ about }) => about)),
            [alike[0].what, `→ ${alike[0].fix}`],
        ]),
    );
