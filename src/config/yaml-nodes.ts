import { isAlias, isMap, isScalar, isSeq, type ParsedNode, Scalar, type YAMLMap, type YAMLSeq } from "yaml";
import { isMapping } from "../catalog/mapping.ts";
import type { ConfigProblem } from "../model/errors.ts";
import type { JsonValue } from "../model/json.ts";
import { readPlainScalar } from "./yaml-scalar.ts";
import { type NodePlace, type Path, pathKey, type SourceText, type Span } from "./yaml-source.ts";

/** The values of a document and where each stands. */
export interface ReadNodes {
  readonly value: JsonValue;
  readonly places: ReadonlyMap<string, NodePlace>;
  readonly problems: readonly ConfigProblem[];
}

/** Levels and values that a document may have, anchors resolved: more is a mistake, or made to exhaust us. */
const DEEPEST = 100;
const MOST = 100_000;

/** Turns a parsed document into JSON, anchors and merge keys resolved. */
export function readNodes(text: SourceText, root: ParsedNode | null): ReadNodes {
  const reader = new NodeReader(text);
  const value = root === null ? null : reader.read(root, [], null);
  return { value, places: reader.places, problems: reader.problems };
}

class NodeReader {
  readonly places = new Map<string, NodePlace>();
  readonly problems: ConfigProblem[] = [];
  private readonly text: SourceText;
  private readonly anchors = new Map<string, ParsedNode>();
  /** Nodes that are being read: an alias to one of them would never end. */
  private readonly open = new Set<ParsedNode>();
  private count = 0;

  constructor(text: SourceText) {
    this.text = text;
  }

  read(node: ParsedNode, path: Path, key: Span | null): JsonValue {
    this.place(path, { key, value: spanOf(node) });
    return this.valueOf(node, path);
  }

  private valueOf(node: ParsedNode, path: Path): JsonValue {
    const target = this.target(node);
    if (target === null) return null;
    this.count += 1;
    if (this.count > MOST || path.length > DEEPEST) {
      if (this.count <= MOST + 1) this.report(node, "the file holds too many or too deeply nested values");
      this.count = Math.max(this.count, MOST + 1);
      return null;
    }
    if (isScalar(target)) return this.scalar(target);
    this.open.add(target);
    const value = isMap(target) ? this.mapping(target, path) : isSeq(target) ? this.list(target, path) : null;
    this.open.delete(target);
    return value;
  }

  /** The node itself, or what an alias stands for; null when that is a problem. */
  private target(node: ParsedNode): ParsedNode | null {
    if (!isAlias(node)) {
      if (node.anchor) this.anchors.set(node.anchor, node);
      return node;
    }
    const target = this.anchors.get(node.source);
    if (!target) this.report(node, `there is no anchor &${node.source} above this alias`);
    else if (this.open.has(target)) this.report(node, `the alias *${node.source} holds itself`);
    else return target;
    return null;
  }

  private scalar(node: Scalar.Parsed): JsonValue {
    const { value } = node;
    if (typeof value === "string" && (node.type !== Scalar.PLAIN || node.tag)) return value;
    const read = node.tag && isJsonScalar(value) ? value : readPlainScalar(node.source);
    if (read !== undefined) return read;
    this.report(node, "this number cannot be carried exactly", `put it into quotes: "${node.source}"`);
    return null;
  }

  private list(node: YAMLSeq.Parsed, path: Path): JsonValue {
    return node.items.map((item, index) => this.read(item, [...path, index], null));
  }

  private mapping(node: YAMLMap.Parsed, path: Path): JsonValue {
    const own = new Map<string, JsonValue>();
    const merges: ParsedNode[] = [];
    for (const { key, value } of node.items) {
      if (!isScalar(key)) {
        this.report(key, "a key must be plain text");
      } else if (typeof key.value === "symbol") {
        // With `merge: true` the parser reads a bare << as a symbol.
        if (value) merges.push(value);
      } else {
        this.entry(own, key, value, path);
      }
    }
    const merged = new Map<string, JsonValue>();
    for (const source of merges.flatMap((merge) => this.mergeSources(merge))) {
      this.merge(source, path, own, merged);
    }
    return Object.fromEntries([...merged, ...own]);
  }

  private entry(own: Map<string, JsonValue>, key: Scalar.Parsed, value: ParsedNode | null, path: Path): void {
    const name = typeof key.value === "string" ? key.value : key.source;
    if (own.has(name)) {
      this.report(key, `the key "${name}" stands here twice`, "remove one of the two");
      return;
    }
    const below = [...path, name];
    const span = spanOf(key);
    if (!value) this.place(below, { key: span, value: span });
    own.set(name, value ? this.read(value, below, span) : null);
  }

  /** A merge key takes one mapping or a list of them; the first one that has a key wins. */
  private mergeSources(node: ParsedNode): ParsedNode[] {
    const target = this.target(node);
    if (target && isSeq(target)) return target.items.flatMap((item) => this.mergeSources(item));
    if (target && isMap(target)) return [target];
    if (target) this.report(node, "a merge key (<<) takes a mapping or a list of mappings");
    return [];
  }

  private merge(
    source: ParsedNode,
    path: Path,
    own: ReadonlyMap<string, JsonValue>,
    merged: Map<string, JsonValue>,
  ): void {
    const value = this.valueOf(source, path);
    for (const [key, below] of Object.entries(isMapping(value) ? value : {})) {
      if (below !== undefined && !own.has(key) && !merged.has(key)) merged.set(key, below);
    }
  }

  /** The first place of a path stays: what a merge key brings later never hides what stands there itself. */
  private place(path: Path, place: NodePlace): void {
    const key = pathKey(path);
    if (!this.places.has(key)) this.places.set(key, place);
  }

  private report(node: ParsedNode, message: string, hint: string | null = null): void {
    this.problems.push(this.text.problem(node.range[0], { message, hint }));
  }
}

function spanOf(node: ParsedNode): Span {
  return { start: node.range[0], end: node.range[1] };
}

function isJsonScalar(value: unknown): value is string | number | boolean | null {
  return typeof value === "number"
    ? Number.isFinite(value)
    : value === null || ["string", "boolean"].includes(typeof value);
}
