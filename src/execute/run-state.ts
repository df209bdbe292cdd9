import type { Helm, HelmTarget } from "../helm/helm.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import type { WatchCache } from "../kube/watch-cache.ts";
import type { RunContext } from "../model/context.ts";
import type { PinnedRelease } from "../model/lock.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { RunOwner } from "../model/observed.ts";
import type { ReleaseStep } from "../model/plan.ts";
import type { RecordStore } from "../state/record-store.ts";
import type { Slots } from "./slots.ts";

/** All that the steps of one run share. */
export interface RunState {
  readonly context: RunContext;
  readonly owner: RunOwner;
  readonly stack: string;
  readonly client: KubeClient;
  /** As the API server says it: `v1.36.3`. */
  readonly kubernetesVersion: string;
  /** Names of the stack's releases that were there when the plan was made. */
  readonly existing: ReadonlySet<string>;
  /** Whether a pod that missed its injection is replaced, once. */
  readonly repairInjection: boolean;
  readonly watch: WatchCache;
  /** Null while no step needs helm. */
  readonly helm: Helm | null;
  readonly helmTarget: HelmTarget;
  readonly record: RecordStore;
  /**
   * To be awaited before each effect: the run stands in the journal, and the stack's lock is still ours.
   * @throws FlotillaError `run-locked` when it is not; what writing the journal throws
   */
  readonly beforeEffect: (signal: AbortSignal) => Promise<void>;
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
  /** When helm was last done with a release in this run, by `performance.now()`; 0 before. */
  readonly effects: { lastAt: number };
  /** Told of each release that helm has applied, and that is now waited for. Must not throw, nor wait. */
  readonly onApplied?: (release: ReadyRelease) => void;
  /** Told of each release that is as it should be. Must not throw, nor wait. */
  readonly onReady?: (release: ReadyRelease) => void;
  /** Warnings that were given already: none comes twice in a run. */
  readonly told: Set<string>;
}

/** A release that a step brings where it should be. */
export interface ReadyRelease {
  readonly step: ReleaseStep;
  readonly revision: number;
  /** Of its manifest, CRDs without their schemas. */
  readonly objects: readonly KubeObject[];
  /** What was seen of the cluster before this moment (`performance.now()`) does not count. */
  readonly since: number;
}

/** What a step works with beside that. */
export interface StepState extends RunState {
  /** Milliseconds until the step's own deadline. The time that it queues for helm does not count. */
  readonly remainingMs: () => number;
}

/** What a step reports when it is over; it throws when it fails. */
export interface StepReport {
  /** Helm's revision afterwards; null where there is none. */
  readonly revision: number | null;
  /** Milliseconds since the run began when helm was done; null where helm had nothing to do. */
  readonly appliedMs: number | null;
}
