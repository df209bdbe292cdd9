// `npm start`: from a fresh clone to a whole stack on the sandbox, and what to do next.
import { fileURLToPath } from "node:url";
import { bootstrap } from "./bootstrap.mjs";

await bootstrap();
const { quickstart } = await import("./quickstart.mjs");
process.exit(await quickstart(fileURLToPath(new URL("..", import.meta.url))));
