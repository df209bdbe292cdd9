import { createHash } from "node:crypto";

import { FlotillaError } from "../model/errors.ts";

/** The digest of some bytes, in the form of the OCI image specification: `sha256:` and 64 lower-case hex digits. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/**
 * A digest as others write it (Helm's indexes leave `sha256:` out) in the one form that flotilla compares; null when it
 * is no SHA-256.
 */
export function normalizeDigest(text: string): string | null {
  const hex = /^(?:sha256:)?([0-9a-f]{64})$/i.exec(text.trim())?.[1];
  return hex === undefined ? null : `sha256:${hex.toLowerCase()}`;
}

/** What the bytes of a chart have to be, by a lock file. */
export interface LockedDigest {
  /** `sha256:…` */
  readonly digest: string;
  /** Name of the lock file, such as `flotilla.lock`. */
  readonly lock: string;
}

/**
 * The error for bytes that are not the expected ones; it names both digests.
 * @param what - the chart, with where its bytes came from
 * @param pinnedBy - who says what the digest has to be, such as `flotilla.lock`
 */
export function digestMismatch(what: string, pinnedBy: string, expected: string, actual: string): FlotillaError {
  return new FlotillaError("digest-mismatch", `${what} has digest ${actual}, but ${pinnedBy} says ${expected}.`, {
    hint:
      "Somebody changed the chart without changing its version, or it was damaged on the way. Find out which; when the " +
      "new bytes are wanted, take them with `flotilla lock --update`.",
  });
}

/** Throws FlotillaError `digest-mismatch` unless the bytes are those that are locked; null fits everything. */
export function checkLocked(what: string, locked: LockedDigest | null, actual: string): void {
  if (locked !== null) checkDigest(what, locked.lock, locked.digest, actual);
}

/** Throws FlotillaError `digest-mismatch` unless the digests are equal; an expected digest of null fits everything. */
export function checkDigest(what: string, pinnedBy: string, expected: string | null, actual: string): void {
  if (expected !== null && expected !== actual) {
    throw digestMismatch(what, pinnedBy, expected, actual);
  }
}
