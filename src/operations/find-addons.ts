import { type Addon, addonOf } from "../catalog/addons.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { FlotillaError } from "../model/errors.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { PinnedRelease } from "../model/lock.ts";
import type { ObservedRelease, StackRecord } from "../model/observed.ts";
import type { Release } from "../model/stack.ts";
import type { AddonWebhook } from "../plan/gates.ts";
import { findRelease } from "./observe-stack.ts";

/** A release of the stack whose part somebody else plays already. */
export interface PresentAddon {
  readonly release: string;
  /** A sentence for the plan's notes. */
  readonly note: string;
}

/** What the stack is and has. */
export interface OwnReleases {
  readonly stack: string;
  readonly record: Pick<StackRecord, "releases">;
  readonly observed: readonly ObservedRelease[];
}

/**
 * The add-ons of a stack that the cluster has already, by other hands: a second one beside them would fight over the same
 * CRDs. The cluster is asked only where the stack has an add-on that is not its own yet.
 * @throws FlotillaError `release-owned` when what is there is too old to be used
 */
export async function findPresentAddons(
  client: KubeClient,
  releases: readonly Release[],
  own: OwnReleases,
  signal: AbortSignal,
): Promise<readonly PresentAddon[]> {
  const found = await Promise.all(
    releases.map(async (release) => {
      const addon = addonOf(release.role);
      if (addon === null || release.adopt || isOwn(release, own)) return [];
      const [deployment] = await deploymentsOf(client, addon, signal);
      return deployment === undefined ? [] : [await presentAddon(client, release.name, addon, deployment, signal)];
    }),
  );
  return found.flat();
}

/** The releases without those that others play the part of, and without needs on them. */
export function withoutPresent(
  pinned: readonly PinnedRelease[],
  present: readonly PresentAddon[],
): readonly PinnedRelease[] {
  if (present.length === 0) return pinned;
  const isPresent = (name: string): boolean => present.some(({ release }) => release === name);
  return pinned
    .filter(({ release }) => !isPresent(release.name))
    .map((each) => ({
      ...each,
      release: { ...each.release, needs: each.release.needs.filter((need) => !isPresent(need)) },
    }));
}

/** The webhooks that the stack's own add-ons bring. */
export function addonWebhooks(pinned: readonly PinnedRelease[]): readonly AddonWebhook[] {
  return pinned.flatMap(({ release: { name, namespace, role } }) => {
    const addon = addonOf(role);
    return addon === null ? [] : [{ release: name, namespace, webhook: addon.webhook, api: addon.api }];
  });
}

function isOwn(release: Release, { stack, record, observed }: OwnReleases): boolean {
  const there = findRelease(observed, release);
  return there?.stack === stack || record.releases[release.name] !== undefined;
}

/** None where they may not be looked for. */
async function deploymentsOf(
  client: KubeClient,
  { deployments }: Addon,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const kind = { apiVersion: "apps/v1", kind: "Deployment" };
  try {
    const lists = await Promise.all(
      deployments.map((labelSelector) => client.list(kind, null, { labelSelector, metadataOnly: true }, signal)),
    );
    return lists.flatMap(({ items }) => items);
  } catch (error) {
    if (error instanceof FlotillaError && error.code === "forbidden") return [];
    throw error;
  }
}

async function presentAddon(
  client: KubeClient,
  release: string,
  { title, crd, removal }: Addon,
  { metadata }: KubeObject,
  signal: AbortSignal,
): Promise<PresentAddon> {
  const version = metadata.labels?.["app.kubernetes.io/version"];
  const place = `Deployment ${metadata.namespace ?? ""}/${metadata.name}${version === undefined ? "" : `, ${version}`}`;
  const ref = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    namespace: null,
    name: crd,
  };
  if ((await client.get(ref, signal)) === null) {
    throw new FlotillaError(
      "release-owned",
      `${title} is there already, by other hands (${place}), and too old for release ${release}: the cluster has no ${crd}.`,
      { hint: `Either ${removal}, or disable the release in this environment (releases.${release}.enabled: false).` },
    );
  }
  return {
    release,
    note: `${title} is there already, by other hands (${place}): release ${release} is left out, and what needs it goes on (--adopt takes over a Helm release of that name)`,
  };
}
