import { asObject } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { STACK_LABEL } from "../model/observed.ts";
import type { SecretName } from "../model/stack.ts";

/** Says which Secret a copy was made of. */
const SOURCE_ANNOTATION = "flotilla.dev/copied-from";

/** True when two Secrets are of one type and hold the same. */
export function hasSameContent(one: KubeObject, other: KubeObject): boolean {
  const data = asObject(one["data"]);
  const otherData = asObject(other["data"]);
  const keys = Object.keys(data);
  return (
    typeOf(one) === typeOf(other) &&
    keys.length === Object.keys(otherData).length &&
    keys.every((key) => data[key] === otherData[key])
  );
}

/** A Secret's copy in another namespace: type and data, and whose it is. */
export function copyOfSecret(secret: KubeObject, from: SecretName, namespace: string, stack: string): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name: from.name,
      namespace,
      labels: { [STACK_LABEL]: stack },
      annotations: { [SOURCE_ANNOTATION]: `${from.namespace}/${from.name}` },
    },
    type: typeOf(secret),
    data: asObject(secret["data"]),
  };
}

/** Kubernetes' own default is Opaque. */
export function typeOf(secret: KubeObject): string {
  return typeof secret["type"] === "string" ? secret["type"] : "Opaque";
}
