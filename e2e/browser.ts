import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium, type Browser, type BrowserContext, type Page, type Response } from "playwright-core";
import { checkAgainst, type CheckAnswer } from "./api-document.ts";

// What the functions below find in the page. The types of a browser would change those of the rest of the program.
declare const document: any;
declare const getComputedStyle: (element: unknown) => { readonly color: string };
declare const requestAnimationFrame: (callback: () => void) => void;

/** The Chromium of the system, or the one that INGOT_TEST_CHROMIUM names; undefined when there is none. */
export const chromiumPath = [
  process.env["INGOT_TEST_CHROMIUM"] ?? "",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((path) => path !== "" && existsSync(path));

if (chromiumPath === undefined) {
  process.stdout.write("skipped: the console in a browser, since no Chromium was found (INGOT_TEST_CHROMIUM).\n");
}

/** A browser that remembers everything it complained about. */
export class ConsoleBrowser {
  readonly #browser: Browser;
  readonly #context: BrowserContext;
  readonly page: Page;
  /** Console errors, uncaught exceptions, failed requests and violations of the content security policy. */
  readonly complaints: string[] = [];
  /** What axe found serious or critical, on any screen that was looked at. */
  readonly violations: string[] = [];
  /** Answers below `/api/v1` that are not what its OpenAPI document promises, among so many that were looked at. */
  readonly brokenPromises: string[] = [];
  answersChecked = 0;
  readonly #screenshots: string | undefined;

  private constructor(browser: Browser, context: BrowserContext, page: Page) {
    this.#browser = browser;
    this.#context = context;
    this.page = page;
    this.#screenshots = process.env["INGOT_TEST_SCREENSHOTS"];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") {
        this.complaints.push(`${message.type()}: ${message.text()} (${message.location().url})`);
      }
    });
    page.on("pageerror", (error) => this.complaints.push(`exception: ${error.message}`));
    page.on("response", (response) => {
      if (response.status() >= 500) this.complaints.push(`${response.status()} ${response.url()}`);
    });
  }

  static async open(url: string): Promise<ConsoleBrowser> {
    const browser = await chromium.launch({ executablePath: chromiumPath as string, args: ["--no-sandbox"] });
    // Trusting one more authority in a browser takes a profile; what TLS promises is tested with other clients.
    const context = await browser.newContext({
      baseURL: url,
      ignoreHTTPSErrors: true,
      viewport: { width: 1360, height: 900 },
      reducedMotion: "reduce",
    });
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event: any) => {
        console.error(`content security policy: ${event.violatedDirective} ${event.blockedURI}`);
      });
    });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    const opened = new ConsoleBrowser(browser, context, page);
    const check = checkAgainst(await (await context.request.get("/api/v1/openapi.json")).json());
    page.on("response", (response) => void opened.#checkPromise(response, check));
    return opened;
  }

  async #checkPromise(response: Response, check: CheckAnswer): Promise<void> {
    const { pathname } = new URL(response.url());
    if (!pathname.startsWith("/api/v1/") || pathname.endsWith("/stream")) return;
    // A page that is left takes its answers with it.
    const text = await response.text().catch(() => undefined);
    if (text === undefined) return;
    const type = response.headers()["content-type"] ?? "";
    const path = pathname.slice("/api/v1".length);
    const broken = check(response.request().method(), path, response.status(), type, text);
    this.answersChecked++;
    if (broken !== undefined) this.brokenPromises.push(broken);
  }

  /** Keeps what axe finds serious or critical on the page as it is. */
  async #checkAccessibility(what: string): Promise<void> {
    const source = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    await this.page.evaluate(source);
    const violations = await this.page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: {
          run: () => Promise<{
            violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
          }>;
        };
      };
      return (await axe.run()).violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(
          ({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map((n) => `${n.html} ${n.failureSummary}`).join("\n")}`,
        );
    });
    this.violations.push(...violations.map((violation) => `${what}: ${violation}`));
  }

  /** In light and in dark, into the directory INGOT_TEST_SCREENSHOTS, when it is set. Axe looks at both. */
  async lookAt(name: string): Promise<void> {
    for (const colorScheme of ["light", "dark"] as const) {
      await this.page.emulateMedia({ colorScheme });
      await this.page.waitForFunction(
        (scheme) => document.documentElement.getAttribute("data-mantine-color-scheme") === scheme,
        colorScheme,
      );
      await this.page.evaluate(async () => {
        // Colours may fade, from the frame after next on.
        for (let frame = 0; frame < 2; frame++) await new Promise<void>(requestAnimationFrame);
        await Promise.allSettled(document.getAnimations().map((animation: any) => animation.finished));
      });
      await this.page.waitForFunction((scheme) => {
        const [red = 0] = getComputedStyle(document.body).color.match(/\d+/g)?.map(Number) ?? [];
        return red > 127 === (scheme === "dark");
      }, colorScheme);
      await this.#checkAccessibility(`${name} in ${colorScheme}`);
      if (this.#screenshots === undefined) continue;
      await mkdir(this.#screenshots, { recursive: true });
      await this.page.screenshot({ path: join(this.#screenshots, `${name}-${colorScheme}.png`), fullPage: true });
    }
    await this.page.emulateMedia({ colorScheme: "light" });
  }

  /** Waits until nothing on the page is a placeholder; the live stream stays open, so the network is never idle. */
  async settled(): Promise<void> {
    await this.page.waitForFunction(() => document.querySelector(".mantine-Skeleton-root, [aria-busy=true]") === null);
  }

  async close(): Promise<void> {
    await this.#context.close();
    await this.#browser.close();
  }
}
