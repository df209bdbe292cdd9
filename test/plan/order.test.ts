import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inOrder } from "../../src/plan/order.ts";
import { randomGraph } from "../support/random-graph.ts";

const node = (id: string, ...needs: readonly string[]) => ({ id, needs });
const ids = (nodes: readonly { readonly id: string }[]): readonly string[] => nodes.map(({ id }) => id);

describe("order", () => {
  test.for([
    ["as given, without needs", [node("c"), node("a"), node("b")], ["c", "a", "b"]],
    ["needs first", [node("app", "db"), node("db")], ["db", "app"]],
    ["needs first, in the order they are named", [node("app", "b", "a"), node("a"), node("b")], ["b", "a", "app"]],
    ["only what must move moves", [node("x"), node("app", "db"), node("y"), node("db")], ["x", "db", "app", "y"]],
    ["needs that name nothing are passed over", [node("app", "gone")], ["app"]],
    ["nothing", [], []],
  ] as const)("%s", ([, nodes, expected]) => {
    expect(ids(inOrder(nodes))).toEqual(expected);
  });

  test("a cycle is an error that names it", () => {
    const names = (circle: string) => expect.objectContaining({ code: "config-invalid", message: circle });
    expect(() => inOrder([node("x", "a"), node("a", "y", "b"), node("y"), node("b", "c"), node("c", "a")])).toThrow(
      names("These wait for themselves: a → b → c → a."),
    );
    expect(() => inOrder([node("a", "a")])).toThrow(names("These wait for themselves: a → a."));
  });
});

describe("for any graph", () => {
  test("every node is there once, and behind all it needs", () => {
    fc.assert(
      fc.property(randomGraph(), (nodes) => {
        const ordered = inOrder(nodes);
        expect(ids(ordered).toSorted()).toEqual(ids(nodes).toSorted());
        for (const [index, { needs }] of ordered.entries()) {
          for (const need of needs.filter((each) => each !== "nothing")) {
            expect(ids(ordered).indexOf(need)).toBeLessThan(index);
          }
        }
      }),
    );
  });

  test("what is in order stays as it is", () => {
    fc.assert(
      fc.property(randomGraph(), (nodes) => {
        const ordered = inOrder(nodes);
        expect(inOrder(ordered)).toEqual(ordered);
      }),
    );
  });
});
