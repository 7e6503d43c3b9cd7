import type { Page } from 'playwright-core'

/** Holds the requests of a page to URLs that match a glob. @returns a function that lets them continue */
export async function holdRequests(tab: Page, glob: string): Promise<() => void> {
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  await tab.route(glob, async (route) => {
    await released
    await route.continue()
  })
  return release
}
