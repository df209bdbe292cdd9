import type { ErrorCode } from "../model/errors.ts";
import type { ObservedRelease, RecordedRelease, ReleaseIntent } from "../model/observed.ts";
import { isPending, recoveryOf } from "../model/recovery.ts";
import { claimedByRecord, couldHaveMade } from "./claim.ts";

/** What is known of one release before anything is rendered. */
export interface ReleaseEvidence {
  readonly stack: string;
  readonly name: string;
  readonly namespace: string;
  /** The hash that its inputs have now. */
  readonly inputsHash: string;
  /** Null when the cluster has no such release. */
  readonly observed: ObservedRelease | null;
  /** Null when the stack's record does not know it. */
  readonly recorded: RecordedRelease | null;
  /** True while the process that announced work on it still lives, or might: it runs on another host. */
  readonly ownerAlive: boolean;
  /** The user lets a release be taken over that was made without flotilla. */
  readonly adopt: boolean;
  /** The user says that whoever left a release pending is dead. */
  readonly takeOver: boolean;
}

/** What is to be done with a release, or why flotilla keeps its hands off. */
export type Classification =
  | { readonly action: "install" | "upgrade" | "unchanged" | "adopt" | "recover"; readonly reason: string }
  | { readonly action: "refused"; readonly code: ErrorCode; readonly message: string; readonly hint: string };

/** Says from hashes and revisions alone what is to be done with a release. Pure and cheap: nothing is rendered. */
export function classify(evidence: ReleaseEvidence): Classification {
  const { observed } = evidence;
  if (observed === null || observed.status === "uninstalled") {
    const known = recordedHere(evidence)?.revision ?? null;
    return { action: "install", reason: known === null ? "not installed" : "it was removed by somebody else" };
  }
  const foreign = refuseForeign(evidence, observed);
  if (foreign) return foreign;
  if (isPending(observed)) return classifyPending(evidence, observed);
  if (!isOurs(evidence, observed)) {
    const reason = `revision ${observed.revision} was made without flotilla; it is taken over, and nothing is deleted`;
    return { action: "adopt", reason };
  }
  if (observed.status === "failed") {
    return observed.adopted
      ? { action: "adopt", reason: "the last attempt to take it over failed" }
      : { action: "upgrade", reason: "the last attempt failed" };
  }
  return classifyDeployed(evidence, observed);
}

/** What the record says of the release in this very namespace: one that has moved is another release to Helm. */
function recordedHere({ recorded, namespace }: ReleaseEvidence): RecordedRelease | null {
  return recorded?.namespace === namespace ? recorded : null;
}

/** The intent, if it can have made what is there: others may have been at work since it was announced. */
function intentFor(evidence: ReleaseEvidence, observed: ObservedRelease): ReleaseIntent | null {
  const intent = recordedHere(evidence)?.intent ?? null;
  return intent !== null && couldHaveMade(intent, observed) ? intent : null;
}

/** One without a label is ours when the record knows it: somebody installed it anew by hand. */
function isOurs({ stack, recorded }: ReleaseEvidence, observed: ObservedRelease): boolean {
  return observed.stack === null ? claimedByRecord(recorded, observed) : observed.stack === stack;
}

function refuseForeign(evidence: ReleaseEvidence, observed: ObservedRelease): Classification | null {
  if (isOurs(evidence, observed) || (observed.stack === null && evidence.adopt)) return null;
  const place = `release ${evidence.name} in namespace ${evidence.namespace}`;
  return observed.stack === null
    ? {
        action: "refused",
        code: "release-owned",
        message: `The ${place} exists already (revision ${observed.revision}) and was not made by flotilla.`,
        hint: "Take it over with `flotilla up --adopt` (or `adopt: true` in the stack file), which deletes nothing; or give the release another name.",
      }
    : {
        action: "refused",
        code: "release-owned",
        message: `The ${place} belongs to the stack "${observed.stack}", not to "${evidence.stack}".`,
        hint: "Give the release another name or namespace, or take it out of one of the two stacks.",
      };
}

/** A release that Helm left in the middle is put right only when it was left there by a run of ours that is over. */
function classifyPending(evidence: ReleaseEvidence, observed: ObservedRelease): Classification {
  const intent = intentFor(evidence, observed);
  if (intent === null ? evidence.takeOver : !evidence.ownerAlive) {
    const recovery = recoveryOf(observed, evidence.stack);
    const first = recovery.action === "uninstall" ? "uninstalled" : `rolled back to revision ${recovery.revision}`;
    const why =
      intent === null
        ? `somebody else left it ${observed.status} and is taken to be dead (--take-over)`
        : `run ${intent.owner.run} died while it was ${observed.status}`;
    return { action: "recover", reason: `${why}; it is ${first} first` };
  }
  const who =
    intent === null
      ? "by somebody other than flotilla"
      : `by run ${intent.owner.run} (process ${intent.owner.pid} on ${intent.owner.host}) since ${intent.since}`;
  return {
    action: "refused",
    code: "release-locked",
    message: `The release ${evidence.name} in namespace ${evidence.namespace} is ${observed.status}, ${who}.`,
    hint: "Wait until that is done. If whoever did it is dead: `flotilla up --take-over` puts the release right and goes on.",
  };
}

function classifyDeployed(evidence: ReleaseEvidence, observed: ObservedRelease): Classification {
  const { inputsHash } = evidence;
  const recorded = recordedHere(evidence);
  if (observed.status !== "deployed") return { action: "upgrade", reason: `Helm calls it ${observed.status}` };
  if (recorded?.revision !== observed.revision || observed.inputsHash === null) {
    const intent = evidence.ownerAlive ? null : intentFor(evidence, observed);
    if (intent !== null && observed.stack === evidence.stack && recorded?.revision !== observed.revision) {
      return {
        action: "upgrade",
        reason: `run ${intent.owner.run} died before it could note revision ${observed.revision}`,
      };
    }
    const last = recorded?.revision ? `, flotilla's last is ${recorded.revision}` : "";
    return { action: "upgrade", reason: `revision ${observed.revision} was not made by flotilla${last}` };
  }
  if (recorded.inputsHash !== inputsHash || observed.inputsHash !== inputsHash) {
    return { action: "upgrade", reason: "its chart or values have changed" };
  }
  return { action: "unchanged", reason: "inputs and revision are as flotilla left them" };
}
