// Builds everything that the browser loads, and the map's data. The outputs are committed: the site runs without Node.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build as bundle, transform } from "esbuild";
import * as sass from "sass";
import { ICONS } from "./src/icons.mjs";
import { worldData } from "./src/world.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const modules = join(here, "node_modules");

function write(path, text) {
  const target = join(root, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
  console.log(`${path}: ${(text.length / 1024).toFixed(1)} KB, ${(gzipSync(text).length / 1024).toFixed(1)} KB gzipped`);
}

// The Digital Agency's tokens come as CSS custom properties; Sass needs them as variables.
function tokens() {
  const css = readFileSync(join(modules, "@digital-go-jp/design-tokens/dist/tokens.css"), "utf8");
  return [...css.matchAll(/--color-((?:primitive|neutral)-[\w-]+):\s*(#[0-9a-f]{6});/g)]
    .map(([, name, value]) => `$${name.replace(/^(primitive|neutral)-/, "")}: ${value};`)
    .join("\n");
}

async function styles() {
  const source = readFileSync(join(here, "src/scss/jcm.scss"), "utf8");
  const { css } = sass.compileString(source, {
    loadPaths: [join(here, "src/scss"), modules],
    importers: [
      {
        canonicalize: (url) => (url.endsWith("jcm-tokens") ? new URL("jcm:tokens") : null),
        load: () => ({ contents: tokens(), syntax: "scss" }),
      },
    ],
    quietDeps: true,
    silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
  });
  const { code } = await transform(css, { loader: "css", minify: true, target: ["chrome109", "firefox115", "safari15.6"] });
  write("static/css/jcm.css", code);
}

async function scripts() {
  const { outputFiles } = await bundle({
    entryPoints: [join(here, "src/js/jcm.js")],
    bundle: true,
    format: "esm",
    minify: true,
    target: "es2021",
    write: false,
  });
  write("static/js/jcm.js", outputFiles[0].text);
}

function sprite() {
  const folder = join(modules, "bootstrap-icons/icons");
  const known = new Set(readdirSync(folder));
  const symbols = ICONS.map((name) => {
    if (!known.has(`${name}.svg`)) throw new Error(`No icon is called ${name}`);
    const svg = readFileSync(join(folder, `${name}.svg`), "utf8");
    const body = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace("</svg>", "").replace(/\s*\n\s*/g, "");
    return `<symbol id="${name}" viewBox="0 0 16 16" fill="currentColor">${body}</symbol>`;
  });
  write("static/icons/sprite.svg", `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
}

await styles();
await scripts();
sprite();
write("jcm/data/world.json", `${JSON.stringify(worldData(modules), null, 1)}\n`);
