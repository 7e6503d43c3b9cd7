import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { foreignRequests } from '../harness/browser.js'
import { violationsOf } from './violations.js'

export interface Visitor extends AsyncDisposable {
  readonly tab: Page
  /** Opens a path of the server and waits until the page has loaded and is stable. */
  open(path: string): Promise<void>
  /** Follows a link of the open page, which does not load it again. Wait for what the path shows. */
  navigate(path: string): Promise<void>
  /** Accessibility violations that axe finds on the current page, one line each. */
  violations(): Promise<string[]>
  /** Changes to a theme, which changes no other accessibility violations than those of contrast, and finds these. */
  contrastViolationsIn(theme: 'light' | 'dark'): Promise<string[]>
  /** Console errors, uncaught exceptions and requests to other hosts since the last call. */
  problems(): string[]
}

/** Opens a browser context with its own theme, language and window size. */
export async function visitor(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<Visitor> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-US',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    ...options,
  })
  const foreign = foreignRequests(context, origin)
  const errors: string[] = []
  const tab = await context.newPage()
  tab.setDefaultTimeout(60_000)
  tab.on('pageerror', (error) => errors.push(`uncaught: ${error.message}`))
  tab.on('console', (message) => {
    if (message.type() === 'error') errors.push(`console: ${message.text()} at ${message.location().url}`)
  })
  return {
    tab,
    async open(path) {
      await tab.goto('about:blank') // a new fragment alone does not load the page
      await tab.goto(origin + path)
      await settled(tab)
    },
    navigate: async (path) => void (await tab.goto(origin + path)),
    violations: () => violationsOf(tab),
    async contrastViolationsIn(theme) {
      await tab.emulateMedia({ colorScheme: theme })
      await tab.locator(`html[data-theme=${theme}]`).waitFor()
      return violationsOf(tab, ['color-contrast'])
    },
    problems: () => [
      ...errors.splice(0),
      ...foreign.splice(0).map((url) => `a request to another host: ${url}`),
    ],
    [Symbol.asyncDispose]: () => context.close(),
  }
}

/** Pages poll, so the network is never idle: waits until the text stops changing. */
export async function settled(tab: Page): Promise<void> {
  await tab.getByRole('heading', { level: 1 }).first().waitFor()
  let before: string | null = ''
  for (let round = 0; round < 40; round++) {
    const now = await tab.locator('body').textContent()
    if (now === before && (await tab.locator('[aria-busy=true]').count()) === 0) return
    before = now
    await tab.waitForTimeout(250)
  }
}
