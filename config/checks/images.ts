/** What ECR's scan may find in images: exceptions that have ended, or that there are twice. */
import type { PlatformConfig } from "../defaults";
import type { Problem } from "./common";

export function checkImages({ images }: PlatformConfig, now = new Date()): Problem[] {
    const today = now.toISOString().slice(0, "YYYY-MM-DD".length);
    const seen = new Map<string, number>();
    return (images.gate?.except ?? []).flatMap(({ cve, until }, i): Problem[] => {
        const path = ["images", "gate", "except", i];
        const first = seen.get(cve);
        seen.set(cve, first ?? i);
        return [
            ...(until < today
                ? [
                      {
                          path: [...path, "until"],
                          what: `the exception for ${cve} ended on ${until}`,
                          fix: "leave it out, and an image that has it stops the next up; or another end, with a reason that still holds",
                      },
                  ]
                : []),
            ...(first === undefined
                ? []
                : [
                      {
                          path,
                          what: `${cve} has an exception already, [${first}]`,
                          fix: "one, with one reason and one end",
                      },
                  ]),
        ];
    });
}
