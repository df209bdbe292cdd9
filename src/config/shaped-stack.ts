import type { JsonValue } from "../model/json.ts";
import type { ChosenEnvironment } from "./choose-environment.ts";
import type { ReleaseEntry } from "./schema-release.ts";
import type { StackFile } from "./schema.ts";
import type { Path, YamlSource } from "./yaml-source.ts";

/** A stack file of the right shape, in which a release that did not fit is null. */
export interface ShapedStack extends Omit<StackFile, "releases"> {
  releases?: readonly (ReleaseEntry | null)[] | undefined;
}

/** What the rules look at. */
export interface RuleInput {
  readonly source: YamlSource;
  readonly stack: ShapedStack;
  /** The whole file, parts that do not fit included. */
  readonly tree: JsonValue;
  readonly environment: ChosenEnvironment;
  /** Folder of the stack file, absolute. */
  readonly folder: string;
}

/** A release of the file and where it stands. */
export interface PlacedRelease {
  readonly entry: ReleaseEntry;
  readonly path: Path;
}

/** The releases that fit, in the file's order. */
export function placedReleases(stack: ShapedStack): PlacedRelease[] {
  return (stack.releases ?? []).flatMap((entry, index) => (entry ? [{ entry, path: ["releases", index] }] : []));
}
