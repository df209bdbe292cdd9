import type { KubeObject } from "../model/kube-object.ts";

/** When Helm runs a hook (helm.sh/helm pkg/release/v1/hook.go). */
const HOOK_EVENTS = [
  "pre-install",
  "post-install",
  "pre-delete",
  "post-delete",
  "pre-upgrade",
  "post-upgrade",
  "pre-rollback",
  "post-rollback",
  "test",
] as const;

/** One of {@link HOOK_EVENTS}. */
export type HookEvent = (typeof HOOK_EVENTS)[number];

/** Marks an object as a hook; its value lists events, separated by commas. */
const HOOK_ANNOTATION = "helm.sh/hook";

const EVENT_BY_WORD: ReadonlyMap<string, HookEvent> = new Map<string, HookEvent>([
  ...HOOK_EVENTS.map((event) => [event, event] as const),
  // Helm 2's name; Helm still takes it.
  ["test-success", "test"],
]);

/**
 * Whether an object is none of the release's own resources. True also for objects whose hook annotation names no event
 * that Helm knows: Helm leaves those out altogether.
 */
export function isHook(object: KubeObject): boolean {
  return object.metadata.annotations?.[HOOK_ANNOTATION] !== undefined;
}

/** The events that an object is run at; empty for ordinary resources and for hooks that Helm never runs. */
export function hookEvents(object: KubeObject): readonly HookEvent[] {
  const words = object.metadata.annotations?.[HOOK_ANNOTATION]?.split(",") ?? [];
  return words.map((word) => EVENT_BY_WORD.get(word.trim().toLowerCase())).filter((event) => event !== undefined);
}
