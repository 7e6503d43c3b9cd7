import type { Page } from 'playwright-core'

/**
 * Types like a Korean input method: each syllable is composed in place from its letters, and the page receives "Process" keys.
 * The composition of the last syllable stays open.
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
    /** The input method consumes the Enter that ends a composition. */
    async end() {
      const key = { windowsVirtualKeyCode: 229, key: 'Process', code: 'Enter' }
      await keyboard.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...key })
      await keyboard.send('Input.insertText', { text: syllables.at(-1)!.at(-1)! })
    },
  }
}
