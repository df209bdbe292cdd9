import type { Variables } from "./interpolate.ts";

/** What `readStack` needs to read a stack file: it opens nothing itself. */
export interface StackInput {
  /** Absolute path of the stack file. */
  readonly file: string;
  readonly text: string;
  /** Null: the first one (or the sandbox's). */
  readonly environment: string | null;
  /** True: for the embedded cluster, with its profile. */
  readonly sandbox: boolean;
  /** `RELEASE.path=value` each. */
  readonly set: readonly string[];
  /** Where Istio's charts are when the file does not say; null for Istio's own repository. */
  readonly defaultIstioSource: string | null;
  readonly variables: Variables;
  /** Text of a file by its absolute path; null when there is none. What it throws becomes a problem. */
  readText(path: string): Promise<string | null>;
  /** Text of `values/<profile>.yaml`; null when there is none. */
  profileText(profile: string): Promise<string | null>;
  /** A path as people want to read it. */
  displayPath(path: string): string;
}
