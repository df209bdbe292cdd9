/** One data element with a value in Implicit VR Little Endian (PS3.5, 7.1.3). */
export interface Element {
  readonly group: number;
  readonly element: number;
  readonly value: Buffer;
}

/** An element with text: padded to an even length, UIDs with a zero and all else with a space (PS3.5, 6.2). */
export function textElement(group: number, element: number, text: string): Element {
  const odd = Buffer.byteLength(text) % 2 === 1;
  const isUid = /^\d+(\.\d+)+$/.test(text);
  return { group, element, value: Buffer.from(odd ? text + (isUid ? "\0" : " ") : text) };
}

/** An element with a 16-bit number. */
export function numberElement(group: number, element: number, number: number): Element {
  const value = Buffer.alloc(2);
  value.writeUInt16LE(number);
  return { group, element, value };
}

/** The bytes of some elements, in the order of their tags. */
export function encodeElements(elements: readonly Element[]): Buffer {
  const inOrder = [...elements].sort((a, b) => a.group - b.group || a.element - b.element);
  return Buffer.concat(inOrder.map(encodeElement));
}

/** The elements in some bytes; what lies in sequences is not looked into. */
export function decodeElements(bytes: Buffer): readonly Element[] {
  const elements: Element[] = [];
  for (let at = 0; at + 8 <= bytes.length;) {
    const length = bytes.readUInt32LE(at + 4);
    const value = bytes.subarray(at + 8, at + 8 + length);
    elements.push({ group: bytes.readUInt16LE(at), element: bytes.readUInt16LE(at + 2), value });
    at += 8 + length;
  }
  return elements;
}

function encodeElement({ group, element, value }: Element): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(group, 0);
  header.writeUInt16LE(element, 2);
  header.writeUInt32LE(value.length, 4);
  return Buffer.concat([header, value]);
}
