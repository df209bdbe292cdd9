import { FlotillaError } from "../model/errors.ts";
import { type ProcessResult, runProcess } from "../runtime/process.ts";

/** How the go command is run. */
export interface GoOptions {
  readonly signal: AbortSignal;
  readonly cwd: string;
  /** Beside the settings that keep the user's own Go projects out of it. */
  readonly env?: Readonly<Record<string, string>>;
  /** Called with each line that go prints while it works. */
  readonly onStderrLine?: (line: string) => void;
}

/**
 * Settings of the user's that are meant for their own modules: a workspace, flags, another target. The proxy and the
 * checksum database stay theirs. Not empty on purpose: an empty variable lets `go env -w` through. No cgo, as in the
 * projects' own releases: then neither a C compiler nor its headers are needed.
 */
const ISOLATION: Readonly<Record<string, string | undefined>> = {
  GO111MODULE: "on",
  GOWORK: "off",
  GOFLAGS: "-buildvcs=false",
  CGO_ENABLED: "0",
  GOOS: undefined,
  GOARCH: undefined,
};

/**
 * Runs the go command on the PATH.
 * @throws FlotillaError `tool-missing` without a Go toolchain, `tool-failed` when go ends with an error (the message has
 *   what it said last), `interrupted` on abort
 */
export async function runGo(args: readonly string[], options: GoOptions): Promise<ProcessResult> {
  const { env, ...rest } = options;
  const result = await runProcess("go", args, { ...rest, env: { ...ISOLATION, ...env }, graceMs: 1000 }).catch(
    (error: unknown) => {
      throw error instanceof FlotillaError && error.code === "tool-missing" ? goMissing(error) : error;
    },
  );
  if (result.exitCode === 0) return result;
  throw new FlotillaError("tool-failed", `go ${args[0]} failed: ${complaint(result)}`, {
    hint: "Check that go can reach its module proxy (GOPROXY, HTTPS_PROXY) and that the disk is not full.",
  });
}

function goMissing(cause: FlotillaError): FlotillaError {
  return new FlotillaError("tool-missing", "There is no Go toolchain on the PATH.", {
    hint: "Install Go 1.26 or newer from https://go.dev/dl/.",
    cause,
  });
}

/** How much of go's last words goes into a message. */
const COMPLAINT_LINES = 5;

/**
 * What go said last, without the names of the packages and modules it was busy with. With `-json` it says it on standard
 * output, in the field `Error`.
 */
function complaint(result: ProcessResult): string {
  const field = /^\s*"Error": (".*"),?$/m.exec(result.stdout)?.[1];
  if (field !== undefined) return String(JSON.parse(field));
  const lines = result.stderr.split("\n").filter((line) => line.trim() !== "" && goActivity(line) === null);
  return lines.slice(-COMPLAINT_LINES).join(" ").trim() || `exit code ${result.exitCode}.`;
}

/**
 * What a line of `go build -v` on standard error says it is busy with; null for any other line.
 * @returns short, for a progress line: `compiling k8s.io/api/core/v1`
 */
export function goActivity(line: string): string | null {
  const download = /^go: downloading (\S+) (\S+)$/.exec(line);
  if (download) return `downloading ${download[1]} ${download[2]}`;
  return /^[a-z0-9][\w.~-]*(\/[\w.~+-]+)*$/i.test(line) ? `compiling ${line}` : null;
}
