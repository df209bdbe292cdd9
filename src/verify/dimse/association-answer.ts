import { ProbeFault } from "../probe-fault.ts";
import { PDU, type Pdu } from "./pdu.ts";

/** The reasons of an A-ASSOCIATE-RJ by its source (PS3.8, 9.3.4), as far as one can do something about them. */
const REASONS: Readonly<Record<string, readonly [why: string, hint: string]>> = {
  "1/2": ["it does not know the application context", "Look what answers on this port."],
  "1/3": [
    "it does not know the calling AE title",
    "Make it known to the server, or set `callingTitle` to one that is.",
  ],
  "1/7": ["its AE title is another one", "Set `calledTitle` to the server's AE title."],
  "3/1": ["it is too busy", "Look at the server's load and its limits."],
  "3/2": ["it has too many associations", "Look at the server's limits."],
};

/**
 * Reads the answer to an A-ASSOCIATE-RQ.
 * @returns the identifiers of the presentation contexts that were accepted (PS3.8, 9.3.3.2)
 * @throws ProbeFault `association-rejected`
 */
export function acceptedContexts({ type, body }: Pdu, target: string): ReadonlySet<number> {
  if (type === PDU.associateReject) {
    const [, , source = 0, reason = 0] = body.subarray(-4);
    const [why, hint] = REASONS[`${source}/${reason}`] ?? [
      `source ${source}, reason ${reason}`,
      "Look at the server's log.",
    ];
    throw new ProbeFault(
      "association-rejected",
      `The DICOM server at ${target} rejects the association: ${why}.`,
      hint,
    );
  }
  if (type !== PDU.associateAccept) {
    const what = type === PDU.abort ? "aborts the association" : `answers with a unit of type ${type}`;
    const hint = "Look at the server's log.";
    throw new ProbeFault("association-rejected", `The DICOM server at ${target} ${what}.`, hint, { mayPass: true });
  }
  const accepted = new Set<number>();
  for (let at = 68; at + 4 <= body.length; at += 4 + body.readUInt16BE(at + 2)) {
    // Item 21: context id, reserved, result (0: accepted).
    const [item, , , , context, , result] = body.subarray(at, at + 7);
    if (item === 0x21 && result === 0 && context !== undefined) accepted.add(context);
  }
  return accepted;
}
