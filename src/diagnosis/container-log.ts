/** One container's log, or that of its life before the last restart. */
export interface LogWish {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly previous: boolean;
  /** Tells lives of the container apart, so that each is read once. */
  readonly restarts: number;
}

/** Lines and characters of a log that are shown. */
const LINES = 10;
const LINE_LENGTH = 300;

/** Names a log in a snapshot. */
export function logKey({ namespace, pod, container, previous, restarts }: LogWish): string {
  return `${namespace}/${pod}/${container}/${previous ? "previous" : "current"}/${restarts}`;
}

/** The last lines of a log's text, empty ones left out, long ones cut. */
export function lastLogLines(text: string): readonly string[] {
  return text
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .slice(-LINES)
    .map((line) => (line.length > LINE_LENGTH ? `${line.slice(0, LINE_LENGTH)}…` : line));
}
