import type { Variables } from "./references.ts";

/** Something in a folder. A link counts as what it leads to; `linked-folder` is one to a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly type: "file" | "folder" | "linked-folder" | "other";
}

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
  /** True: a reference that cannot be resolved stays as it is written, and is no problem. */
  readonly keepUnset: boolean;
  /** Text of a file by its absolute path; null when there is none. What it throws becomes a problem. */
  readText(path: string): Promise<string | null>;
  /** What a folder holds, by its absolute path; null when there is none. What it throws becomes a problem. */
  listFolder(path: string): Promise<readonly FolderEntry[] | null>;
  /** What stands at an absolute path, links followed; null when nothing does. Null itself: charts need not be there. */
  readonly pathType: ((path: string) => Promise<"file" | "folder" | "other" | null>) | null;
  /** Text of `values/<profile>.yaml`; null when there is none. */
  profileText(profile: string): Promise<string | null>;
  /** Folder of the charts that flotilla itself brings, absolute. */
  readonly ownCharts: string;
  /** Is told every secret that the files refer to, before anything can quote it. */
  onSecret(secret: string): void;
  /** A path as people want to read it. */
  displayPath(path: string): string;
  /** Flotilla's own version, which `requires.flotilla` is held against; null to read files made for other ones too. */
  readonly flotillaVersion: string | null;
}
