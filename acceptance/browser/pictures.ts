import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { root } from '../harness/root.js'

const MAX_BYTES = 300_000

const folder = join(root, 'docs/images')

/**
 * Takes a screenshot for the documentation, and saves it when UPDATE_SCREENSHOTS=1.
 *
 * @throws when the file is too large for a documentation page
 */
export async function picture(tab: Page, name: string): Promise<void> {
  await tab.mouse.move(0, 0) // no hover effects
  const image = await tab.screenshot({ animations: 'disabled', caret: 'hide' })
  if (image.length >= MAX_BYTES)
    throw new Error(`${name}.png has ${image.length} bytes; the limit is ${MAX_BYTES}`)
  if (process.env.UPDATE_SCREENSHOTS !== '1') return
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, `${name}.png`), image)
}
