import type { Page } from 'playwright-core'

const holders = new WeakMap<Page, number>()

/** Holds the requests of a page to URLs that match. @returns a function that lets them continue */
export async function holdRequests(tab: Page, urls: string | RegExp): Promise<() => void> {
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  await tab.route(urls, async (route) => {
    await released
    await route.continue()
  })
  const count = (change: number) => holders.set(tab, (holders.get(tab) ?? 0) + change)
  count(1)
  void released.then(() => count(-1))
  return release
}

/** Returns whether a test holds requests of a page, which may therefore stay busy. */
export const holdsRequests = (tab: Page): boolean => (holders.get(tab) ?? 0) > 0
