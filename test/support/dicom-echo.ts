import { once } from "node:events";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";

/** How a C-ECHO went. */
export interface EchoAnswer {
  /** DICOM status of the C-ECHO-RSP: 0 is success. */
  readonly status: number;
  /** Whether the peer released the association in turn. */
  readonly released: boolean;
}

/** UIDs of PS3.6: application context, verification SOP class, implicit VR little endian. */
const APPLICATION_CONTEXT = "1.2.840.10008.3.1.1.1";
const VERIFICATION = "1.2.840.10008.1.1";
const IMPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2";
/** A UID of our own, made from a UUID (PS3.5 B.2). */
const IMPLEMENTATION = "2.25.231928337428764512879410216542879";

/** PDU types (PS3.8, 9.3). */
const PDU = { associateAccept: 2, data: 4, releaseRequest: 5, releaseAnswer: 6 } as const;
const PRESENTATION_CONTEXT = 1;

/** Asks a DICOM server over TLS whether it is there: association, C-ECHO, release (PS3.7 9.1.5, PS3.8 9.3). */
export async function dicomEcho(options: ConnectionOptions, calledTitle = "ORTHANC"): Promise<EchoAnswer> {
  const socket = connect(options);
  socket.setTimeout(15_000, () => socket.destroy(new Error("the DICOM server fell silent")));
  try {
    await once(socket, "secureConnect");
    const pdus = readPdus(socket);
    const accepted = await exchange(socket, pdus, associateRequest(calledTitle));
    if (accepted.type !== PDU.associateAccept) throw new Error(`association not accepted: PDU type ${accepted.type}`);
    const answer = await exchange(socket, pdus, echoRequest());
    if (answer.type !== PDU.data) throw new Error(`no answer to C-ECHO: PDU type ${answer.type}`);
    const end = await exchange(socket, pdus, pdu(PDU.releaseRequest, Buffer.alloc(4)));
    return { status: statusOf(answer.body), released: end.type === PDU.releaseAnswer };
  } finally {
    socket.destroy();
  }
}

interface Pdu {
  readonly type: number;
  readonly body: Buffer;
}

async function exchange(socket: TLSSocket, pdus: AsyncGenerator<Pdu>, request: Buffer): Promise<Pdu> {
  socket.write(request);
  const { value, done } = await pdus.next();
  if (done === true) throw new Error("the DICOM server closed the connection");
  return value as Pdu;
}

async function* readPdus(socket: TLSSocket): AsyncGenerator<Pdu> {
  let rest = Buffer.alloc(0);
  for await (const chunk of socket) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    while (rest.length >= 6 && rest.length >= 6 + rest.readUInt32BE(2)) {
      const end = 6 + rest.readUInt32BE(2);
      yield { type: rest.readUInt8(0), body: rest.subarray(6, end) };
      rest = rest.subarray(end);
    }
  }
}

function pdu(type: number, body: Buffer): Buffer {
  const header = Buffer.alloc(6);
  header.writeUInt8(type, 0);
  header.writeUInt32BE(body.length, 2);
  return Buffer.concat([header, body]);
}

/** A variable item of an association PDU. */
function item(type: number, body: Buffer | string): Buffer {
  const bytes = Buffer.from(body);
  const header = Buffer.from([type, 0, 0, 0]);
  header.writeUInt16BE(bytes.length, 2);
  return Buffer.concat([header, bytes]);
}

function associateRequest(calledTitle: string): Buffer {
  const fixed = Buffer.alloc(68);
  fixed.writeUInt16BE(1, 0);
  fixed.write(calledTitle.padEnd(16), 4, "latin1");
  fixed.write("FLOTILLATEST".padEnd(16), 20, "latin1");
  const syntaxes = [item(0x30, VERIFICATION), item(0x40, IMPLICIT_LITTLE_ENDIAN)];
  const maximumLength = Buffer.alloc(4);
  maximumLength.writeUInt32BE(16_384);
  return pdu(
    1,
    Buffer.concat([
      fixed,
      item(0x10, APPLICATION_CONTEXT),
      item(0x20, Buffer.concat([Buffer.from([PRESENTATION_CONTEXT, 0, 0, 0]), ...syntaxes])),
      item(0x50, Buffer.concat([item(0x51, maximumLength), item(0x52, IMPLEMENTATION)])),
    ]),
  );
}

/** A command element of group 0000, implicit VR little endian. */
function element(number: number, value: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(number, 2);
  header.writeUInt32LE(value.length, 4);
  return Buffer.concat([header, value]);
}

function short(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function echoRequest(): Buffer {
  const command = Buffer.concat([
    element(0x0002, Buffer.from(`${VERIFICATION}\0`)),
    element(0x0100, short(0x0030)), // C-ECHO-RQ
    element(0x0110, short(1)), // message id
    element(0x0800, short(0x0101)), // no data set follows
  ]);
  const groupLength = Buffer.alloc(4);
  groupLength.writeUInt32LE(command.length);
  const message = Buffer.concat([element(0x0000, groupLength), command]);
  // Presentation data value: length, context, and that this is a command and its last fragment (PS3.8 E.2).
  const header = Buffer.alloc(6);
  header.writeUInt32BE(message.length + 2, 0);
  header.writeUInt8(PRESENTATION_CONTEXT, 4);
  header.writeUInt8(3, 5);
  return pdu(PDU.data, Buffer.concat([header, message]));
}

/** Element (0000,0900) of the command in a P-DATA-TF. */
function statusOf(body: Buffer): number {
  for (let at = 6; at + 8 <= body.length; at += 8 + body.readUInt32LE(at + 4)) {
    if (body.readUInt16LE(at) === 0 && body.readUInt16LE(at + 2) === 0x0900) return body.readUInt16LE(at + 8);
  }
  throw new Error("the answer has no status");
}
