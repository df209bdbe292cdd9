import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import type { LogWish } from "./container-log.ts";
import type { GiveUpRuleName } from "./give-up.ts";
import type { Part } from "./snapshot.ts";

/** What is wrong, before it is known for how long: severities follow from that. */
export interface Finding {
  /** The row of the give-up table that it falls under; says its code too. */
  readonly rule: GiveUpRuleName;
  /** Findings with one rule and one cause are one; the words are never shown. */
  readonly cause: string;
  /** Null when it is about the release as a whole. */
  readonly object: ObjectRef | null;
  /** What controls the object: named in its place when several objects share the cause. */
  readonly owner: ObjectRef | null;
  /** Without counts that grow and times that pass: what says the same again is not told again. */
  readonly message: string;
  readonly hint: string;
  /** ISO 8601, by the cluster's clock; null when unknown. */
  readonly since: string | null;
  readonly evidence: readonly string[];
  /** The log whose last lines belong to the evidence; null when none does. */
  readonly log: LogWish | null;
  /** Milliseconds for which it belongs to the birth of such an object, and nobody is told; none when left out. */
  readonly quietMs?: number;
}

/** An object that is waited for and not ready. */
export interface UnreadyObject {
  readonly ref: ObjectRef;
  /** As it is; null when it does not exist. */
  readonly object: KubeObject | null;
  /** What is missing, such as `0/1 pods ready`. */
  readonly awaiting: string;
  /** In the cluster's own words; null when there are none. */
  readonly reason: string | null;
  /** It can never get ready by itself. */
  readonly failed: boolean;
}

/** What is to be explained: a release, or what else a step waits for. */
export interface Subject {
  /** The release's name; null for what belongs to none. */
  readonly release: string | null;
  readonly namespace: string;
  readonly unready: readonly UnreadyObject[];
  /** Jobs and Pods of the hooks that Helm waits for right now. */
  readonly hooks: readonly KubeObject[];
}

/** What a look at a snapshot gave. */
export interface Examination {
  /** Causes before what follows from them. */
  readonly findings: readonly Finding[];
  /** Parts of the cluster that would say more. */
  readonly parts: readonly Part[];
}

/** What one rule has to say; the parts that it would like to see in the next look. */
export interface RuleResult {
  readonly findings: readonly Finding[];
  readonly parts: readonly Part[];
}

/** Nothing is wrong as far as a rule can see. */
export const NOTHING: RuleResult = { findings: [], parts: [] };

/** Puts results together. */
export function together(results: readonly RuleResult[]): RuleResult {
  return { findings: results.flatMap(({ findings }) => findings), parts: results.flatMap(({ parts }) => parts) };
}
