import type { KubeObject } from "../model/kube-object.ts";

/** What a manifest of istiod says about its injector. */
export interface InjectionWebhook {
  /** Name of the MutatingWebhookConfiguration; null when the manifest has none, and so no gate is needed. */
  readonly webhook: string | null;
  /** Why there is none, for the plan's notes; null when there is one. */
  readonly reason: string | null;
}

/** Name and label by the istiod chart, `templates/mutatingwebhook.yaml`: a revision and a namespace may follow the name. */
const NAME = "istio-sidecar-injector";
const APP_LABEL = "sidecar-injector";

/** Finds the injector among the objects of istiod's manifest, rendered or deployed. */
export function injectionWebhook(manifest: readonly KubeObject[]): InjectionWebhook {
  const names = manifest.filter(isInjector).map(({ metadata }) => metadata.name);
  const webhook = names.find((each) => each === NAME) ?? names[0] ?? null;
  const reason =
    webhook === null
      ? "istiod's manifest has no injection webhook (value global.operatorManageWebhooks), so there is none to wait for"
      : null;
  return { webhook, reason };
}

/** Tags have webhooks of the same label; they point to an injector and are not one. */
function isInjector({ kind, metadata }: KubeObject): boolean {
  if (kind !== "MutatingWebhookConfiguration") return false;
  const named = metadata.name === NAME || metadata.name.startsWith(`${NAME}-`);
  return named || (metadata.labels?.["app"] === APP_LABEL && metadata.labels["istio.io/tag"] === undefined);
}
