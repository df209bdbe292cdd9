import type { RunEvent } from "../model/events.ts";
import type { JsonObject } from "../model/json.ts";
import { diagnosisDocument, objectDocument, stepDocument } from "./documents.ts";
import type { EventSink } from "./event-sink.ts";
import { jsonText } from "./json-text.ts";

/** Writes one JSON object a line: `{time, seq, type, run, …}`, numbered from 1, the result last. */
export interface NdjsonSink extends EventSink {
  /** The last line: the document's own fields under `type: "result"`. What comes after it is dropped. */
  result(document: JsonObject): void;
  /** A line of `type: "status"`: a document that later ones replace. */
  update(document: JsonObject): void;
  /** A line of `type: "error"`, for what ended the command before it had a result. */
  error(document: JsonObject): void;
}

/** Lines of JSON on `write`; `now` in milliseconds since 1970. */
export function createNdjsonSink(write: (text: string) => void, now: () => number): NdjsonSink {
  let seq = 0;
  let over = false;
  let run: string | null = null;

  function line(type: string, fields: JsonObject): void {
    if (over) return;
    seq += 1;
    write(`${jsonText({ time: new Date(now()).toISOString(), seq, type, run, ...fields }, 0)}\n`);
  }

  return {
    event(event, view) {
      run = view.run;
      line(event.type, eventFields(event));
    },
    stop: () => undefined,
    result(document) {
      line("result", document);
      over = true;
    },
    update(document) {
      line("status", document);
    },
    error(document) {
      line("error", document);
    },
  };
}

/** An event's own fields. The result is left to the last line: it would be there twice. */
function eventFields(event: RunEvent): JsonObject {
  switch (event.type) {
    case "run-started": {
      const { type: _type, steps, ...fields } = event;
      return { ...fields, steps: steps.map(stepDocument) };
    }
    case "diagnosis":
    case "step-finished": {
      const { type: _type, diagnosis, ...fields } = event;
      return { ...fields, diagnosis: diagnosis.map(diagnosisDocument) };
    }
    case "cluster-event": {
      const { type: _type, object, ...fields } = event;
      return { ...fields, object: objectDocument(object) };
    }
    case "run-finished":
      return { outcome: event.result.outcome, durationMs: event.result.durationMs };
    default: {
      const { type: _type, ...fields } = event;
      return fields;
    }
  }
}
