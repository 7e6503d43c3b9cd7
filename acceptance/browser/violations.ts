import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type axe from 'axe-core'
import type { Page } from 'playwright-core'

/** Each loaded page compiles it: `axe.source` has twice the size. */
const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/**
 * Accessibility violations that axe finds in the document of a page and in its frames, one line each.
 * @param rules names of axe's rules to apply, all when absent
 */
export async function violationsOf(tab: Page, rules?: readonly string[]): Promise<string[]> {
  await Promise.all(
    tab.frames().map((frame) => frame.evaluate(`typeof axe === 'object' || void (() => { ${SOURCE} })()`)),
  )
  return tab.evaluate(
    async (options) => {
      const { axe: loaded } = globalThis as unknown as { axe: typeof axe }
      const { violations } = await loaded.run(document, options)
      return violations.map(({ id, help, nodes }) => {
        const targets = nodes.slice(0, 3).map(({ target }) => target.join(' '))
        return `${id}: ${help} (${targets.join(', ')})`
      })
    },
    // The other results hold the HTML of each element, which takes longer to collect and send than the rules to run.
    { resultTypes: ['violations'], ...(rules && { runOnly: [...rules] }) } satisfies axe.RunOptions,
  )
}
