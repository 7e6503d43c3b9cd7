const KEY = 'cairn.run-colours'
const MAX_KEPT = 2000

type Colours = ReadonlyMap<string, string>

let colours: Colours | undefined
const listeners = new Set<() => void>()

function read(): Colours {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}')
    return new Map(Object.entries(kept as object).filter(([, colour]) => typeof colour === 'string'))
  } catch {
    return new Map()
  }
}

/** The colours of runs that somebody chose in this browser. The same object until one changes. */
export function keptColours(): Colours {
  colours ??= read()
  return colours
}

/** @param colour undefined for the default */
export function keepColour(runId: string, colour: string | undefined) {
  const next = new Map(keptColours())
  next.delete(runId)
  if (colour !== undefined) next.set(runId, colour)
  keepColours(next)
}

/** Keeps the colours that were chosen last. */
export function keepColours(next: Colours) {
  colours = new Map([...next].slice(-MAX_KEPT))
  localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(colours)))
  for (const listener of listeners) listener()
}

export function onColoursChange(listener: () => void) {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
