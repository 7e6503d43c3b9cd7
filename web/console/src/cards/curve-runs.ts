import type { CurveRun } from '../charts/curve-run.js'
import { seriesStyle, withDash } from '../charts/series-style.js'
import type { VisibleRun } from '../runs/visible-run.js'

const NO_GROUP = '–'

/** The groups of runs, in the order of their colours; empty unless the runs are grouped. */
export const groupsOf = (runs: readonly VisibleRun[]): readonly string[] => [
  ...new Set(runs.flatMap(({ group }) => group ?? [])),
]

/** The runs as lines draw them. Dashes distinguish runs of one colour, and groups have their own colours. */
export function curveRunsOf(runs: readonly VisibleRun[], isGrouped: boolean): CurveRun[] {
  const uses = new Map<string, number>()
  const groups = [...new Set(runs.map(({ group }) => group ?? NO_GROUP))]
  return runs.map(({ runId, name, color, status, group }) => {
    const used = uses.get(color) ?? 0
    uses.set(color, used + 1)
    return {
      id: runId,
      label: name,
      style: withDash({ colour: color, dash: [] }, used),
      live: status === 'RUNNING',
      ...(isGrouped && {
        group: group ?? NO_GROUP,
        groupStyle: seriesStyle(groups.indexOf(group ?? NO_GROUP)),
      }),
    }
  })
}
