import js from "@eslint/js";
import ts from "typescript-eslint";

/** The project's own; applications below images/ and whatever else somebody puts beside these are their owner's. */
const OURS = [
    "index.ts",
    "eslint.config.mjs",
    "automation",
    "aws",
    "bin",
    "bench",
    "components",
    "config",
    "platform",
    "policy",
    "tests",
];

export default ts.config(
    { ignores: ["*", ...OURS.map((one) => `!${one}`)] },
    js.configs.recommended,
    ts.configs.recommended,
    {
        files: ["bin/*.js"],
        languageOptions: { globals: { __dirname: "readonly", process: "readonly", require: "readonly" } },
        rules: { "@typescript-eslint/no-require-imports": "off" }, // it registers the loader of TypeScript
    },
    {
        files: ["**/*.ts"],
        rules: {
            eqeqeq: "error",
            "prefer-const": "error",
            "no-console": "off",
            // The program is imported by whoever runs it, each time anew; that is what require is for.
            "@typescript-eslint/no-require-imports": "off",
            "@typescript-eslint/no-non-null-assertion": "off",
            "@typescript-eslint/consistent-type-imports": "error",
            // Chai's assertions are expressions, and tests make resources for their effect.
            "@typescript-eslint/no-unused-expressions": "off",
            "no-constant-binary-expression": "off",
            "no-restricted-syntax": [
                "error",
                {
                    selector: "SpreadElement > ArrayExpression.argument",
                    message: "Write the elements themselves, each on its line if they do not fit into one.",
                },
            ],
            "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
        },
    },
);
