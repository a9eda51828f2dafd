/** The commands that deploy, with a program of a test in the place of the platform. */
import { identityWith } from "../../../automation/commands";
import type { Group } from "../../../automation/commands/cli/define";
import { destroy } from "../../../automation/commands/destroy";
import * as destroying from "../../../automation/commands/deploy/destroy";
import * as comparing from "../../../automation/commands/deploy/drift";
import * as previewing from "../../../automation/commands/deploy/preview";
import * as refreshing from "../../../automation/commands/deploy/refresh";
import * as updating from "../../../automation/commands/deploy/up";
import { drift } from "../../../automation/commands/drift";
import { preview } from "../../../automation/commands/preview";
import { refresh } from "../../../automation/commands/refresh";
import { up } from "../../../automation/commands/up";
import type { Project } from "../../../automation/runner/stack";

export const identityOf = (project: Project): Group =>
    identityWith({
        up: { ...up, run: (input: updating.UpInput, context) => updating.up(input, context, project) },
        preview: {
            ...preview,
            run: (input: previewing.PreviewInput, context) => previewing.preview(input, context, project),
        },
        refresh: {
            ...refresh,
            run: (input: refreshing.RefreshInput, context) => refreshing.refresh(input, context, project),
        },
        drift: { ...drift, run: (input: comparing.DriftInput, context) => comparing.drift(input, context, project) },
        destroy: {
            ...destroy,
            run: (input: destroying.DestroyInput, context) => destroying.destroy(input, context, project),
        },
    });
