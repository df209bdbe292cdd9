import type { PinnedRelease } from "../model/lock.ts";
import type { GateStep, ValidatedApi } from "../model/plan.ts";
import type { Release } from "../model/stack.ts";

/** The webhooks that istiod brings, as its manifest renders them; null for those that it does not. */
export interface IstiodWebhooks {
  /** The istiod release. */
  readonly release: string;
  readonly namespace: string;
  readonly injection: IstiodWebhook | null;
  readonly validation: IstiodWebhook | null;
}

/** A webhook configuration that istiod answers. */
export interface IstiodWebhook {
  readonly name: string;
  /** Istio's revision; `default` where it has no name. */
  readonly revision: string;
}

/** The webhook that an add-on's release brings: it refuses objects that are wrong, or all of them while it does not run. */
export interface AddonWebhook {
  readonly release: string;
  readonly namespace: string;
  readonly webhook: string;
  readonly api: ValidatedApi;
}

/** What gates are made for. */
interface GateEvidence {
  /** Those of the stack's own add-ons. */
  readonly addonWebhooks: readonly AddonWebhook[];
  /** Null when the stack has no istiod, or nothing changes that would pass through its gates. */
  readonly webhooks: IstiodWebhooks | null;
  readonly releases: readonly { readonly pinned: PinnedRelease; readonly action: string }[];
}

/** The gates of a plan: they stand only where something passes through them that changes, and a webhook is to wait for. */
export function gateSteps({ webhooks, addonWebhooks, releases }: GateEvidence): readonly GateStep[] {
  const changing = releases.filter(({ action }) => action !== "unchanged");
  const addons = addonWebhooks.filter(({ release }) =>
    changing.some(({ pinned }) => pinned.release.needs.includes(release)),
  );
  return [...istioGates(webhooks, changing), ...addons.map(addonGate)];
}

function istioGates(webhooks: IstiodWebhooks | null, changing: GateEvidence["releases"]): readonly GateStep[] {
  if (webhooks === null) return [];
  const injected = changing.filter(({ pinned }) => pinned.release.injected);
  const behind = changing.filter(({ pinned }) => pinned.release.needs.includes(webhooks.release));
  return [
    ...injected.flatMap(({ pinned }) => injectionGate(webhooks, pinned.release)),
    ...validationGate(webhooks, behind.length > 0),
  ];
}

/** Ids of the gates that a release passes. */
export function gatesOf(release: Release, gates: readonly GateStep[]): readonly string[] {
  return gates
    .filter(({ passes, release: istiod }) =>
      passes === null ? release.needs.includes(istiod) : passes === release.name,
    )
    .map(({ id }) => id);
}

/** What the plan says of gates that do not stand although something would pass through them. */
export function gateNotes({ webhooks, releases }: Pick<GateEvidence, "webhooks" | "releases">): readonly string[] {
  if (webhooks === null || webhooks.injection !== null) return [];
  if (!releases.some(({ pinned }) => pinned.release.injected)) return [];
  return [
    "No injection gate: istiod's manifest has no injection webhook (value global.operatorManageWebhooks), so there is none to wait for",
  ];
}

function injectionGate({ injection, release, namespace }: IstiodWebhooks, passing: Release): readonly GateStep[] {
  if (injection === null) return [];
  const { name, namespace: own } = passing;
  return [
    {
      kind: "gate",
      id: `gate/injection/${name}`,
      needs: [`release/${release}`, `namespace/${own}`],
      action: "install",
      reason: `pods that come before ${injection.name} answers stay without their proxy`,
      gate: "injection",
      release,
      namespace,
      webhook: injection.name,
      api: "networking.istio.io",
      istioRevision: injection.revision,
      passes: name,
    },
  ];
}

function validationGate({ validation, release, namespace }: IstiodWebhooks, needed: boolean): readonly GateStep[] {
  if (validation === null || !needed) return [];
  return [
    {
      kind: "gate",
      id: "gate/validation",
      needs: [`release/${release}`],
      action: "install",
      reason: `Istio's objects are refused, or taken unseen, before ${validation.name} answers`,
      gate: "validation",
      release,
      namespace,
      webhook: validation.name,
      api: "networking.istio.io",
      istioRevision: validation.revision,
      passes: null,
    },
  ];
}

function addonGate({ release, namespace, webhook, api }: AddonWebhook): GateStep {
  return {
    kind: "gate",
    id: `gate/validation/${release}`,
    needs: [`release/${release}`],
    action: "install",
    reason: `objects of ${api} are refused before ${webhook} answers`,
    gate: "validation",
    release,
    namespace,
    webhook,
    api,
    istioRevision: null,
    passes: null,
  };
}
