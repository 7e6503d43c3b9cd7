/** Pages, without their slash, by the letter that follows `g`. */
export const GO_TO = {
  e: 'experiments',
  m: 'models',
  p: 'prompts',
  s: 'endpoints',
  c: 'catalog',
  j: 'jobs',
  r: 'reports',
  a: 'alerts',
} as const
export type GoKey = keyof typeof GO_TO

/** The modifier of the palette's shortcut on this machine. */
export const COMMAND = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? '') ? '⌘' : 'Ctrl'

type Pressed = Pick<KeyboardEvent, 'key' | 'code'>

/** The Latin letter of a key. Korean input has other letters at the places of the Latin ones, which `code` names. */
export function letterOf({ key, code }: Pressed): string | undefined {
  if (/^[a-z]$/i.test(key)) return key.toLowerCase()
  return /^[!-~]$/.test(key) ? undefined : /^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase()
}

/** Ctrl+K and Cmd+K, in any language of input. */
export const opensPalette = (event: KeyboardEvent) =>
  (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && letterOf(event) === 'k'

/** Returns whether the keys go into a field. */
export const isTyping = (target: EventTarget | null) =>
  target instanceof Element &&
  target.closest(
    'input:not([type="checkbox"], [type="radio"], [type="range"]), textarea, select, [contenteditable="true"]',
  ) !== null

/** With Korean input `key` may not be a slash. */
export const isSlash = ({ key, code, shiftKey }: KeyboardEvent) =>
  key === '/' || (code === 'Slash' && !shiftKey && !/^[!-~]$/.test(key))
