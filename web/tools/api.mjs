// Writes web/openapi.json and web/src/api/api.d.ts from the handlers. `--check` fails when they are not fresh.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const web = new URL("..", import.meta.url).pathname;
const codegen = join(web, "tools/codegen");
if (!existsSync(join(codegen, "node_modules"))) {
  execFileSync("npm", ["ci", "--ignore-scripts", "--silent"], { cwd: codegen, stdio: "inherit" });
}
const root = join(web, "..");
// Built with the whole workspace: by itself it would have other features, and all of it would be compiled once more.
execFileSync("cargo", ["build", "--quiet", "--workspace", "--bin", "labelwright"], {
  cwd: root,
  stdio: "inherit",
});
const program = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "debug/labelwright");
const document = execFileSync(program, ["openapi"], { maxBuffer: 1 << 26 });
const folder = mkdtempSync(join(tmpdir(), "labelwright-api-"));
const json = join(folder, "openapi.json");
const types = join(folder, "api.d.ts");
writeFileSync(json, document);
execFileSync(join(codegen, "node_modules/.bin/openapi-typescript"), [json, "-o", types], { stdio: "ignore" });
const places = [
  [json, join(web, "openapi.json")],
  [types, join(web, "src/api/api.d.ts")],
];
for (const [made, kept] of places) {
  const fresh = readFileSync(made, "utf8");
  if (process.argv.includes("--check")) {
    if (!existsSync(kept) || readFileSync(kept, "utf8") !== fresh) {
      console.error(`${kept} is not what the handlers say; run: npm --prefix web run api`);
      process.exit(1);
    }
  } else {
    writeFileSync(kept, fresh);
  }
}
