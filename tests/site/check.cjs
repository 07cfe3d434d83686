// What a reader's browser shows of the site: no sideways scrolling, alternative texts, no serious accessibility finding, a search
// that finds, a language switch that stays on the page, links that hold, and no request that leaves the machine.
"use strict";
const fs = require("fs");
const http = require("http");
const os = require("os");
const path = require("path");
const { chromium } = require("playwright-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const [site, pictures] = process.argv.slice(2);
const WIDTHS = [1280, 390];
const EVERYWHERE = ["index", "paper", "read", "outputs", "audit", "engine", "project", "docs/own_survey", "docs/definitions",
  "docs/tutorial", "docs/architecture", "docs/audit_identities", "docs/audit_validation", "docs/reliability", "data/published/README",
  "notebooks/index", "api/index", "api/from_r", "api/plsem", "api/plsem.estimator", "api/plsem.resampling.bootstrap", "CHANGELOG", "search"];
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png",
  ".woff2": "font/woff2", ".json": "application/json" };
const problems = [];
const problem = (where, what) => problems.push(`${where}: ${what}`);

function serve() {
  const server = http.createServer((request, response) => {
    const name = decodeURIComponent(new URL(request.url, "http://x").pathname);
    const file = path.join(site, name.endsWith("/") ? name + "index.html" : name);
    if (!file.startsWith(site) || !fs.existsSync(file)) { response.writeHead(404).end(); return; }
    response.writeHead(200, { "content-type": TYPES[path.extname(file)] || "application/octet-stream" });
    fs.createReadStream(file).pipe(response);
  });
  return new Promise((done) => server.listen(0, "127.0.0.1", () => done(server)));
}

async function look(page, name, width, language, home) {
  const where = `${language}/${name} at ${width}`;
  await page.setViewportSize({ width, height: 900 });
  await page.goto(home + (language === "es" ? "es/" : "") + name + ".html", { waitUntil: "load" });
  const seen = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    widest: [...document.querySelectorAll(".bd-article *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1
      && !e.parentElement.closest("[tabindex='0'], pre, .pst-scrollable-table-container")).slice(0, 3)
      .map((e) => e.tagName + "." + e.className),
    mute: [...document.images].filter((i) => !i.alt.trim()).map((i) => i.src.slice(-60)),
    broken: [...document.images].filter((i) => i.complete && i.naturalWidth === 0).map((i) => i.src.slice(-60)),
    lang: document.documentElement.lang,
  }));
  if (seen.wide > 0) problem(where, `scrolls sideways by ${seen.wide} px (${seen.widest.join(", ")})`);
  seen.mute.forEach((src) => problem(where, `image without alt: ${src}`));
  seen.broken.forEach((src) => problem(where, `broken image: ${src}`));
  if (seen.lang !== language) problem(where, `lang is ${seen.lang}`);
  await page.evaluate(axe);
  for (const theme of width === WIDTHS[0] ? ["light", "dark"] : ["light"]) {
    await page.evaluate((t) => { document.documentElement.dataset.theme = t; document.documentElement.dataset.mode = t; }, theme);
    const found = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
    for (const v of found.violations.filter((v) => ["serious", "critical"].includes(v.impact))) {
      problem(where, `axe (${theme}) ${v.id}, ${v.nodes.length} times: ${v.nodes[0].html.slice(0, 140)}`);
    }
  }
  await page.evaluate(() => { document.documentElement.dataset.theme = "light"; document.documentElement.dataset.mode = "light"; });
  if (pictures) await page.screenshot({ path: path.join(pictures, `${language}-${width}-${name.replace(/\//g, "_")}.png`) });
}

async function functions(page, home) {
  await page.setViewportSize({ width: 1280, height: 900 });
  for (const [language, folder] of [["en", ""], ["es", "es/"]]) {
    await page.goto(`${home}${folder}search.html?q=HTMT`);
    try { await page.waitForSelector("#search-results li a", { timeout: 15000 }); } catch { problem(language, "search does not find HTMT"); }
  }
  for (const name of ["index", "notebooks/04_structural_model", "docs/definitions", "api/plsem.model", "docs/own_survey"]) {
    for (const [from, to] of [["", "es/"], ["es/", ""]]) {
      await page.goto(`${home}${from}${name}.html`);
      await page.locator("a.language-switch:visible").first().click();
      await page.waitForLoadState();
      if (page.url() !== `${home}${to}${name}.html`) problem(from + name, `the language switch leads to ${page.url()}`);
    }
  }
  await page.goto(`${home}index.html`);
  await page.keyboard.press("Tab");
  const first = await page.evaluate(() => document.activeElement.textContent.trim());
  if (!/skip/i.test(first)) problem("index", `the first Tab stops at "${first}", not at the skip link`);
  await page.keyboard.press("Control+k");
  if (!(await page.evaluate(() => document.activeElement.matches("input[type=search]")))) problem("index", "Ctrl+K opens no search");
}

(async () => {
  const server = await serve();
  const home = `http://127.0.0.1:${server.address().port}/`;
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), "site-browser-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium", headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
      "--no-first-run"],
  });
  const page = await context.newPage();
  const asked = new Set();
  context.on("request", (r) => { if (!r.url().startsWith(home) && !/^(data|blob|about):/.test(r.url())) asked.add(r.url()); });
  context.on("response", (r) => { if (r.status() >= 400) problem(page.url(), `${r.status()} for ${r.url()}`); });
  page.on("pageerror", (error) => problem(page.url(), error.message));
  if (pictures) fs.mkdirSync(pictures, { recursive: true });
  const notebooks = fs.readdirSync(path.join(site, "notebooks")).filter((f) => f.endsWith(".html") && f !== "index.html");
  const names = [...EVERYWHERE.filter((n) => fs.existsSync(path.join(site, n + ".html"))),
    ...notebooks.map((f) => "notebooks/" + f.slice(0, -5))];
  for (const language of ["en", "es"]) {
    for (const name of names) for (const width of WIDTHS) await look(page, name, width, language, home);
  }
  await functions(page, home);
  asked.forEach((url) => problem("network", `asks for ${url}`));
  await context.close();
  server.close();
  fs.rmSync(profile, { recursive: true, force: true });
  problems.forEach((text) => console.log(text));
  console.log(`${names.length * 2 * WIDTHS.length} views of ${names.length * 2} pages, ${problems.length} problems`);
  process.exit(problems.length ? 1 : 0);
})();
