import type { Page } from 'playwright-core'

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
  return release
}
