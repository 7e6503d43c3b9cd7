import type { Page } from 'playwright-core'

/**
 * Types as a Korean input method does: each syllable is composed from its letters in place, and the keys of the
 * composition reach the page as "Process" keys. The last syllable stays open.
 */
export async function compose(tab: Page, syllables: readonly (readonly string[])[]) {
  const keyboard = await tab.context().newCDPSession(tab)
  for (const [index, steps] of syllables.entries()) {
    for (const text of steps) {
      await keyboard.send('Input.dispatchKeyEvent', {
        type: 'rawKeyDown',
        windowsVirtualKeyCode: 229,
        key: 'Process',
      })
      await keyboard.send('Input.imeSetComposition', {
        text,
        selectionStart: text.length,
        selectionEnd: text.length,
      })
    }
    if (index < syllables.length - 1) await keyboard.send('Input.insertText', { text: steps.at(-1)! })
  }
  return {
    /** The Enter that ends a composition is the input method's own. */
    async end() {
      const key = { windowsVirtualKeyCode: 229, key: 'Process', code: 'Enter' }
      await keyboard.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...key })
      await keyboard.send('Input.insertText', { text: syllables.at(-1)!.at(-1)! })
    },
  }
}
