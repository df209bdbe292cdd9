// `npm start`: from a fresh clone to a whole stack on the sandbox, and what to do next.
import { fileURLToPath } from "node:url";
import { bootstrap } from "./bootstrap.mjs";

await bootstrap();
const { quickstart } = await import("./quickstart.mjs");
// Ctrl-C reaches the command that runs as well: its end is awaited, so that it can clean up.
process.on("SIGINT", () => {});
process.exit(await quickstart(fileURLToPath(new URL("..", import.meta.url))));
