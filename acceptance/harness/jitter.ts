import { createHash } from 'node:crypto'
import type { Browser, CDPSession, Page } from 'playwright-core'

/** The longest delay of a request, and of its response. */
const MAX_DELAY_MS = 600
const API = ['*/api/*', '*/ajax-api/*', '*/graphql*', '*/get-artifact*']

/** Slows all pages of a browser as `TEST_JITTER` and `TEST_SLOW_CPU` say. */
export function withJitter(browser: Browser): Browser {
  const { TEST_JITTER: seed, TEST_SLOW_CPU: rate } = process.env
  if (!seed && !rate) return browser
  const slow = async (page: Page) => {
    const session = await page.context().newCDPSession(page)
    if (rate) await session.send('Emulation.setCPUThrottlingRate', { rate: Number(rate) })
    if (seed) await delayRequests(session, seed)
  }
  const newContext = browser.newContext.bind(browser)
  browser.newContext = async (options) => {
    const context = await newContext(options)
    const newPage = context.newPage.bind(context)
    const slowed = new WeakMap<Page, Promise<void>>()
    const slowOnce = (page: Page) => {
      const promise = slowed.get(page) ?? slow(page)
      slowed.set(page, promise)
      return promise
    }
    context.on('page', (popup) => void slowOnce(popup).catch(() => undefined)) // it may close at once
    context.newPage = async () => {
      const page = await newPage()
      await slowOnce(page)
      return page
    }
    return context
  }
  return browser
}

/**
 * Delays each request to the server's API, and its response, by up to 600 ms, streams of events too. Requests therefore arrive and end
 * in another order. Playwright's `route` would turn off the cache of the browser.
 */
async function delayRequests(session: CDPSession, seed: string): Promise<void> {
  const counts = new Map<string, number>()
  const delayOf = (name: string) => {
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    return delayMs(seed, name, count)
  }
  session.on(
    'Fetch.requestPaused',
    async ({ requestId, request, responseStatusCode, responseErrorReason }) => {
      const isResponse = responseStatusCode !== undefined || responseErrorReason !== undefined
      const stage = isResponse ? 'response' : 'request'
      const delay = delayOf(`${stage} ${request.method} ${new URL(request.url).pathname}`)
      await new Promise((resolve) => setTimeout(resolve, delay))
      await session.send('Fetch.continueRequest', { requestId }).catch(() => undefined) // the page may be gone
    },
  )
  await session.send('Fetch.enable', {
    patterns: API.flatMap((urlPattern) => [
      { urlPattern, requestStage: 'Request' as const },
      { urlPattern, requestStage: 'Response' as const },
    ]),
  })
}

/** Depends on nothing else, so that a run with the same seed can be repeated whatever the order of the requests. */
export const delayMs = (seed: string, name: string, count: number): number =>
  createHash('sha256').update(`${seed} ${name} ${count}`).digest().readUInt32BE() % MAX_DELAY_MS
