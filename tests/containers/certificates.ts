import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { output } from "./docker";

export interface Authority {
    certificate: string;
    /** Makes `<name>.crt` and `<name>.key` for a host, and returns them. */
    issue(name: string, host: string): Promise<{ certificate: string; key: string }>;
}

/** A certificate authority for one test run, in `directory`. */
export async function authority(directory: string, name: string): Promise<Authority> {
    const file = (base: string) => join(directory, base);
    const openssl = (...args: string[]) => output("openssl", args);
    const newKey = (base: string) =>
        `-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256 -keyout ${base}.key`
            .split(" ")
            .map((word) => (word.endsWith(".key") ? file(word) : word));

    // All of it said here, for the configuration that comes with openssl differs from system to system.
    const config = (base: string, extensions: string[]) => {
        writeFileSync(
            file(`${base}.cnf`),
            ["[req]", "distinguished_name = name", "[name]", "[extensions]", ...extensions, ""].join("\n"),
        );
        return file(`${base}.cnf`);
    };
    const own = config(name, ["basicConstraints = critical,CA:TRUE", "keyUsage = critical,keyCertSign,cRLSign"]);
    await openssl(
        "req",
        "-x509",
        "-config",
        own,
        "-extensions",
        "extensions",
        "-days",
        "2",
        "-subj",
        `/CN=${name}`,
        ...newKey(name),
        "-out",
        file(`${name}.crt`),
    );

    return {
        certificate: readFileSync(file(`${name}.crt`), "utf8"),
        async issue(server, host) {
            const theirs = config(server, [
                "basicConstraints = critical,CA:FALSE",
                "keyUsage = critical,digitalSignature",
                "extendedKeyUsage = serverAuth",
                `subjectAltName = DNS:${host}`,
            ]);
            await openssl(
                "req",
                "-new",
                "-config",
                theirs,
                "-subj",
                "/CN=database",
                ...newKey(server),
                "-out",
                file(`${server}.csr`),
            );
            await openssl(
                "x509",
                "-req",
                "-in",
                file(`${server}.csr`),
                "-out",
                file(`${server}.crt`),
                "-days",
                "2",
                "-sha256",
                "-CA",
                file(`${name}.crt`),
                "-CAkey",
                file(`${name}.key`),
                "-CAcreateserial",
                "-extfile",
                theirs,
                "-extensions",
                "extensions",
            );
            return {
                certificate: readFileSync(file(`${server}.crt`), "utf8"),
                key: readFileSync(file(`${server}.key`), "utf8"),
            };
        },
    };
}
