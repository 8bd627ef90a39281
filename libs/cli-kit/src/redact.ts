/** Takes secrets out of text before anybody sees it. */
export interface Redactor {
  /** `text` with every known secret, and everything that looks like one, replaced by `***`. */
  (text: string): string;
}

/** Shorter values would blank out ordinary words; nobody's real secret is that short. */
const SECRET_LENGTH_MIN = 6;
const MASK = '***';
const SECRET_VARIABLE = /SECRET|TOKEN|PASSWORD|PASSPHRASE|PRIVATE_KEY|API_KEY|ACCESS_KEY|WEBHOOK/i;
const SECRET_PARAMETER =
  /([?&;](?:x-amz-signature|x-amz-security-token|x-amz-credential|x-goog-signature|x-goog-credential|sig|signature|token|access_token|secret|secret_access_key|password|key|access_key|access_key_id|credential)=)[^&#;\s"'<>]+/gi;

/** Whether a variable of this name holds something secret. */
export function isSecretName(name: string): boolean {
  return SECRET_VARIABLE.test(name);
}

/**
 * A redactor that knows the values of `secrets` and of the variables of `env` whose names say they are secret, in
 * plain, JSON and URL spelling; beside these it masks the user part and the credential parameters of URLs, AWS access
 * key ids and `Authorization` values wherever they come from.
 */
export function createRedactor(
  env: Readonly<Record<string, string | undefined>>,
  secrets: readonly string[],
): Redactor {
  const known = Object.entries(env).flatMap(([name, value]) => (isSecretName(name) ? (value ?? []) : []));
  const values = [...known, ...secrets]
    .filter((value) => value.length >= SECRET_LENGTH_MIN)
    .flatMap((value) => [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]);
  // Longest first, so that a secret inside another one does not leave the rest of it standing.
  const ordered = [...new Set(values)].sort((a, b) => b.length - a.length);
  return (text) => {
    let clean = text;
    for (const value of ordered) clean = clean.replaceAll(value, MASK);
    return clean
      .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/?#"'@]+@/gi, `$1${MASK}@`)
      .replace(SECRET_PARAMETER, `$1${MASK}`)
      .replace(/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, MASK)
      .replace(
        /(authorization["']?\s*[:=]\s*["']?)(?:(?:bearer|basic|aws4-hmac-sha256)\s+)?[^\s"',]+/gi,
        `$1${MASK}`,
      );
  };
}
