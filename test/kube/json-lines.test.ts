import { expect, test } from "vitest";
import { jsonLines } from "../../src/kube/json-lines.ts";

const EVENTS = [{ name: "größe ☂" }, { name: "two\nlines" }, [1, null]];
const BYTES = Buffer.from(EVENTS.map((event) => JSON.stringify(event)).join("\n") + "\n\n", "utf8");

async function read(chunks: readonly Buffer[]): Promise<readonly unknown[]> {
  async function* stream(): AsyncGenerator<Buffer> {
    yield* chunks;
  }
  const values: unknown[] = [];
  for await (const value of jsonLines(stream())) values.push(value);
  return values;
}

test("lines come out whole wherever the bytes are cut", async () => {
  for (let cut = 0; cut <= BYTES.length; cut += 1) {
    expect(await read([BYTES.subarray(0, cut), BYTES.subarray(cut)])).toEqual(EVENTS);
  }
  expect(await read([...BYTES].map((byte) => Buffer.from([byte])))).toEqual(EVENTS);
});

test("a last line that was cut short is dropped", async () => {
  expect(await read([Buffer.from('{"a":1}\n{"b":')])).toEqual([{ a: 1 }]);
});
