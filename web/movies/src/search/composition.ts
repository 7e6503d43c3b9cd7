type Key = Pick<KeyboardEvent, 'isComposing' | 'keyCode'>

const ENDS_IN_HANGUL = /[\u3131-\u318e\uac00-\ud7a3]$/

/** The key code of keys that an input method handles. */
const PROCESS = 229

/**
 * Distinguishes keys of an input method from keys for the page.
 *
 * Browsers send the key that ends a composition before or after `compositionend`. An Enter that confirms a candidate may
 * follow it, so keys are ignored for one more frame. Hangul has no candidates, so its Enter is for the page at once.
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
