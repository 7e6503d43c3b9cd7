import { createStore, useStore } from './use-store.js'

const store = createStore('')
let timer: ReturnType<typeof setTimeout> | undefined

/** Says a sentence to screen readers; of several in a row only the last, so that typing is not talked over. */
export function announce(text: string, delayMs = 60) {
  clearTimeout(timer)
  // An unchanged region is not read again: it is emptied first.
  timer = setTimeout(() => {
    store.set('')
    timer = setTimeout(() => store.set(text), 40)
  }, delayMs)
}

export function Announcer() {
  return (
    <div class="visually-hidden" role="status" aria-live="polite" aria-atomic="true">
      {useStore(store)}
    </div>
  )
}
