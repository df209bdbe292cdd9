const MEBIBYTE = 2 ** 20;

/** How large a chart may be before flotilla takes it for an attack or a mistake. Helm's own archives are far below. */
export const ARCHIVE_LIMITS = {
  /** Bytes of the archive as downloaded. */
  archiveBytes: 100 * MEBIBYTE,
  /** Bytes of everything in it. */
  unpackedBytes: 500 * MEBIBYTE,
  /** Files, folders and links in it. */
  entries: 10_000,
  /** Bytes of a template or a packed chart in it; helm refuses larger files since 3.17. */
  fileBytes: 5 * MEBIBYTE,
  /** Bytes of its Chart.yaml. */
  chartFileBytes: MEBIBYTE,
} as const;

/** How much a server may answer before flotilla stops listening, in bytes where nothing else is said. */
export const ANSWER_LIMITS = {
  /** A repository's index.yaml: the largest public ones are about 20 MiB. */
  index: 128 * MEBIBYTE,
  /** An index that cannot be searched as text and so is parsed as a whole: YAML nodes take a hundred times its size. */
  parsedIndex: 8 * MEBIBYTE,
  /** A registry's manifest (the distribution specification asks for 4 MiB), list of tags or token. */
  registryDocument: 4 * MEBIBYTE,
  /** Milliseconds for one answer, however slowly it trickles in. */
  durationMs: 10 * 60_000,
} as const;
