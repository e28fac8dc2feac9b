// Pages on hosts that are broken, strict or well: tools/bad-host.mjs serves, and a visit may outlast the host's recovery.
import assert from "node:assert/strict";
import { after } from "node:test";
import { chromium } from "playwright-core";
import { badHost } from "../tools/bad-host.mjs";
import { findChromium, findShell } from "../tools/chromium.mjs";
import { FLAGS, PATIENCE, SITE, close, withContext } from "./browser.mjs";

const NAMED = ["cached", "done", "failed"];

/** What a page shows and does, as its visitor sees it. */
export class Visitor {
  constructor(page) {
    this.page = page;
  }

  async until(states = NAMED, timeout = PATIENCE) {
    // The state comes with the wait's end: to ask again could meet a page that is just being opened anew.
    const state = (all) => all.find((one) => one === document.documentElement.dataset.state);
    return (await this.page.waitForFunction(state, states, { timeout })).jsonValue();
  }

  /** Presses Run, or `act`, and waits for its end; answers the page's state. */
  async run(act = () => this.page.locator("#again").click()) {
    await this.page.evaluate(() => void (document.documentElement.dataset.state = "before"));
    await act();
    return this.until(["done", "failed"]);
  }

  /** The text of what is visible of these elements. */
  seen(selector) {
    return this.page.evaluate(
      (named) => [...document.querySelectorAll(named)].filter((one) => one.checkVisibility({ visibilityProperty: true })).map((one) => one.innerText.replace(/\s+/g, " ")).join(" "),
      selector,
    );
  }

  notice() {
    return this.seen("#notice");
  }

  /** Why the page did not start, with the way out. */
  async trouble() {
    await this.page.locator("#trouble:visible").waitFor();
    assert.equal(await this.page.locator("#trouble a:visible").count(), 1, "there is a way out");
    return this.seen("#trouble");
  }

  /** Has each worker that is started from now on run this first. */
  beforeWorker(script) {
    const patched = async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${script}\n${await response.text()}` });
    };
    // The page may be closed meanwhile.
    return this.page.route("**/worker-*.js", (route) => patched(route).catch(() => {}));
  }

  /** Waits until the service worker answers and has kept what it keeps. */
  async kept() {
    await this.page.evaluate(async () => {
      await navigator.serviceWorker.ready;
      if (!navigator.serviceWorker.controller) await new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve));
    });
  }
}

/**
 * One browser, started when it is needed first. The answer, `at(faults, address, act, options)`, opens a page on a host with these faults and
 * runs `act(visitor, {page, host, context})`. With `whole` the browser has a back/forward cache; without `serviceWorkers: "allow"` among the options there are none.
 */
export function useBadHosts({ whole = false, ...launch } = {}) {
  let browser;
  after(() => close(browser));

  return async function at(faults, address, act, { root = SITE, prepare, ...options } = {}) {
    browser ??= await chromium.launch({ executablePath: whole ? findChromium() : findShell(), ...launch, args: [...FLAGS, ...(launch.args ?? [])] });
    const host = await badHost(root, faults);
    const context = await browser.newContext({ serviceWorkers: "block", viewport: { width: 1000, height: 800 }, ...options });
    try {
      await withContext(context, async () => {
        const page = await context.newPage();
        const visitor = new Visitor(page);
        await prepare?.(visitor);
        if (address !== null) await page.goto(host.url + address);
        await act(visitor, { page, host, context });
      });
    } finally {
      await host.close();
    }
  };
}
