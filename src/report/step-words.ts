import type { PruneStep, Step, StepAction } from "../model/plan.ts";
import { isCount } from "../model/readiness.ts";
import { plainLine } from "./plain-text.ts";
import type { StepView } from "./run-view.ts";

interface ActionWords {
  /** What the plan says: `install`. */
  readonly plan: string;
  /** While it goes on: `installing`. */
  readonly doing: string;
  /** When it is over: `installed`. */
  readonly done: string;
}

const RELEASE_WORDS: Readonly<Record<StepAction, ActionWords>> = {
  install: { plan: "install", doing: "installing", done: "installed" },
  upgrade: { plan: "upgrade", doing: "upgrading", done: "upgraded" },
  unchanged: { plan: "unchanged", doing: "checking", done: "unchanged" },
  repair: { plan: "repair", doing: "repairing", done: "repaired" },
  adopt: { plan: "adopt", doing: "adopting", done: "adopted" },
  recover: { plan: "recover", doing: "recovering", done: "recovered" },
  rollback: { plan: "rollback", doing: "rolling back", done: "rolled back" },
  uninstall: { plan: "uninstall", doing: "uninstalling", done: "uninstalled" },
};

const DELETE_WORDS: ActionWords = { plan: "delete", doing: "deleting", done: "deleted" };

/** One and several of the kinds that an uninstall leaves behind. */
const PRUNED_NAMES: Readonly<Record<string, readonly [string, string]>> = {
  CustomResourceDefinition: ["CRD", "CRDs"],
  PersistentVolumeClaim: ["volume claim", "volume claims"],
};

function namespaceWords(action: StepAction): ActionWords {
  switch (action) {
    case "install":
      return { plan: "create", doing: "creating", done: "created" };
    case "uninstall":
      return DELETE_WORDS;
    case "unchanged":
      return RELEASE_WORDS.unchanged;
    default:
      return { plan: "update", doing: "updating", done: "updated" };
  }
}

/** The words for what a step does, fitting its kind: a namespace is created, a release installed. */
export function stepWords(step: Step): ActionWords {
  switch (step.kind) {
    case "release":
      return RELEASE_WORDS[step.action];
    case "namespace":
      return namespaceWords(step.action);
    case "gate":
      return { plan: "wait", doing: "closed", done: "open" };
    case "prune":
      return DELETE_WORDS;
  }
}

/** A step's name for people: the release's name, or the kind and what it belongs to. */
export function stepLabel(step: Step): string {
  switch (step.kind) {
    case "release":
      return plainLine(step.release);
    case "namespace":
      return `namespace ${plainLine(step.namespace)}`;
    case "gate":
      return `${step.gate} gate (${plainLine(step.passes ?? step.release)})`;
    case "prune":
      return pruneLabel(step);
  }
}

/** What is pruned, by number and kind: `14 CRDs`, `2 volume claims`. */
function pruneLabel(step: PruneStep): string {
  const kinds = new Set(step.objects.map((object) => object.kind));
  const [kind, ...others] = kinds;
  const [one, many] = (others.length === 0 && kind !== undefined ? PRUNED_NAMES[kind] : undefined) ?? [
    "object",
    "objects",
  ];
  return `${step.objects.length} ${step.objects.length === 1 ? one : many}`;
}

/** Like {@link stepLabel}; a step that no plan announced goes by its id. */
export function stepViewLabel(step: StepView): string {
  return step.step === null ? plainLine(step.id) : stepLabel(step.step);
}

/**
 * What is awaited, on one line: `2/3 pods ready, awaiting load balancer of web (+1 more)`; `1/3 ready` where no pods are
 * counted; empty when nothing is known.
 */
function awaitedText(step: StepView): string {
  const pods = step.awaiting.find(isCount);
  const other = step.awaiting.find((line) => !isCount(line));
  const done = step.step?.action === "uninstall" ? "gone" : "ready";
  const count = pods === undefined && step.total > 0 ? `${step.ready}/${step.total} ${done}` : (pods ?? "");
  const shown = [count, other === undefined ? "" : `awaiting ${other}`].filter((part) => part !== "").map(plainLine);
  const more = step.awaiting.length - (pods === undefined ? 0 : 1) - (other === undefined ? 0 : 1);
  return shown.join(", ") + (more > 0 ? ` (+${more} more)` : "");
}

/** What a step is doing or how it ended, on one line and without colours. */
export function stepDetail(step: StepView): string {
  const words = step.step === null ? null : stepWords(step.step);
  switch (step.state) {
    case "pending":
      return "";
    case "running":
      return [words?.doing ?? "running", awaitedText(step)].filter((part) => part !== "").join(", ");
    case "applied":
      return ["waiting", awaitedText(step)].filter((part) => part !== "").join(", ");
    case "done":
      return (words?.done ?? "done") + (step.revision === null ? "" : `, revision ${step.revision}`);
    case "unchanged":
      return "unchanged";
    case "failed":
      return ["failed", failureReason(step)].filter((part) => part !== "").join(": ");
    case "skipped":
      return ["skipped", plainLine(step.message ?? "")].filter((part) => part !== "").join(": ");
  }
}

function failureReason(step: StepView): string {
  return plainLine(step.message ?? step.diagnosis[0]?.message ?? "");
}
