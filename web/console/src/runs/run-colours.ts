const KEY = 'cairn.run-colours'
const MAX_KEPT = 2000

type Colours = ReadonlyMap<string, string>

/** A chosen colour and the experiment of its run; colours of older versions have no experiment. */
interface Chosen {
  readonly colour: string
  readonly experiment: string
}

let own: ReadonlyMap<string, Chosen> | undefined
let ofView: Colours = new Map()
let colours: Colours | undefined
const listeners = new Set<() => void>()

function read(): ReadonlyMap<string, Chosen> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}')
    return new Map(Object.entries(kept as object).flatMap(([id, value]) => chosenOf(id, value)))
  } catch {
    return new Map()
  }
}

function chosenOf(id: string, value: unknown): [string, Chosen][] {
  const [colour, experiment = ''] = Array.isArray(value) ? (value as unknown[]) : [value]
  return typeof colour === 'string' ? [[id, { colour, experiment: String(experiment) }]] : []
}

const ownColours = () => {
  own ??= read()
  return own
}

/** The colours of runs: those chosen in this browser before those of the open view. The same object until one changes. */
export function keptColours(): Colours {
  colours ??= new Map([...ofView, ...[...ownColours()].map(([id, { colour }]) => [id, colour] as const)])
  return colours
}

/** Keeps the colours that were chosen last. @param colour undefined for the default, also instead of the view's */
export function keepColour(runId: string, experiment: string, colour: string | undefined) {
  const next = new Map(ownColours())
  next.delete(runId)
  if (colour !== undefined) next.set(runId, { colour, experiment })
  else ofView = new Map([...ofView].filter(([id]) => id !== runId))
  own = new Map([...next].slice(-MAX_KEPT))
  const kept = [...own].map(([id, chosen]) => [id, [chosen.colour, chosen.experiment]])
  localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(kept)))
  changed()
}

/** Shows the colours of a view while it is open, without keeping them. */
export function showColours(view: Colours) {
  if (view.size === 0 && ofView.size === 0) return
  ofView = view
  changed()
}

/** The colours to save with a view of an experiment: those of the open view, and those chosen here for its runs. */
export function coloursToSave(experiment: string): Colours {
  const chosen = [...ownColours()].filter(([, one]) => one.experiment === experiment)
  return new Map([...ofView, ...chosen.map(([id, { colour }]) => [id, colour] as const)])
}

function changed() {
  colours = undefined
  for (const listener of listeners) listener()
}

export function onColoursChange(listener: () => void) {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
