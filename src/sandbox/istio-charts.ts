import { mkdir } from "node:fs/promises";
import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import { throwIfAborted, withDeadline } from "../runtime/abort.ts";
import { readTextIfExists, writeFileAtomic } from "../runtime/files.ts";
import { httpRequest } from "../runtime/http.ts";
import { ISTIO_MODULE, ISTIO_MODULE_VERSION, packIstioCharts } from "./istio-packing.ts";
import { currentSandboxName } from "./sandbox-name.ts";
import { sandboxPaths } from "./sandbox-paths.ts";

/** Where a sandbox gets Istio's charts from. */
export interface IstioCharts {
  /** A chart repository's URL, or the absolute path of a folder that is one. */
  readonly source: string;
  readonly origin: "official" | "packed";
  /** Why this one, a sentence for people. */
  readonly reason: string;
}

/** https://istio.io/latest/docs/setup/install/helm/ */
const OFFICIAL_SOURCE = "https://blob.istio.io/istio-release/charts";

/** How long the official source may take to answer, in milliseconds. */
const ANSWER_MS = 3_000;

/**
 * Istio's charts for the current sandbox: the official ones where their source is reachable, else ones packed from
 * Istio's source. A sandbox keeps to its first choice until it is taken down: versions would otherwise jump with the
 * network.
 * @param official the official source's URL
 * @throws FlotillaError `source-unreachable` when there is neither, `interrupted` on abort
 */
export async function istioCharts(context: RunContext, official = OFFICIAL_SOURCE): Promise<IstioCharts> {
  const paths = sandboxPaths(currentSandboxName());
  const settled = await readChoice(paths.charts);
  if (settled?.origin === "official") return settled;
  const choice = settled ?? (await choose(context, official));
  const charts = choice.origin === "official" ? choice : { ...choice, source: await pack(context, official) };
  if (settled === null) {
    await mkdir(paths.directory, { recursive: true, mode: 0o700 });
    await writeFileAtomic(paths.charts, `${JSON.stringify(charts, null, 2)}\n`);
  }
  return charts;
}

/** The source of a packed choice is filled in by who packs. */
async function choose(context: RunContext, official: string): Promise<IstioCharts> {
  const problem = await whyUnreachable(`${official}/index.yaml`, context);
  if (problem === null) return { source: official, origin: "official", reason: `${official} is reachable.` };
  const module = `${ISTIO_MODULE}@${ISTIO_MODULE_VERSION}`;
  return { source: "", origin: "packed", reason: `packed from the Go module ${module}, because ${problem}` };
}

/** Null when the URL answers in time and well. */
async function whyUnreachable(url: string, context: RunContext): Promise<string | null> {
  const { host } = new URL(url);
  const tooSlow = (): FlotillaError =>
    new FlotillaError("source-unreachable", `${host} did not answer within ${ANSWER_MS / 1000} s.`);
  const deadline = withDeadline(context.signal, ANSWER_MS, tooSlow);
  try {
    const answer = await httpRequest(url, { method: "HEAD", signal: deadline.signal, connectTimeoutMs: ANSWER_MS });
    await answer.discard();
    return answer.status < 400 ? null : `${host} answered with HTTP ${answer.status}.`;
  } catch (error) {
    throwIfAborted(context.signal);
    return error instanceof Error ? error.message : String(error);
  } finally {
    deadline.clear();
  }
}

async function pack(context: RunContext, official: string): Promise<string> {
  try {
    return await packIstioCharts(context);
  } catch (error) {
    if (!(error instanceof FlotillaError) || error.code !== "tool-missing") throw error;
    throw new FlotillaError("source-unreachable", `Istio's charts cannot be had: ${official} is out of reach.`, {
      hint: "Make it reachable (HTTPS_PROXY), or install Go, with which flotilla packs the charts from Istio's source.",
      cause: error,
    });
  }
}

async function readChoice(path: string): Promise<IstioCharts | null> {
  try {
    const choice: unknown = JSON.parse((await readTextIfExists(path)) ?? "null");
    return isChoice(choice) ? choice : null;
  } catch {
    return null;
  }
}

function isChoice(value: unknown): value is IstioCharts {
  if (typeof value !== "object" || value === null) return false;
  const { source, origin, reason } = value as Record<string, unknown>;
  return typeof source === "string" && (origin === "official" || origin === "packed") && typeof reason === "string";
}
