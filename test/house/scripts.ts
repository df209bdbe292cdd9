/** What `scripts/fences.mjs` says of a room. */
export interface Fence {
  readonly rooms: readonly string[];
  readonly packages: readonly string[];
  readonly node: readonly string[];
}

/** What the tests use of `scripts/fences.mjs` and `scripts/generate.mjs`. */
interface HouseScripts {
  readonly FENCES: Readonly<Record<string, Fence>>;
  readonly MAY_PRINT: readonly string[];
  readonly MAY_EXIT: readonly string[];
  readonly MAY_SPAWN: string;
  readonly lintConfig: () => object;
}

/** Loads the scripts; they are plain JavaScript, so their shape is said here. */
export async function houseScripts(): Promise<HouseScripts> {
  const load = (name: string): Promise<object> => import(new URL(`../../scripts/${name}.mjs`, import.meta.url).href);
  // The cast says what no declaration file says; a wrong one fails in every test that uses it.
  return { ...(await load("fences")), ...(await load("generate")) } as HouseScripts;
}
