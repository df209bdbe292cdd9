import { expect, test } from "vitest";
import { acceptedContexts } from "../../src/verify/dimse/association-answer.ts";
import { encodeElements, numberElement } from "../../src/verify/dimse/elements.ts";
import { AnswerReader } from "../../src/verify/dimse/messages.ts";
import { PDU } from "../../src/verify/dimse/pdu.ts";

/** The body of an A-ASSOCIATE-AC with some items. */
function acceptance(...items: readonly number[]): Buffer {
  return Buffer.concat([Buffer.alloc(68), Buffer.from(items)]);
}

test("the contexts with result 0 are accepted", () => {
  const body = acceptance(0x21, 0, 0, 4, 1, 0, 0, 0, 0x21, 0, 0, 4, 3, 0, 4, 0);
  expect([...acceptedContexts({ type: PDU.associateAccept, body }, "host:104")]).toEqual([1]);
});

test("an acceptance that breaks off within a context accepts none", () => {
  const body = acceptance(0x21, 0, 0, 4, 1);
  expect([...acceptedContexts({ type: PDU.associateAccept, body }, "host:104")]).toEqual([]);
});

/** A P-DATA-TF body with one command. */
function commandUnit(content: Buffer): Buffer {
  const header = Buffer.from([0, 0, 0, content.length + 2, 1, 3]);
  return Buffer.concat([header, content]);
}

test.for([
  ["has its status", numberElement(0, 0x0900, 0xff00), 0xff00],
  ["breaks off within its status", { group: 0, element: 0x0900, value: Buffer.of(0) }, -1],
  ["has no status", numberElement(0, 0x0100, 0x8030), -1],
] as const)("an answer that %s is read as such", ([, element, status]) => {
  expect(new AnswerReader().take(commandUnit(encodeElements([element])))).toEqual([{ status, comment: null }]);
});
