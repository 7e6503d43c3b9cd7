import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { root } from '../harness/root.js'

const MAX_BYTES = 300_000

const folder = join(root, 'docs/images')

/**
 * A picture of the documents, kept only where UPDATE_SCREENSHOTS=1.
 *
 * @throws when the picture is too large to be loaded with a page of text
 */
export async function picture(tab: Page, name: string): Promise<void> {
  await tab.mouse.move(0, 0) // nothing looks pointed at
  const image = await tab.screenshot({ animations: 'disabled', caret: 'hide' })
  if (image.length >= MAX_BYTES)
    throw new Error(`${name}.png has ${image.length} bytes: at most ${MAX_BYTES}`)
  if (process.env.UPDATE_SCREENSHOTS !== '1') return
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, `${name}.png`), image)
}
