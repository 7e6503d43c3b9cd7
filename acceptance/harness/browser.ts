import { existsSync } from 'node:fs'
import {
  type Browser,
  type BrowserContext,
  type LaunchOptions,
  chromium as playwright,
} from 'playwright-core'
import { withJitter } from './jitter.js'

/** Paths of Debian's packages. The headless shell renders the same as the browser, in half of the processor time. */
const INSTALLED = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium']

/** Path of the Chromium to test in, if one is installed. */
export const chromium = process.env.TEST_CHROMIUM || INSTALLED.find((path) => existsSync(path))

export async function launchBrowser(options: LaunchOptions = {}): Promise<Browser> {
  if (!chromium) throw new Error('no Chromium here: guard the suite with describe.skipIf(!chromium)')
  const browser = await playwright.launch({
    executablePath: chromium,
    ...options,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', ...(options.args ?? [])],
  })
  return withJitter(browser)
}

/** Collects the requests to other origins; the list grows while pages of the context load. */
export function foreignRequests(context: BrowserContext, origin: string): string[] {
  const foreign: string[] = []
  context.on('request', (request) => {
    const url = new URL(request.url())
    if (url.protocol.startsWith('http') && url.origin !== new URL(origin).origin) foreign.push(url.href)
  })
  return foreign
}
