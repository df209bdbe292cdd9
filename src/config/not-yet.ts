import type { Path } from "./yaml-source.ts";

/** Keys of the contract that this version does not read, by where they stand (`*`: any name or position). */
const NOT_YET: Readonly<Record<string, readonly string[]>> = {
  "": ["sources"],
  "namespaces.*": ["pullSecretsFrom"],
  istio: ["cni", "ztunnel", "revisions", "tags", "defaultRevision", "external"],
  "releases.*": ["manifests", "adopt", "protect"],
  "releases.*.wait": ["engine", "for"],
};

/** True for a key that a later version will read: it must be refused by that name, never ignored. */
export function isNotYet(path: Path, key: string): boolean {
  const place = path.map((step, index) => (index === 1 ? "*" : String(step))).join(".");
  return NOT_YET[place]?.includes(key) ?? false;
}
