import type { KubeObject } from "../model/kube-object.ts";

/** Which of several istiods is meant (istio.io, "Resource Labels"). */
export const ISTIO_REVISION_LABEL = "istio.io/rev";

/** A webhook configuration that istiod answers. */
export interface IstiodWebhook {
  readonly name: string;
  /** Istio's revision; `default` where it has no name. */
  readonly revision: string;
}

/** Name and label by the istiod chart, `templates/mutatingwebhook.yaml`: a revision and a namespace may follow the name. */
const INJECTOR = "istio-sidecar-injector";
const INJECTOR_APP = "sidecar-injector";

/** Name by the istiod chart, `templates/validatingwebhookconfiguration.yaml`: a revision and the namespace follow. */
const VALIDATOR = "istio-validator";

/** The injector among the objects of istiod's manifest, rendered or deployed; null when there is none. */
export function injectionWebhook(manifest: readonly KubeObject[]): IstiodWebhook | null {
  // Tags have webhooks of the same label; they point to an injector and are not one.
  const injectors = manifest.filter(
    (object) => isInjector(object) && object.metadata.labels?.["istio.io/tag"] === undefined,
  );
  return describe(injectors.find(({ metadata }) => metadata.name === INJECTOR) ?? injectors[0]);
}

/** The validator among them; null when there is none (value `global.configValidation`). */
export function validationWebhook(manifest: readonly KubeObject[]): IstiodWebhook | null {
  return describe(
    manifest.find(
      ({ kind, metadata }) => kind === "ValidatingWebhookConfiguration" && isNamed(metadata.name, VALIDATOR),
    ),
  );
}

/** Whether an object is a webhook configuration that injects proxies: an injector's own, or one of a revision tag. */
export function isInjector({ kind, metadata }: KubeObject): boolean {
  if (kind !== "MutatingWebhookConfiguration") return false;
  return isNamed(metadata.name, INJECTOR) || metadata.labels?.["app"] === INJECTOR_APP;
}

function isNamed(name: string, start: string): boolean {
  return name === start || name.startsWith(`${start}-`);
}

function describe(object: KubeObject | undefined): IstiodWebhook | null {
  if (!object) return null;
  const { name, labels } = object.metadata;
  return { name, revision: labels?.[ISTIO_REVISION_LABEL] ?? "default" };
}
