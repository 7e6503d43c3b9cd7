const KEY = 'cairn.single-keys'

/** Returns whether shortcuts of one key are on. Speech input types letters, so its users need to turn them off (WCAG 2.1.4). */
export const hasSingleKeys = () => localStorage.getItem(KEY) !== 'off'

export const setSingleKeys = (on: boolean) =>
  on ? localStorage.removeItem(KEY) : localStorage.setItem(KEY, 'off')
