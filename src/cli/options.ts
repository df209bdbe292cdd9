/** What every command takes, after flags and `FLOTILLA_…` variables. */
export interface GlobalOptions {
  readonly config?: string;
  readonly environment?: string;
  readonly context?: string;
  readonly kubeconfig?: string;
  readonly sandbox?: boolean;
  readonly only?: readonly string[];
  readonly withNeeds?: boolean;
  /** Milliseconds for the whole run. */
  readonly timeout?: number;
  readonly parallel?: number;
  readonly output: "text" | "json" | "ndjson";
  readonly yes?: boolean;
  readonly color: boolean;
  readonly verbose?: boolean;
  readonly logFile?: string;
}
