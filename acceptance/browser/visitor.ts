import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { foreignRequests } from '../harness/browser.js'
import { holdsRequests } from './hold-requests.js'
import { forgetRequests, hasPendingRequests, watchRequests } from './pending-requests.js'
import { violationsOf } from './violations.js'

export interface Visitor extends AsyncDisposable {
  readonly tab: Page
  /** Opens a path of the server and waits until the page has loaded and is stable. */
  open(path: string): Promise<void>
  /** Opens a path without loading the page again, and waits until it is stable. It may show data that it read up to 5 s ago. */
  show(path: string): Promise<void>
  /** Follows a link of the open page, which does not load it again. Wait for what the path shows. */
  navigate(path: string): Promise<void>
  /** Accessibility violations that axe finds on the current page, one line each. */
  violations(): Promise<string[]>
  /** Switches the theme and returns violations of contrast, the only ones that depend on the theme. */
  contrastViolationsIn(theme: 'light' | 'dark'): Promise<string[]>
  /** Console errors, uncaught exceptions and requests to other hosts since the last call. */
  problems(): string[]
}

interface VisitorOptions extends BrowserContextOptions {
  /** Closes the tab afterwards, because it cannot be reset, instead of returning it to the pool. */
  readonly isClosed?: boolean
}

interface Tab {
  readonly page: Page
  readonly foreign: string[]
}

/** A pool of tabs by origin and options: loading a page in a new tab takes twice the processor time. */
const pools = new WeakMap<Browser, Map<string, Tab[]>>()

const tabsOf = (browser: Browser, key: string): Tab[] => {
  const tabs = pools.get(browser) ?? new Map<string, Tab[]>()
  pools.set(browser, tabs)
  const found = tabs.get(key) ?? []
  tabs.set(key, found)
  return found
}

/** Opens a browser context with its own theme, language, window size and storage. */
export async function visitor(
  browser: Browser,
  origin: string,
  { isClosed = false, ...options }: VisitorOptions = {},
): Promise<Visitor> {
  const viewport = { width: 1280, height: 800 }
  const settings = {
    viewport,
    locale: 'en-US',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    ...options,
  } as const
  const others = tabsOf(browser, JSON.stringify([origin, settings]))
  const { page: tab, foreign } = others.pop() ?? (await newTab(browser, origin, settings))
  const errors: string[] = []
  foreign.length = 0
  tab.on('pageerror', (error) => errors.push(`uncaught: ${error.message}`))
  tab.on('console', (message) => {
    if (message.type() === 'error') errors.push(`console: ${message.text()} at ${message.location().url}`)
  })
  return {
    tab,
    async open(path) {
      await tab.goto('about:blank') // a new fragment alone does not load the page
      forgetRequests(tab)
      await tab.goto(origin + path)
      await waitUntilStable(tab)
    },
    async show(path) {
      await tab.goto(origin + path)
      await waitUntilStable(tab)
    },
    navigate: async (path) => void (await tab.goto(origin + path)),
    violations: () => violationsOf(tab),
    async contrastViolationsIn(theme) {
      await tab.emulateMedia({ colorScheme: theme })
      // The page hears of the change while it draws a frame. This asks for frames; waiting for the attribute does not.
      await tab.waitForFunction((name) => document.documentElement.dataset.theme === name, theme)
      return violationsOf(tab, ['color-contrast'])
    },
    problems: () => [
      ...errors.splice(0),
      ...foreign.splice(0).map((url) => `a request to another host: ${url}`),
    ],
    async [Symbol.asyncDispose]() {
      if (!isClosed && (await tryReset(tab, origin, settings))) others.push({ page: tab, foreign })
      else await tab.context().close()
    },
  }
}

/** The listeners of a test end with it. */
const LISTENED = ['request', 'response', 'console', 'pageerror', 'download']

async function newTab(browser: Browser, origin: string, settings: BrowserContextOptions): Promise<Tab> {
  const context = await browser.newContext(settings)
  watchRequests(context)
  const page = await context.newPage()
  page.setDefaultTimeout(60_000)
  return { page, foreign: foreignRequests(context, origin) }
}

/** Resets a tab to the state of a new one. @returns whether that was possible */
async function tryReset(tab: Page, origin: string, settings: BrowserContextOptions): Promise<boolean> {
  const context = tab.context()
  if (tab.isClosed() || context.pages().length > 1 || settings.extraHTTPHeaders) return false
  try {
    for (const event of LISTENED) tab.removeAllListeners(event)
    await tab.unrouteAll({ behavior: 'ignoreErrors' })
    await tab.goto(`${origin}/health`) // no script of a page can write to the storage there
    await tab.evaluate(() => {
      localStorage.clear()
      sessionStorage.clear()
    })
    await context.clearCookies()
    await tab.setExtraHTTPHeaders({})
    await tab.setViewportSize(settings.viewport!)
    await tab.emulateMedia({ colorScheme: settings.colorScheme ?? 'light', reducedMotion: 'reduce' })
    return true
  } catch {
    return false
  }
}

/** For responses that are late or never come: the page has drawn what it can without them. */
const PATIENCE_MS = 3_000
const LIMIT_MS = 30_000
const PAUSE_MS = 50

/**
 * Waits until the page waits for no response, nothing of it is busy or a placeholder, and its text has stayed the same for some
 * frames. While it waits for responses or shows placeholders, the text must have stayed the same for longer.
 */
export async function waitUntilStable(tab: Page): Promise<void> {
  await tab.getByRole('heading', { level: 1 }).first().waitFor()
  const limit = Date.now() + LIMIT_MS
  let text = ''
  let changed = Date.now()
  let isQuiet = false
  while (Date.now() < limit) {
    const wasQuiet = isQuiet
    const drawn = await drawnPage(tab)
    if (drawn.text !== text) changed = Date.now()
    isQuiet = !hasPendingRequests(tab) && drawn.text === text && !drawn.isBusy && !drawn.hasPlaceholders
    text = drawn.text
    if (wasQuiet && isQuiet) return
    const mayStay = !drawn.isBusy || holdsRequests(tab)
    if (mayStay && Date.now() - changed > PATIENCE_MS) return
    if (!isQuiet) await tab.waitForTimeout(PAUSE_MS)
  }
}

/** Draws the next frames, because a response changes the page some tasks after its end. */
const drawnPage = (tab: Page) =>
  tab
    .evaluate(async () => {
      for (let frames = 0; frames < 2; frames++)
        await new Promise((resolve) => {
          requestAnimationFrame(resolve)
          setTimeout(resolve, 100) // a hidden tab has no frames
        })
      const isBusy = document.querySelector('[aria-busy=true]') !== null
      // React shows a part up to 300 ms after its code has loaded.
      const hasPlaceholders = document.querySelector('.skeletons') !== null
      return { text: document.body.textContent ?? '', isBusy, hasPlaceholders }
    })
    .catch((error: unknown) => {
      if (tab.isClosed()) throw error
      return { text: '', isBusy: true, hasPlaceholders: false } // the page has loaded another document meanwhile
    })
