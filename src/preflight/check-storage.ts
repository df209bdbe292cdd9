import type { Finding } from "../model/finding.ts";
import { asList, asObject, asText } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { type Facts, valueOf } from "./facts.ts";
import { finding } from "./finding-codes.ts";
import { fewInWords } from "./in-words.ts";

/** Marks the class of claims that name none; the second one is what old clusters have. */
const DEFAULT_CLASS = [
  "storageclass.kubernetes.io/is-default-class",
  "storageclass.beta.kubernetes.io/is-default-class",
];

/** A volume claim of a chart. */
export interface Claim {
  readonly release: string;
  readonly name: string;
  /** Undefined: the default one. Empty: none, the volume is made by hand. */
  readonly storageClass: string | undefined;
}

/** Is there a StorageClass for every volume that the charts claim? */
export function checkStorage({ rendered, storageClasses }: Facts): readonly Finding[] {
  const classes = valueOf(storageClasses);
  if (classes === null) return [];
  const names = classes.map(({ metadata }) => metadata.name);
  const hasDefault = classes.some(({ metadata }) =>
    DEFAULT_CLASS.some((annotation) => metadata.annotations?.[annotation] === "true"),
  );
  const claims = (valueOf(rendered) ?? []).flatMap(({ release, objects }) => claimsOf(release, valueOf(objects) ?? []));
  const nameless = hasDefault ? [] : claims.filter(({ storageClass }) => storageClass === undefined);
  const lost = claims.filter(({ storageClass }) => storageClass && !names.includes(storageClass));
  const has = names.length === 0 ? "It has no StorageClass at all." : `It has: ${names.join(", ")}.`;
  return [
    ...(nameless.length === 0
      ? []
      : [
          finding(
            "storage-class-missing",
            `The cluster has no default StorageClass, and volume claims name none: ${inText(nameless)}. ${has}`,
            "Make one the default (kubectl annotate storageclass NAME storageclass.kubernetes.io/is-default-class=true), or name one in the values.",
          ),
        ]),
    ...(lost.length === 0
      ? []
      : [
          finding(
            "storage-class-missing",
            `Volume claims name a StorageClass that the cluster does not have: ${inText(lost)}. ${has}`,
            "Name one that is there in the values.",
          ),
        ]),
  ];
}

function inText(claims: readonly Claim[]): string {
  return fewInWords(
    claims.map(({ release, name, storageClass }) => `${name} of ${release}${storageClass ? ` (${storageClass})` : ""}`),
  );
}

/** The volume claims that a chart's objects make. */
export function claimsOf(release: string, objects: readonly KubeObject[]): readonly Claim[] {
  return objects.flatMap(({ kind, metadata, spec }) => {
    if (kind === "PersistentVolumeClaim") return [claim(release, metadata.name, spec)];
    if (kind !== "StatefulSet") return [];
    return asList(spec?.["volumeClaimTemplates"])
      .map(asObject)
      .map((template) => claim(release, asText(asObject(template["metadata"])["name"]) ?? "", template["spec"]));
  });
}

function claim(release: string, name: string, spec: unknown): Claim {
  return { release, name, storageClass: asText(asObject(spec)["storageClassName"]) ?? undefined };
}
