import { asObject, type JsonObject, type JsonValue } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { apiGroup } from "./cluster-scope.ts";
import { isNothing } from "./same-value.ts";

/** Metadata that the API server writes, or that names the object. */
const SERVER_OWNED: ReadonlySet<string> = new Set([
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "managedFields",
  "selfLink",
]);

/** Kubernetes' own groups: names without a dot, and those under k8s.io. Others hold custom kinds. */
export function isBuiltIn(apiVersion: string): boolean {
  const group = apiGroup(apiVersion);
  return !group.includes(".") || /(^|\.)k8s\.io$/.test(group) ? !PROJECTS.has(group) : false;
}

/** Groups under k8s.io that come as CRDs all the same. */
const PROJECTS: ReadonlySet<string> = new Set([
  "gateway.networking.k8s.io",
  "snapshot.storage.k8s.io",
  "metrics.k8s.io",
]);

/**
 * What of an object counts when two are compared: without status, without what the API server writes, without nulls; a
 * Secret's `stringData` where it ends up, in `data`. Pure.
 */
export function comparable(object: KubeObject): KubeObject {
  const { apiVersion, kind, status: _status, metadata, ...rest } = object;
  const kept = Object.entries(metadata).filter(([key, value]) => !SERVER_OWNED.has(key) && !isEmptyMapping(value));
  const plain = withoutNulls({ apiVersion, kind, metadata: Object.fromEntries(kept), ...rest }) as KubeObject;
  return kind === "Secret" && apiVersion === "v1" ? withPlainData(plain) : plain;
}

function isEmptyMapping(value: JsonValue | undefined): boolean {
  return typeof value === "object" && value !== null && isNothing(value);
}

function withoutNulls(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value as JsonObject).flatMap(([key, below]) =>
      below === undefined || below === null ? [] : [[key, withoutNulls(below)]],
    ),
  );
}

/** As the API server does it: plain text goes over what stands in `data` (kubernetes.io, Secret v1, stringData). */
function withPlainData(secret: KubeObject): KubeObject {
  const { stringData, ...rest } = secret;
  if (stringData === undefined) return secret;
  const encoded = Object.entries(asObject(stringData)).map(([key, text]) => [key, encode(String(text))] as const);
  return { ...(rest as KubeObject), data: { ...asObject(secret["data"]), ...Object.fromEntries(encoded) } };
}

function encode(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}
