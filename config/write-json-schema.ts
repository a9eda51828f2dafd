/** Writes build/stack.schema.json, by which an editor completes and checks Pulumi.<stack>.yaml. Runs after `npm ci`. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { stackJsonSchema } from "./json-schema";

const build = path.join(__dirname, "..", "build");
mkdirSync(build, { recursive: true });
writeFileSync(path.join(build, "stack.schema.json"), `${JSON.stringify(stackJsonSchema(), null, 2)}\n`);
