import { createStore, useStore } from './use-store.js'

const store = createStore('')
let timer: ReturnType<typeof setTimeout> | undefined

/** Announces a message to screen readers. Debounced, so that announcements do not interrupt typing. */
export function announce(text: string, delayMs = 60) {
  clearTimeout(timer)
  // Screen readers do not repeat unchanged text, so the region is emptied first.
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
