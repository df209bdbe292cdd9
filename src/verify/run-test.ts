import { pause } from "../runtime/abort.ts";
import type { SmokeTest } from "../model/verify.ts";
import type { ProbeName, ProbeResult } from "../model/verify-report.ts";
import { probeEcho, probeEchoWithoutSni, probeRoundTrip } from "./probe-dicom.ts";
import { ProbeFault } from "./probe-fault.ts";
import { probeHttps } from "./probe-https.ts";
import { probeAnonymous, probePlainText, probeStranger, probeUnknownAuthority } from "./probe-refusals.ts";
import { openConnection, openPlain, type Session } from "./session.ts";

/** One thing that is looked at. */
export interface Probe {
  readonly name: ProbeName;
  /** Says what it saw. @throws ProbeFault */
  readonly run: (signal: AbortSignal) => Promise<string>;
  /** Whether nothing after it can go well when it fails. */
  readonly carries?: boolean;
}

/** The probes of a test, from the connection up; what must be refused comes last. */
export function probesOf(test: SmokeTest, session: Session): readonly Probe[] {
  return [
    { name: "connect", carries: true, run: (signal) => connect(session, signal) },
    ...(test.tls ? [tlsProbe(session)] : []),
    ...serviceProbes(test, session),
    ...(test.tls ? refusals(test, session) : []),
  ];
}

function serviceProbes(test: SmokeTest, session: Session): readonly Probe[] {
  if (test.kind === "tcp") return [];
  if (test.kind === "https") return [{ name: "https", run: (signal) => probeHttps(test, session, signal) }];
  const probes: Probe[] = [{ name: "c-echo", run: (signal) => probeEcho(test, session, signal) }];
  if (test.tls && test.sni === "optional" && test.host !== null) {
    probes.push({ name: "c-echo-without-sni", run: (signal) => probeEchoWithoutSni(test, session, signal) });
  }
  if (test.roundTrip) {
    probes.push({ name: "c-store-c-find", run: (signal) => probeRoundTrip(test, session, signal) });
  }
  return probes;
}

function refusals(test: SmokeTest, session: Session): readonly Probe[] {
  const probes: Probe[] = [
    { name: "plain-text-refused", run: (signal) => probePlainText(test, session, signal) },
    { name: "unknown-authority-refused", run: (signal) => probeUnknownAuthority(session, signal) },
  ];
  if (session.client !== null) {
    probes.push(
      { name: "anonymous-client-refused", run: (signal) => probeAnonymous(test, session, signal) },
      { name: "strange-client-refused", run: (signal) => probeStranger(test, session, signal) },
    );
  }
  return probes;
}

function tlsProbe(session: Session): Probe {
  return { name: "tls", carries: true, run: (signal) => shakeHands(session, signal) };
}

async function connect({ dial, target }: Session, signal: AbortSignal): Promise<string> {
  (await openPlain(dial, target, signal)).destroy();
  return "takes connections";
}

async function shakeHands(session: Session, signal: AbortSignal): Promise<string> {
  (await openConnection(session, { sni: true }, signal)).destroy();
  return session.host === null ? "the certificate is trusted" : `the certificate is trusted, and for ${session.host}`;
}

/** Milliseconds between two tries. */
const AGAIN_MS = 500;

/** How a failed probe is told, when the cluster is asked for the cause. */
export type Explain = (fault: ProbeFault, signal: AbortSignal) => Promise<ProbeFault>;

/**
 * Runs probes one after the other. A failure that may pass is tried again for a while; what comes after one that carries
 * the others and has failed is skipped.
 * @param timeoutMs milliseconds from now on for which failures may pass
 * @param told gets each result as it comes
 * @throws FlotillaError `interrupted` or the signal's reason
 */
export async function runProbes(
  probes: readonly Probe[],
  { timeoutMs, explain, told }: { timeoutMs: number; explain: Explain; told: (result: ProbeResult) => void },
  signal: AbortSignal,
): Promise<readonly ProbeResult[]> {
  const until = performance.now() + timeoutMs;
  const results: ProbeResult[] = [];
  let carried = true;
  for (const probe of probes) {
    const result = carried ? await runOne(probe, until, explain, signal) : skipped(probe);
    if (probe.carries && result.outcome === "failed") carried = false;
    results.push(result);
    told(result);
  }
  return results;
}

function skipped({ name }: Probe): ProbeResult {
  return { probe: name, outcome: "skipped", code: null, message: null, hint: null, durationMs: 0 };
}

async function runOne(probe: Probe, until: number, explain: Explain, signal: AbortSignal): Promise<ProbeResult> {
  const begun = performance.now();
  const took = (): number => Math.round(performance.now() - begun);
  for (;;) {
    try {
      const message = await probe.run(signal);
      return { probe: probe.name, outcome: "passed", code: null, message, hint: null, durationMs: took() };
    } catch (error) {
      if (!(error instanceof ProbeFault)) throw error;
      if (error.mayPass && performance.now() < until) {
        await pause(AGAIN_MS, signal);
        continue;
      }
      const { code, message, hint } = await explain(error, signal);
      return { probe: probe.name, outcome: "failed", code, message, hint, durationMs: took() };
    }
  }
}
