import { createDecipheriv, pbkdf2Sync } from "node:crypto";
import { readFileSync } from "node:fs";

/** Decrypts a value of a stack file. */
export type Decrypt = (ciphertext: string) => string;

/**
 * Decrypts the secrets of a stack file with the passphrase in the environment (PULUMI_CONFIG_PASSPHRASE, PULUMI_CONFIG_PASSPHRASE_FILE).
 * Undefined where there is no passphrase, or the stack has another secrets provider. Throws where it is the wrong passphrase.
 *
 * The format is that of `pkg/secrets/passphrase` in Pulumi: the salt is `v1:<salt>:<proof>`, a ciphertext `v1:<nonce>:<text and tag>`, all
 * in base64; the key is PBKDF2 over SHA-256 with a million rounds; the cipher is AES-256-GCM.
 */
export function decrypter(encryptionSalt: unknown, environment: NodeJS.ProcessEnv = process.env): Decrypt | undefined {
    const { PULUMI_CONFIG_PASSPHRASE: text, PULUMI_CONFIG_PASSPHRASE_FILE: file } = environment;
    const passphrase = text ?? (file ? readFileSync(file, "utf8").trim() : undefined);
    if (passphrase === undefined || typeof encryptionSalt !== "string") return undefined;
    const [, salt = "", ...proof] = encryptionSalt.split(":");
    const key = pbkdf2Sync(passphrase, Buffer.from(salt, "base64"), 1_000_000, 32, "sha256");
    const decrypt: Decrypt = (ciphertext) => {
        const [, nonce = "", sealed = ""] = ciphertext.split(":");
        const bytes = Buffer.from(sealed, "base64");
        const cipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
        cipher.setAuthTag(bytes.subarray(-16));
        return Buffer.concat([cipher.update(bytes.subarray(0, -16)), cipher.final()]).toString("utf8");
    };
    decrypt(proof.join(":")); // throws where it is the wrong passphrase
    return decrypt;
}
