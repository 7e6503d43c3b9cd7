/** What of a keyboard event matters here. */
type Key = Pick<KeyboardEvent, 'isComposing' | 'keyCode'>

const ENDS_IN_HANGUL = /[\u3131-\u318e\uac00-\ud7a3]$/

/** What input methods report for the keys they take. */
const PROCESS = 229

/**
 * Tells keys that belong to an input method from keys that are meant for the page.
 *
 * Browsers disagree on whether the key that ends a composition comes before or after `compositionend`: with
 * candidate windows a confirming Enter may come right after it, so keys are left alone for one more frame. Hangul has no
 * candidates, so there the Enter is meant, and people shall not have to press it twice.
 */
export function createComposition(nextFrame: (run: () => void) => unknown) {
  let isOpen = false
  return {
    start() {
      isOpen = true
    },
    end({ data }: Pick<CompositionEvent, 'data'>) {
      const close = () => {
        isOpen = false
      }
      if (ENDS_IN_HANGUL.test(data)) close()
      else nextFrame(close)
    },
    owns: (key: Key) => isOpen || key.isComposing || key.keyCode === PROCESS,
    isOpen: () => isOpen,
  }
}
