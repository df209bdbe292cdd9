const SECRET_KEY =
  /(?:pass(?:word|wd|phrase|code)|pwd|token|(?:api|access|private|secret|signing|encryption|account)[-_]?key|(?:client|app|shared|jwt|cookie|session|consumer|webhook)[-_]?secret)s?$|^(?:secret|dsn)$/i;

/** Keys that tell where a secret is to be found: `existingSecretKey` names a key of a Secret. */
const NAMES_A_SECRET = /existing|ref/i;

/**
 * Whether what stands under a key of values, or in a variable of this name, is most likely a secret itself, rather than
 * the name of a Secret (`existingSecret`, `secretName`) or of a file (`tokenPath`).
 */
export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key) && !NAMES_A_SECRET.test(key);
}
