import { pathText, type Path } from "./yaml-source.ts";

/** Keys that the contract keeps for later, by where they stand, and what they will be for. */
const RESERVED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  istio: {
    revisions: "several control planes side by side (canary upgrades)",
    tags: "names for revisions (canary upgrades)",
    defaultRevision: "the revision that unlabelled namespaces get (canary upgrades)",
    external: "an istiod that others run",
  },
};

/** What a reserved key is reserved for; null for one that is not reserved. It must be refused by name, never ignored. */
export function reservedFor(path: Path, key: string): string | null {
  const keys = RESERVED[pathText(path)];
  return keys && Object.hasOwn(keys, key) ? (keys[key] ?? null) : null;
}
