/** The commands that deploy, with a program of a test in the place of the platform. */
import { identityWith } from "../../../automation/commands";
import type { Group } from "../../../automation/commands/cli/define";
import * as declared from "../../../automation/commands/deploy";
import { destroy } from "../../../automation/commands/deploy/destroy";
import { drift } from "../../../automation/commands/deploy/drift";
import { preview } from "../../../automation/commands/deploy/preview";
import { refresh } from "../../../automation/commands/deploy/refresh";
import { up } from "../../../automation/commands/deploy/up";
import type { Project } from "../../../automation/runner/stack";

export const identityOf = (project: Project): Group =>
    identityWith({
        up: { ...declared.up, run: (input: declared.UpInput, context) => up(input, context, project) },
        preview: {
            ...declared.preview,
            run: (input: declared.PreviewInput, context) => preview(input, context, project),
        },
        refresh: {
            ...declared.refresh,
            run: (input: declared.RefreshInput, context) => refresh(input, context, project),
        },
        drift: { ...declared.drift, run: (input: declared.DriftInput, context) => drift(input, context, project) },
        destroy: {
            ...declared.destroy,
            run: (input: declared.DestroyInput, context) => destroy(input, context, project),
        },
    });
