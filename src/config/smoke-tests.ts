import { resolve } from "node:path";
import { parseDuration } from "../model/durations.ts";
import type { Release, SecretName } from "../model/stack.ts";
import type { Entrance, LoginSource, SmokeTest } from "../model/verify.ts";
import type { ReleaseEntry } from "./schema-release.ts";
import type { SmokeTestEntry } from "./schema-verify.ts";

const DEFAULT_TIMEOUT_MS = 10_000;

/** Kinds of smoke tests, by the key that makes them so. */
export const SMOKE_TEST_KINDS = ["https", "dicom", "tcp"] as const;

/** What a smoke test is called: by its kind where it has no name. */
export function smokeTestName(entry: SmokeTestEntry): string {
  return entry.name ?? SMOKE_TEST_KINDS.find((kind) => entry[kind] !== undefined) ?? "";
}

/** The smoke tests of a release. Entries that no rule lets through are left out. */
export function smokeTests(
  { name: release, namespace, verify = [] }: Pick<ReleaseEntry, "name" | "namespace" | "verify">,
  releases: readonly Pick<Release, "name" | "namespace" | "role">[],
  folder: string,
): readonly SmokeTest[] {
  return verify.flatMap((entry): readonly SmokeTest[] => {
    const entrance = entranceOf(entry, namespace, releases);
    if (entrance === null) return [];
    const named = (text: string): SecretName => inNamespace(text, namespace);
    const { ca, clientCertificate, https, dicom, tcp, dns = false, timeout } = entry;
    const base = {
      release,
      namespace,
      name: smokeTestName(entry),
      entrance,
      dns,
      authority:
        ca === undefined
          ? null
          : "file" in ca
            ? ({ type: "file", path: resolve(folder, ca.file) } as const)
            : ({ type: "secret", secret: named(ca.secret), key: ca.key ?? null } as const),
      clientCertificate: clientCertificate === undefined ? null : named(clientCertificate),
      timeoutMs: timeout === undefined ? DEFAULT_TIMEOUT_MS : (parseDuration(timeout) ?? DEFAULT_TIMEOUT_MS),
    };
    if (https !== undefined)
      return [{ ...base, ...httpsTest(https, named), port: entry.port ?? 443, tls: entry.tls ?? true }];
    if (dicom !== undefined)
      return [{ ...base, ...dicomTest(dicom), port: entry.port ?? 11112, tls: entry.tls ?? true }];
    if (tcp === undefined || entry.port === undefined) return [];
    return [{ ...base, kind: "tcp", host: tcp?.host ?? null, port: entry.port, tls: entry.tls ?? false }];
  });
}

/** Null where nothing says which way leads in. */
function entranceOf(
  { gateway, service }: SmokeTestEntry,
  namespace: string,
  releases: readonly Pick<Release, "name" | "namespace" | "role">[],
): Entrance | null {
  if (service !== undefined) return { type: "service", ...inNamespace(service, namespace) };
  const [only, ...others] = releases.filter(
    ({ name, role }) => name === gateway || (gateway === undefined && role === "istio-ingress-gateway"),
  );
  return only === undefined || others.length > 0
    ? null
    : { type: "gateway", release: only.name, namespace: only.namespace };
}

function httpsTest(
  { host, path = "/", status, login }: NonNullable<SmokeTestEntry["https"]>,
  named: (text: string) => SecretName,
): { kind: "https"; host: string; path: string; statuses: readonly number[] | null; login: LoginSource | null } {
  const statuses = status === undefined ? null : typeof status === "number" ? [status] : status;
  if (login === undefined) return { kind: "https", host, path, statuses, login: null };
  const { secret, username = null, usernameKey = "username", passwordKey = "password" } = login;
  return { kind: "https", host, path, statuses, login: { secret: named(secret), username, usernameKey, passwordKey } };
}

function dicomTest({
  host,
  calledTitle = "ORTHANC",
  callingTitle = "FLOTILLA",
  sni = "optional",
  roundTrip = false,
}: NonNullable<SmokeTestEntry["dicom"]>) {
  return { kind: "dicom", host: host ?? null, calledTitle, callingTitle, sni, roundTrip } as const;
}

function inNamespace(text: string, namespace: string): SecretName {
  const [first = "", name] = text.split("/");
  return name === undefined ? { namespace, name: first } : { namespace: first, name };
}
