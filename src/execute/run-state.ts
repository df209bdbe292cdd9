import type { Helm, HelmTarget } from "../helm/helm.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import type { WatchCache } from "../kube/watch-cache.ts";
import type { RunContext } from "../model/context.ts";
import type { PinnedRelease } from "../model/lock.ts";
import type { RunOwner } from "../model/observed.ts";
import type { RecordStore } from "../state/record-store.ts";
import type { Slots } from "./slots.ts";

/** All that the steps of one run share. */
export interface RunState {
  readonly context: RunContext;
  readonly owner: RunOwner;
  readonly stack: string;
  readonly client: KubeClient;
  readonly watch: WatchCache;
  /** Null while no step needs helm. */
  readonly helm: Helm | null;
  readonly helmTarget: HelmTarget;
  readonly record: RecordStore;
  /** Bounds the helm processes. */
  readonly slots: Slots;
  /** The stack's releases by name. */
  readonly pinned: ReadonlyMap<string, PinnedRelease>;
  /** Time-out of each release, by name, in milliseconds. */
  readonly timeouts: ReadonlyMap<string, number>;
  /** Keyed hash of each release's inputs, by the release's name. */
  readonly inputsHashes: ReadonlyMap<string, string>;
  /** Milliseconds since the run began. */
  readonly elapsed: () => number;
}

/** What a step reports when it is over; it throws when it fails. */
export interface StepReport {
  /** Helm's revision afterwards; null where there is none. */
  readonly revision: number | null;
  /** Milliseconds since the run began when helm was done; null where helm had nothing to do. */
  readonly appliedMs: number | null;
}
