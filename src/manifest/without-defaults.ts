import { asObject, type JsonObject, type JsonValue } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { isBuiltIn } from "./comparable.ts";

/**
 * What the API server fills in where a manifest says nothing, by field (kubernetes, pkg/apis/…/v1/defaults.go); fields that
 * have different defaults in different places are left out. To say it or not is the same.
 */
const DEFAULTS: Readonly<Record<string, JsonValue>> = {
  protocol: "TCP",
  sessionAffinity: "None",
  internalTrafficPolicy: "Cluster",
  externalTrafficPolicy: "Cluster",
  publishNotReadyAddresses: false,
  dnsPolicy: "ClusterFirst",
  schedulerName: "default-scheduler",
  terminationGracePeriodSeconds: 30,
  terminationMessagePath: "/dev/termination-log",
  terminationMessagePolicy: "File",
  enableServiceLinks: true,
  hostNetwork: false,
  hostPID: false,
  hostIPC: false,
  readOnly: false,
  privileged: false,
  runAsNonRoot: false,
  readOnlyRootFilesystem: false,
  optional: false,
  defaultMode: 420,
  volumeMode: "Filesystem",
  revisionHistoryLimit: 10,
  progressDeadlineSeconds: 600,
  podManagementPolicy: "OrderedReady",
  successThreshold: 1,
  failureThreshold: 3,
  periodSeconds: 10,
  scheme: "HTTP",
  concurrencyPolicy: "Allow",
  suspend: false,
  completionMode: "NonIndexed",
  matchPolicy: "Equivalent",
  reinvocationPolicy: "Never",
  preserveUnknownFields: false,
};

/** Mappings whose keys are the user's own words. */
const FREE: ReadonlySet<string> = new Set([
  "data",
  "binaryData",
  "labels",
  "annotations",
  "matchLabels",
  "nodeSelector",
  "selector",
  "parameters",
  "openAPIV3Schema",
]);

/** The object without the fields that say what the API server would fill in. Custom kinds stay as they are. Pure. */
export function withoutDefaults(object: KubeObject): KubeObject {
  return isBuiltIn(object.apiVersion) ? (without(object, "") as KubeObject) : object;
}

function without(value: JsonValue, field: string): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item) => without(item, field));
  if (typeof value !== "object" || value === null || FREE.has(field)) return value;
  return Object.fromEntries(
    Object.entries(asObject(value) satisfies JsonObject).flatMap(([key, below]) =>
      below === undefined || (key in DEFAULTS && DEFAULTS[key] === below) ? [] : [[key, without(below, key)]],
    ),
  );
}
