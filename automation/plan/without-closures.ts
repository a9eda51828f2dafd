/**
 * Loads @pulumi/pulumi without what turns functions into text: TypeScript's compiler and npm's Arborist, which are a third of the
 * time that it takes to load and which only a program with functions as resources needs (`pulumi.dynamic`, AWS Lambda callbacks). They
 * are loaded when one of these is asked for after all. To be imported before anything that imports @pulumi/pulumi.
 */
import Module from "node:module";

type Exports = Record<string, (...args: unknown[]) => unknown>;

function whenCalled(file: string, names: string[]) {
    const path = require.resolve(`@pulumi/pulumi/runtime/closure/${file}`);
    if (require.cache[path]) return;
    const real = () => {
        if (require.cache[path] === standIn) delete require.cache[path];
        return require(path) as Exports;
    };
    const standIn = Object.assign(new Module(path), {
        loaded: true,
        exports: Object.fromEntries(names.map((name) => [name, (...args: unknown[]) => real()[name]!(...args)])),
    });
    require.cache[path] = standIn;
}

whenCalled("serializeClosure", ["serializeFunction", "serializeFunctionAsync"]);
whenCalled("codePaths", ["computeCodePaths"]);
