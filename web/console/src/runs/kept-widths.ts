const KEY = 'cairn.column-widths'
const MAX_KEPT = 500

/** Widths of columns in pixels, by id. */
type Widths = Readonly<Record<string, number>>

/** The widths chosen in this browser, for all experiments. */
export function keptWidths(): Widths {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}')
    return Object.fromEntries(
      Object.entries(kept as object).filter(([, width]) => typeof width === 'number' && width > 0),
    )
  } catch {
    return {}
  }
}

/** Keeps the widths that were chosen last. */
export function keepWidths(widths: Widths) {
  localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(Object.entries(widths).slice(-MAX_KEPT))))
}
