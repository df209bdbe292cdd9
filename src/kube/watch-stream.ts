import type { IncomingMessage } from "node:http";
import type { JsonObject } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { type RequestPurpose, watchError } from "./api-error.ts";
import { jsonLines } from "./json-lines.ts";
import type { WatchEvent } from "./kube-client.ts";
import type { ResourceKind } from "./resource-kind.ts";
import { chunksOf } from "./response-body.ts";

/** What is known about a stream of changes. */
export interface WatchStream {
  readonly kind: ResourceKind;
  readonly purpose: RequestPurpose;
  readonly server: string;
  /** Milliseconds without a byte after which the stream is ended. */
  readonly silenceMs: number;
}

/**
 * The events of an open watch; ends when the server ends it, when the connection is cut, or when it has been silent for
 * too long (a dead connection looks just like a quiet cluster).
 * @throws KubeApiError for an ERROR event
 */
export async function* watchEvents(response: IncomingMessage, stream: WatchStream): AsyncGenerator<WatchEvent> {
  try {
    for await (const line of jsonLines(chunksOf(response, stream.silenceMs, () => response.destroy()))) {
      // The protocol of a watch: every line is one event.
      const event = line as { readonly type: WatchEvent["type"] | "ERROR"; readonly object: KubeObject };
      if (event.type === "ERROR") throw watchError(event.object satisfies JsonObject, stream.purpose, stream.server);
      const { apiVersion, kind } = stream.kind;
      yield { type: event.type, object: { ...event.object, apiVersion, kind } };
    }
  } catch (fault) {
    if (!response.destroyed || !isEndOfStream(fault)) throw fault;
  } finally {
    response.destroy();
  }
}

/** How Node reports that a stream was cut in the middle, by us or by the other side. */
function isEndOfStream(fault: unknown): boolean {
  return (
    fault instanceof Error &&
    "code" in fault &&
    (fault.code === "ECONNRESET" || fault.code === "ERR_STREAM_PREMATURE_CLOSE")
  );
}
