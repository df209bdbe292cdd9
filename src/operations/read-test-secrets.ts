import type { KubeClient } from "../kube/kube-client.ts";
import { asText } from "../model/json.ts";
import type { SecretName } from "../model/stack.ts";
import type { AuthoritySource, LoginSource, SmokeTest } from "../model/verify.ts";
import { readRegularText } from "../runtime/files.ts";
import { secrets } from "../runtime/redact.ts";
import { ProbeFault } from "../verify/probe-fault.ts";

/** What a smoke test trusts and shows. Holds secrets, which are masked in all output from then on. */
export interface TestSecrets {
  /** PEM; null: the usual authorities. */
  readonly ca: string | null;
  readonly client: { readonly cert: string; readonly key: string } | null;
  /** `user:password` */
  readonly auth: string | null;
}

/** Reads what a smoke test names. @throws ProbeFault `secret-missing`; FlotillaError as any read does */
export async function readTestSecrets(client: KubeClient, test: SmokeTest, signal: AbortSignal): Promise<TestSecrets> {
  const login = test.kind === "https" ? test.login : null;
  const [ca, certificate, auth] = await Promise.all([
    test.authority && readAuthority(client, test.authority, signal),
    test.clientCertificate && readCertificate(client, test.clientCertificate, signal),
    login && readLogin(client, login, signal),
  ]);
  return { ca, client: certificate, auth };
}

async function readAuthority(client: KubeClient, source: AuthoritySource, signal: AbortSignal): Promise<string> {
  if (source.type === "file") {
    const text = await readRegularText(source.path).catch(() => null);
    if (text?.includes("-----BEGIN ")) return text;
    const what = text === null ? "cannot be read" : "holds no certificate in PEM form";
    throw new ProbeFault("secret-missing", `The file ${source.path} ${what}.`, "Correct the test's `ca`.");
  }
  const data = await secretData(client, source.secret, signal);
  return keyOf(data, source.secret, source.key === null ? ["ca.crt", "tls.crt"] : [source.key]);
}

async function readCertificate(
  client: KubeClient,
  name: SecretName,
  signal: AbortSignal,
): Promise<TestSecrets["client"]> {
  const data = await secretData(client, name, signal);
  const key = keyOf(data, name, ["tls.key"]);
  secrets.add(key);
  return { cert: keyOf(data, name, ["tls.crt"]), key };
}

async function readLogin(
  client: KubeClient,
  { secret, username, usernameKey, passwordKey }: LoginSource,
  signal: AbortSignal,
): Promise<string> {
  const data = await secretData(client, secret, signal);
  const password = keyOf(data, secret, [passwordKey]);
  secrets.add(password);
  return `${username ?? keyOf(data, secret, [usernameKey])}:${password}`;
}

type Data = ReadonlyMap<string, string>;

async function secretData(client: KubeClient, name: SecretName, signal: AbortSignal): Promise<Data> {
  const secret = await client.get({ apiVersion: "v1", kind: "Secret", ...name }, signal);
  if (secret === null) {
    const why = `There is no Secret ${name.namespace}/${name.name}.`;
    throw new ProbeFault("secret-missing", why, "Correct the name in the test, or make the Secret.");
  }
  return new Map(
    Object.entries(secret["data"] ?? {}).map(([key, value]: [string, unknown]) => [
      key,
      Buffer.from(asText(value) ?? "", "base64").toString("utf8"),
    ]),
  );
}

/** The first of some keys that holds something. */
function keyOf(data: Data, { namespace, name }: SecretName, keys: readonly string[]): string {
  const found = keys.map((key) => data.get(key)).find((value) => value !== undefined && value !== "");
  if (found !== undefined) return found;
  const why = `Secret ${namespace}/${name} has no key ${keys.join(" or ")}: it has ${[...data.keys()].join(", ") || "none"}.`;
  throw new ProbeFault("secret-missing", why, "Correct the key in the test.");
}
