import { decodeElements, type Element, encodeElements, numberElement, textElement } from "./elements.ts";
import { encodePdu, PDU } from "./pdu.ts";

/** Requests that are sent (PS3.7, E.1): the value of Command Field. */
export const COMMAND = { store: 0x0001, find: 0x0020, echo: 0x0030 } as const;

/** Says in Data Set Type that none follows (PS3.7, 9.1). */
const NO_DATA_SET = 0x0101;

/** A request to a DICOM server. */
export interface DicomRequest {
  readonly command: (typeof COMMAND)[keyof typeof COMMAND];
  readonly sopClass: string;
  readonly messageId: number;
  /** Only for C-STORE: what is stored. */
  readonly sopInstance?: string;
  /** What is stored, or what is looked for. */
  readonly dataSet?: readonly Element[];
}

/** One answer; C-FIND gives one for each find, and a last one. */
export interface DicomAnswer {
  /** 0: success; FF00 and FF01: there is more (PS3.7, annex C). */
  readonly status: number;
  /** What the server says of a failure; null when it says nothing. */
  readonly comment: string | null;
}

/** The units that carry a request: the command, and its data set in one of its own. */
export function encodeRequest(request: DicomRequest, contextId: number): readonly Buffer[] {
  const { dataSet } = request;
  const command = withGroupLength(commandElements(request));
  return [
    dataUnit(contextId, command, true),
    ...(dataSet === undefined ? [] : [dataUnit(contextId, encodeElements(dataSet), false)]),
  ];
}

/** Puts answers together from the fragments that P-DATA-TF units carry (PS3.8, annex E). */
export class AnswerReader {
  #command: Buffer[] = [];

  /** Takes a unit's body; gives the answers that it completes. Data sets that come along are not kept. */
  take(body: Buffer): readonly DicomAnswer[] {
    const answers: DicomAnswer[] = [];
    for (let at = 0; at + 6 <= body.length; at += 4 + body.readUInt32BE(at)) {
      const header = body.readUInt8(at + 5);
      const isCommand = (header & 1) === 1;
      if (!isCommand) continue;
      this.#command.push(body.subarray(at + 6, at + 4 + body.readUInt32BE(at)));
      const isLast = (header & 2) === 2;
      if (!isLast) continue;
      answers.push(decodeAnswer(Buffer.concat(this.#command)));
      this.#command = [];
    }
    return answers;
  }
}

function commandElements({ command, sopClass, messageId, sopInstance, dataSet }: DicomRequest): readonly Element[] {
  const priority = command === COMMAND.echo ? [] : [numberElement(0, 0x0700, 0)];
  return [
    textElement(0, 0x0002, sopClass),
    numberElement(0, 0x0100, command),
    numberElement(0, 0x0110, messageId),
    ...priority,
    numberElement(0, 0x0800, dataSet === undefined ? NO_DATA_SET : 1),
    ...(sopInstance === undefined ? [] : [textElement(0, 0x1000, sopInstance)]),
  ];
}

/** Commands begin with their own length (PS3.7, 6.3.1). */
function withGroupLength(elements: readonly Element[]): Buffer {
  const rest = encodeElements(elements);
  const value = Buffer.alloc(4);
  value.writeUInt32LE(rest.length);
  return Buffer.concat([encodeElements([{ group: 0, element: 0, value }]), rest]);
}

function dataUnit(contextId: number, content: Buffer, isCommand: boolean): Buffer {
  const header = Buffer.alloc(6);
  header.writeUInt32BE(content.length + 2, 0);
  header.writeUInt8(contextId, 4);
  // Bit 0: a command; bit 1: its last fragment.
  header.writeUInt8(isCommand ? 3 : 2, 5);
  return encodePdu({ type: PDU.data, body: Buffer.concat([header, content]) });
}

function decodeAnswer(command: Buffer): DicomAnswer {
  const elements = decodeElements(command);
  const find = (element: number): Buffer | undefined => elements.find((each) => each.element === element)?.value;
  const status = find(0x0900);
  const comment = find(0x0902)?.toString("latin1").trim();
  const isWhole = status !== undefined && status.length >= 2;
  return { status: isWhole ? status.readUInt16LE() : -1, comment: comment ? comment : null };
}
