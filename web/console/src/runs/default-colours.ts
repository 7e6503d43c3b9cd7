const COLOURS = 8
/** The colours of the theme that runs have and can be given. */
export const THEME_COLOURS = Array.from({ length: COLOURS }, (_, i) => `var(--series-${i})`)

/** Colours of the runs of an experiment, as indexes, and how many runs have each. */
interface Assigned {
  readonly byRun: Map<string, number>
  readonly uses: number[]
}

const assignedByExperiment = new Map<string, Assigned>()

/**
 * The colour of a run that nobody chose. It stays the same in all tables and charts while the page is open. Runs of an experiment
 * repeat a colour only when all colours are used equally often.
 */
export function defaultColour(run: { readonly run_id: string; readonly experiment_id: string }): string {
  const assigned = assignedIn(run.experiment_id)
  const index = assigned.byRun.get(run.run_id) ?? assign(assigned, run.run_id)
  return THEME_COLOURS[index]!
}

function assignedIn(experimentId: string): Assigned {
  const found = assignedByExperiment.get(experimentId)
  if (found) return found
  const none = { byRun: new Map(), uses: THEME_COLOURS.map(() => 0) }
  assignedByExperiment.set(experimentId, none)
  return none
}

/** Prefers the colour of the run's id, so that most runs have the same colour in each visit, among those that are used least. */
function assign({ byRun, uses }: Assigned, runId: string): number {
  const least = Math.min(...uses)
  let index = hashOf(runId) % COLOURS
  while (uses[index] !== least) index = (index + 1) % COLOURS
  uses[index]! += 1
  byRun.set(runId, index)
  return index
}

function hashOf(text: string): number {
  let hash = 0
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0
  return hash >>> 0
}
