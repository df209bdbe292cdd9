// The table of values in a chart's README, from the comments of its values.yaml and of the charts in it. A line `# -- …` and
// the comment lines after it describe the key below; what has such a comment is a row, with all that is in it.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isMap, LineCounter, parseDocument } from "yaml";

const BEGIN = "<!-- values: npm run generate -->";
const END = "<!-- end of values -->";

/** The README of the chart in `folder` with its table as the values are now. */
export async function chartReadme(folder) {
  const readme = await readFile(join(folder, "README.md"), "utf8");
  const [before, rest] = cut(readme, BEGIN);
  const [, after] = cut(rest, END);
  const rows = (await allRows(folder)).map(({ path, value, text }) => `| \`${path}\` | \`${value}\` | ${text} |`);
  const table = ["| value | default | what it does |", "|---|---|---|", ...rows].join("\n");
  return `${before}${BEGIN}\n${table}\n${END}${after}`;
}

function cut(text, mark) {
  const at = text.indexOf(mark);
  if (at < 0) throw new Error(`The README has no line ${mark}.`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}

/** The chart's own values, then those of the charts in it, each below its name. */
async function allRows(folder) {
  const parts = await readdir(join(folder, "charts")).catch(() => []);
  const own = await rowsOf(join(folder, "values.yaml"), "");
  const others = await Promise.all(
    parts.sort().map((part) => rowsOf(join(folder, "charts", part, "values.yaml"), part)),
  );
  return [...own, ...others.flat()];
}

async function rowsOf(file, part) {
  const text = await readFile(file, "utf8");
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  const lines = text.split("\n");
  const rows = [];
  const visit = (map, path) => {
    for (const { key, value } of map.items) {
      // What a part takes over from the whole stands with the whole.
      if (part !== "" && path.length === 0 && key.value === "global") continue;
      const here = [...path, key.value];
      const comment = commentAbove(lines, lineCounter.linePos(key.range[0]).line - 1);
      if (comment !== null) rows.push(row(here, value, comment));
      else if (isMap(value)) visit(value, here);
      else throw new Error(`${file}: ${here.join(".")} has no comment that begins with "# --".`);
    }
  };
  visit(document.contents, []);
  return rows.map((each) => (part === "" ? each : { ...each, path: `${part}.${each.path}` }));
}

function row(path, value, text) {
  return { path: path.join("."), value: JSON.stringify(value.toJSON()), text: text.replaceAll("|", "\\|") };
}

/** The described comment that ends on the line before `line`; null when there is none. */
function commentAbove(lines, line) {
  const found = [];
  for (let at = line - 1; at >= 0; at -= 1) {
    const comment = /^\s*# ?(.*)$/.exec(lines[at]);
    if (comment === null) return null;
    const begin = comment[1].startsWith("-- ");
    found.unshift(begin ? comment[1].slice(3) : comment[1]);
    if (begin) return found.join(" ");
  }
  return null;
}
