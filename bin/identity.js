#!/usr/bin/env node
"use strict";
const { existsSync } = require("node:fs");
const path = require("node:path");

if (existsSync(path.join(__dirname, "../automation"))) {
    require("sucrase/register/ts");
    require("../automation/plan/transpiled-once"); // keeps what sucrase made of a file
    require("../automation/plan/without-closures");
    const { IDENTITY } = require("../automation/commands");
    const { runProcess } = require("../automation/commands/cli/process");
    runProcess(process.argv.slice(2), IDENTITY);
} else {
    // npm packs every `bin`, also where the package has nothing for it to run.
    process.stderr.write(
        "The commands are for a checkout of identity-platform. This package has its components alone: docs/components.md\n",
    );
    process.exitCode = 2;
}
