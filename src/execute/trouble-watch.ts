import type { Finding, Subject } from "../diagnosis/finding.ts";
import { GiveUpClock } from "../diagnosis/give-up-clock.ts";
import { noteworthyEvents } from "../diagnosis/noteworthy-events.ts";
import { KINDS, type Part } from "../diagnosis/snapshot.ts";
import { severityOf, toDiagnosis } from "../diagnosis/to-diagnosis.ts";
import type { GiveUpOverrides } from "../model/diagnosis.ts";
import { formatDuration } from "../model/durations.ts";
import { FlotillaError } from "../model/errors.ts";
import type { Step } from "../model/plan.ts";
import { pause, withDeadline } from "../runtime/abort.ts";
import { ContainerLogs } from "./container-logs.ts";
import { DiagnosedError } from "./diagnosed-error.ts";
import { type Look, lookAtCluster } from "./look-at-cluster.ts";
import type { RunState } from "./run-state.ts";

/** What is watched for trouble while a step waits. */
export interface Troubled {
  /** What is waited for at this moment; null while that is not known yet. */
  readonly subject: (signal: AbortSignal) => Promise<Subject | null>;
  readonly overrides: GiveUpOverrides;
  /** Milliseconds after which it is looked at; a second by default. */
  readonly lookAfterMs?: number;
}

/** In milliseconds, as all of these: from then on events are read even where nothing looks wrong: only they tell of probes that fail. */
const EVENTS_AFTER_MS = 2_500;
/** Between two looks, however much goes on in the cluster. */
const BREATH_MS = 200;
/** What is not known yet is asked for again. */
const UNKNOWN_MS = 1_000;

/**
 * Looks for trouble while a step waits: tells of each diagnosis as soon as it shows, and of the cluster's own events.
 * @param begun when the wait began, by `performance.now()`
 * @returns the error with which the wait is to be given up
 * @throws FlotillaError on abort, and when the cluster cannot be looked at
 */
export function watchForTrouble(
  run: RunState,
  step: Step,
  troubled: Troubled,
  begun: number,
  signal: AbortSignal,
): Promise<DiagnosedError> {
  return new TroubleWatch(run, step, troubled, begun).run(signal);
}

class TroubleWatch {
  readonly #run: RunState;
  readonly #step: Step;
  readonly #release: string | null;
  readonly #troubled: Troubled;
  readonly #clock: GiveUpClock;
  readonly #logs: ContainerLogs;
  readonly #begun: number;
  readonly #toldEvents = new Set<string>();
  #told = "[]";

  constructor(run: RunState, step: Step, troubled: Troubled, begun: number) {
    this.#begun = begun;
    this.#run = run;
    this.#step = step;
    this.#release = step.kind === "release" ? step.release : null;
    this.#troubled = troubled;
    this.#clock = new GiveUpClock(troubled.overrides);
    this.#logs = new ContainerLogs(run.client);
  }

  async run(signal: AbortSignal): Promise<DiagnosedError> {
    for (;;) {
      const { version } = this.#run.watch;
      const subject = await this.#troubled.subject(signal);
      if (subject === null) {
        await pause(UNKNOWN_MS, signal);
        continue;
      }
      const source = { watch: this.#run.watch, logs: this.#logs, follow: true };
      const look = await lookAtCluster(subject, this.#firstParts(subject), source, signal);
      this.#clock.observe(look.findings, performance.now());
      this.#tellEvents(subject, look);
      this.#tellDiagnosis(look);
      const logs = look.findings.flatMap(({ log }) => log ?? []);
      if (await this.#logs.read(logs, signal)) this.#tellDiagnosis(look);
      const due = look.findings.filter((finding) => this.#isDue(finding));
      if (due.length > 0) return this.#giveUp(due, look);
      await this.#untilSomethingHappens(look, version, signal);
      await pause(BREATH_MS, signal);
    }
  }

  /** Pods and their owners in any case; events when it takes longer, or something of them is awaited already. */
  #firstParts({ unready, hooks, namespace }: Subject): readonly Part[] {
    const objects = [...unready.flatMap(({ object }) => object ?? []), ...hooks];
    const namespaces = new Set(objects.map(({ metadata }) => metadata.namespace ?? namespace));
    if (unready.every(({ ref }) => ref.namespace === null) && hooks.length === 0) return [];
    const late = performance.now() - this.#begun >= EVENTS_AFTER_MS;
    return [...namespaces].flatMap((each) => (late ? [{ ...KINDS.events, namespace: each }] : []));
  }

  #tellDiagnosis({ findings, snapshot }: Look): void {
    const now = performance.now();
    const { overrides } = this.#troubled;
    const diagnosis = findings
      .filter((finding) => now >= this.#clock.tellFrom(finding))
      .map((finding) =>
        toDiagnosis(finding, severityOf(finding, this.#clock.heldMs(finding, now), overrides), snapshot),
      );
    // Evidence counts on while nothing new is said; a log's lines are new.
    const text = JSON.stringify(
      diagnosis.map(({ code, severity, object, message, evidence }) => [
        code,
        severity,
        object,
        message,
        evidence.filter((line) => line.startsWith("log of")),
      ]),
    );
    if (text === this.#told) return;
    this.#told = text;
    this.#run.context.emit({ type: "diagnosis", step: this.#step.id, release: this.#release, diagnosis });
  }

  #tellEvents(subject: Subject, { snapshot }: Look): void {
    for (const { event, key } of noteworthyEvents(subject, snapshot)) {
      if (this.#toldEvents.has(key)) continue;
      this.#toldEvents.add(key);
      const { object, reason, message, warning } = event;
      const level = warning ? "warning" : "info";
      const about = { step: this.#step.id, release: this.#release };
      this.#run.context.emit({ type: "cluster-event", ...about, level, object, reason, message });
    }
  }

  #isDue(finding: Finding): boolean {
    const deadline = this.#clock.deadlineOf(finding);
    return deadline !== null && performance.now() >= deadline;
  }

  #giveUp(due: readonly Finding[], { findings, snapshot }: Look): DiagnosedError {
    const others = findings.filter((finding) => !due.includes(finding));
    const diagnosis = [
      ...due.map((finding) => toDiagnosis(finding, "error", snapshot)),
      ...others.map((finding) => toDiagnosis(finding, "warning", snapshot)),
    ];
    const after = formatDuration(performance.now() - this.#begun);
    return new DiagnosedError("run-failed", `Given up after ${after}`, diagnosis);
  }

  /** A change in the cluster, the end of a grace, or the time to look at events or to tell of what was kept back. */
  async #untilSomethingHappens({ findings }: Look, version: number, signal: AbortSignal): Promise<void> {
    const now = performance.now();
    const tellings = findings.map((finding) => this.#clock.tellFrom(finding));
    const times = [
      ...findings.flatMap((finding) => this.#clock.deadlineOf(finding) ?? []),
      ...[this.#begun + EVENTS_AFTER_MS, ...tellings].filter((time) => time > now),
    ];
    const turn = withDeadline(
      signal,
      Math.max(0, Math.min(...times) - now),
      () => new FlotillaError("timeout", "Its time has come."),
    );
    try {
      await this.#run.watch.changedSince(version, turn.signal);
    } catch (error) {
      if (!turn.signal.aborted || signal.aborted) throw error;
    } finally {
      turn.clear();
    }
  }
}
