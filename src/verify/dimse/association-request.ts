import { encodePdu, PDU } from "./pdu.ts";
import { OWN, UID } from "./uids.ts";

/** Who calls whom, and for which services. */
export interface AssociationSettings {
  /** AE title of the server, at most 16 characters. */
  readonly calledTitle: string;
  /** Our own AE title. */
  readonly callingTitle: string;
  /** SOP classes of the services that are wanted. */
  readonly sopClasses: readonly string[];
}

/** The longest data that may be sent to us in one unit, in bytes. */
const MAXIMUM_LENGTH = 16_384;

/** Identifies the presentation context of a SOP class: odd numbers, by its place in the request (PS3.8, 9.3.2.2). */
export function contextId(index: number): number {
  return 2 * index + 1;
}

/** An A-ASSOCIATE-RQ (PS3.8, 9.3.2). Each service is offered in the one encoding that everybody must understand. */
export function associationRequest({ calledTitle, callingTitle, sopClasses }: AssociationSettings): Buffer {
  const fixed = Buffer.alloc(68);
  fixed.writeUInt16BE(1, 0);
  fixed.write(calledTitle.padEnd(16), 4, "latin1");
  fixed.write(callingTitle.padEnd(16), 20, "latin1");
  const maximum = Buffer.alloc(4);
  maximum.writeUInt32BE(MAXIMUM_LENGTH);
  const body = Buffer.concat([
    fixed,
    item(0x10, UID.applicationContext),
    ...sopClasses.map((sopClass, index) => presentationContext(contextId(index), sopClass)),
    item(0x50, Buffer.concat([item(0x51, maximum), item(0x52, OWN.implementation)])),
  ]);
  return encodePdu({ type: PDU.associateRequest, body });
}

function presentationContext(id: number, sopClass: string): Buffer {
  return item(
    0x20,
    Buffer.concat([Buffer.from([id, 0, 0, 0]), item(0x30, sopClass), item(0x40, UID.implicitLittleEndian)]),
  );
}

function item(type: number, content: Buffer | string): Buffer {
  const body = Buffer.from(content);
  const header = Buffer.from([type, 0, 0, 0]);
  header.writeUInt16BE(body.length, 2);
  return Buffer.concat([header, body]);
}
