import { createDecipheriv, pbkdf2Sync } from "node:crypto";
import { readFileSync } from "node:fs";

/** A text that Pulumi encrypted, in the clear. */
export type Decrypt = (ciphertext: string) => string;

/**
 * Reads what a stack file holds encrypted by a passphrase, where the environment has it as the Pulumi CLI would look for it
 * (PULUMI_CONFIG_PASSPHRASE, PULUMI_CONFIG_PASSPHRASE_FILE). Undefined where there is none, or the stack has another secrets provider.
 *
 * As `pkg/secrets/passphrase` of Pulumi has it: the salt is `v1:<salt>:<proof>`, a ciphertext `v1:<nonce>:<text and tag>`, all in
 * base64; the key is PBKDF2 over SHA-256, a million rounds; the cipher AES-256-GCM.
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
    decrypt(proof.join(":")); // throws where the passphrase is another one
    return decrypt;
}
