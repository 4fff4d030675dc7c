// Fails when what a browser loads first, or one lazy editor, is larger than promised. Sizes are gzipped JavaScript.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const INITIAL_KB = 200;
const EDITOR_KB = 60;
const dist = new URL("../dist/", import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(`${dist}.vite/manifest.json`, "utf8"));
const size = (file) => gzipSync(readFileSync(dist + file), { level: 9 }).length / 1024;

/** The chunk and all that it imports at once. */
function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) closure(next, seen);
  return seen;
}

const sum = (keys) => [...keys].reduce((total, key) => total + size(manifest[key].file), 0);
const first = closure("index.html");
let failed = false;
function check(name, found, limit) {
  const verdict = found <= limit ? "ok" : "TOO LARGE";
  console.log(`${verdict}: ${name} ${found.toFixed(1)} KB gzipped, the limit is ${limit}`);
  failed ||= found > limit;
}
check("initial page", sum(first), INITIAL_KB);
const isEditor = (key) => manifest[key].isDynamicEntry && key.startsWith("src/editor/");
// What loads editors, the shell around them, is there before they are.
const loaders = Object.keys(manifest).filter((key) => manifest[key].dynamicImports?.some(isEditor));
const before = new Set([...first, ...loaders.flatMap((key) => [...closure(key)])]);
for (const key of Object.keys(manifest).filter(isEditor)) {
  check(key, sum([...closure(key)].filter((chunk) => !before.has(chunk))), EDITOR_KB);
}
process.exit(failed ? 1 : 0);
