import type { Duplex } from "node:stream";
import { ProbeFault } from "../probe-fault.ts";

/** Types of protocol data units (DICOM PS3.8, 9.3). */
export const PDU = {
  associateRequest: 1,
  associateAccept: 2,
  associateReject: 3,
  data: 4,
  releaseRequest: 5,
  releaseAnswer: 6,
  abort: 7,
} as const;

/** One protocol data unit. */
export interface Pdu {
  readonly type: number;
  readonly body: Buffer;
}

/** Nothing that answers us is longer; what claims to be is not DICOM. */
const LONGEST = 1 << 20;

/** The bytes of a protocol data unit: type, a reserved byte, length, body. */
export function encodePdu({ type, body }: Pdu): Buffer {
  const header = Buffer.alloc(6);
  header.writeUInt8(type, 0);
  header.writeUInt32BE(body.length, 2);
  return Buffer.concat([header, body]);
}

/**
 * The protocol data units that come in on a stream, until it ends.
 * @throws what the stream throws; ProbeFault `not-dicom` for bytes that are none
 */
export async function* readPdus(stream: Duplex, target: string): AsyncGenerator<Pdu> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    // A stream without an encoding gives Buffers.
    rest = Buffer.concat([rest, chunk as Buffer]);
    while (rest.length >= 6) {
      const [type, length] = [rest.readUInt8(0), rest.readUInt32BE(2)];
      if (type < PDU.associateRequest || type > PDU.abort || length > LONGEST) {
        const hint = "Look where the route on this port leads.";
        throw new ProbeFault("not-dicom", `What answers on ${target} does not speak DICOM.`, hint, { mayPass: true });
      }
      if (rest.length < 6 + length) break;
      yield { type, body: rest.subarray(6, 6 + length) };
      rest = rest.subarray(6 + length);
    }
  }
}
