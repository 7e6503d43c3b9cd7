import { readFile } from 'node:fs/promises'
import type { Locator, Page } from 'playwright-core'

/** The lines of the table that a button downloads, and the name of its file. */
export async function savedTable(tab: Page, button: Locator) {
  const [download] = await Promise.all([tab.waitForEvent('download'), button.click()])
  const text = await readFile(await download.path(), 'utf8')
  return { name: download.suggestedFilename(), lines: text.replace('\ufeff', '').trimEnd().split('\r\n') }
}
