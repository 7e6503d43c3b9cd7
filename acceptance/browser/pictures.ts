import { mkdir, mkdtemp, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { root } from '../harness/root.js'

const MAX_BYTES = 300_000

/** The pictures of the documents, made anew only when UPDATE_SCREENSHOTS=1; else they go to a temporary folder. */
const folder =
  process.env.UPDATE_SCREENSHOTS === '1'
    ? join(root, 'docs/images')
    : await mkdtemp(join(tmpdir(), 'cairn-pictures-'))

/** @throws when the picture is too large to be loaded with a page of text */
export async function picture(tab: Page, name: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, `${name}.png`)
  await tab.mouse.move(0, 0) // nothing looks pointed at
  await tab.screenshot({ path, animations: 'disabled', caret: 'hide' })
  const { size } = await stat(path)
  if (size >= MAX_BYTES) throw new Error(`${path} has ${size} bytes: at most ${MAX_BYTES}`)
}
