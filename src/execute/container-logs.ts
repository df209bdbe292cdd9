import { lastLogLines, logKey, type LogWish } from "../diagnosis/container-log.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { FlotillaError } from "../model/errors.ts";
import { withDeadline } from "../runtime/abort.ts";
import { secrets } from "../runtime/redact.ts";

/** Lines and bytes that are asked for at most. */
const TAIL_LINES = 20;
const LIMIT_BYTES = 65_536;

/** How many logs one diagnosis reads. */
const LOGS_LIMIT = 5;

/** A kubelet that does not answer must not hold up what is known without its logs. In milliseconds. */
const PATIENCE_MS = 3_000;

/** The logs of failing containers, each read once. Masked before they are cut: a piece of a secret would not be
 * known any more. */
export class ContainerLogs {
  readonly #client: KubeClient;
  readonly #lines = new Map<string, readonly string[]>();

  constructor(client: KubeClient) {
    this.#client = client;
  }

  /** What has been read, by `logKey`. */
  get lines(): ReadonlyMap<string, readonly string[]> {
    return this.#lines;
  }

  /** Reads those that have not been read. A log that cannot be had is an empty one. @returns whether anything is new */
  async read(wishes: readonly LogWish[], signal: AbortSignal): Promise<boolean> {
    const missing = wishes.filter((wish) => !this.#lines.has(logKey(wish))).slice(0, LOGS_LIMIT);
    const deadline = withDeadline(signal, PATIENCE_MS, () => new FlotillaError("timeout", "The log did not come."));
    try {
      await Promise.all(missing.map((wish) => this.#readOne(wish, deadline.signal)));
    } finally {
      deadline.clear();
    }
    return missing.some((wish) => (this.#lines.get(logKey(wish)) ?? []).length > 0);
  }

  async #readOne(wish: LogWish, signal: AbortSignal): Promise<void> {
    const { namespace, pod, container, previous } = wish;
    const options = { container, previous, tailLines: TAIL_LINES, limitBytes: LIMIT_BYTES };
    const text = await this.#client.podLog(namespace, pod, options, signal).catch(() => "");
    this.#lines.set(logKey(wish), lastLogLines(secrets.text(text)));
  }
}
