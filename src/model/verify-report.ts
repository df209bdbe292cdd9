/** Why a probe failed. Stable: scripts build on them; docs/verify.md says what each one means. */
export const PROBE_CODES = [
  // On the way there
  "entrance-missing", // there is no such gateway or Service
  "port-missing", // the entrance's Service has no such port
  "dns-unresolved", // the host name is unknown
  "dns-elsewhere", // the host name stands for another address
  "unreachable", // nothing answers, and there is no pod to forward a port to
  "connection-refused", // nothing listens
  "connection-cut", // the connection was closed in the middle
  "no-answer", // silence until the deadline
  // TLS
  "tls-failed", // the handshake broke off
  "sni-required", // TLS works with a host name only
  "certificate-untrusted", // not signed by the authority that is expected
  "certificate-expired",
  "certificate-not-yet-valid",
  "certificate-name", // for other names
  "client-certificate-refused",
  // HTTP and DICOM
  "http-status",
  "login-refused", // 401 or 403
  "backend-unavailable", // the gateway answers for a backend that does not
  "not-dicom", // what answers speaks something else
  "association-rejected", // the DICOM server wants no association
  "dicom-status", // an operation was answered with a failure
  "dicom-not-found", // what was stored is not found
  // What must be refused and was not
  "plain-text-accepted",
  "unknown-authority-accepted",
  "anonymous-client-accepted",
  "strange-client-accepted",
  // The cause, where the cluster shows it
  "gateway-port-missing", // no Istio Gateway opens the port
  "gateway-host-missing", // none opens it for the host
  "credential-missing", // the Gateway's certificate is not there
  "route-missing", // no VirtualService leads on
  "destination-missing", // a VirtualService leads to a Service that is not there
  "destination-port-missing", // … or to a port that it does not have
  "destination-down", // … or to one with no ready pod
  // What the test itself needs
  "secret-missing", // a Secret or file that it names
  "failed", // an error that has no better name
] as const;

/** One of {@link PROBE_CODES}. */
export type ProbeCode = (typeof PROBE_CODES)[number];

/** What a probe looks at. */
export type ProbeName =
  | "dns"
  | "connect"
  | "tls"
  | "https"
  | "c-echo"
  | "c-echo-without-sni"
  | "c-store-c-find"
  | "plain-text-refused"
  | "unknown-authority-refused"
  | "anonymous-client-refused"
  | "strange-client-refused";

/** How a probe went. `skipped`: one before it failed. */
export interface ProbeResult {
  readonly probe: ProbeName;
  readonly outcome: "passed" | "failed" | "skipped";
  /** Null unless it failed. */
  readonly code: ProbeCode | null;
  /** What was seen, in a sentence; null when there is nothing to say. */
  readonly message: string | null;
  /** What to do; null unless it failed. */
  readonly hint: string | null;
  readonly durationMs: number;
}

/** How a smoke test went. */
export interface SmokeTestResult {
  readonly release: string;
  readonly name: string;
  readonly kind: "https" | "dicom" | "tcp";
  /** What was called: `web.dicom.test:443`. */
  readonly target: string;
  /** How it was reached: `10.97.0.4:443`, or a port-forward in words; null when it was not. */
  readonly via: string | null;
  readonly outcome: "passed" | "failed";
  readonly durationMs: number;
  readonly probes: readonly ProbeResult[];
}

/** The document of `verify -o json`. */
export interface VerifyReport {
  readonly version: 1;
  readonly stack: string;
  readonly environment: string;
  readonly context: string;
  readonly outcome: "passed" | "failed";
  readonly durationMs: number;
  readonly tests: readonly SmokeTestResult[];
}
