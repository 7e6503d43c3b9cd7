import { table } from '../tracking/report.js'
import type { Figures } from './tasks.js'

/** The figures of a task, or why there are none. */
export type Outcome = Figures | string

/** Outcomes by task and user interface. */
export type Outcomes = Readonly<Record<string, Readonly<Record<string, Outcome>>>>

const shown = (figure: number) =>
  figure < 10 && !Number.isInteger(figure) ? figure.toFixed(2) : Math.round(figure).toLocaleString('en')

/** @param goals by the name of a task, a colon and the name of a figure */
export function outcomeTable(
  outcomes: Outcomes,
  interfaces: readonly string[],
  goals: Readonly<Record<string, number>>,
): string {
  const rows = Object.entries(outcomes).flatMap(([task, byInterface]) => {
    const names = new Set(
      Object.values(byInterface).flatMap((outcome) =>
        typeof outcome === 'string' ? [] : Object.keys(outcome),
      ),
    )
    return [...names].map((name, i) => [
      ...[task, name, goals[`${task}: ${name}`]?.toLocaleString('en') ?? ''],
      ...interfaces.map((ui) => cell(byInterface[ui], name, i === 0)),
    ])
  })
  return table(['task', 'figure', 'at most', ...interfaces], rows)
}

function cell(outcome: Outcome | undefined, name: string, isFirst: boolean): string {
  if (outcome === undefined) return ''
  if (typeof outcome === 'string') return isFirst ? outcome : ''
  const figure = outcome[name]
  return figure === undefined ? '' : shown(figure)
}

export const headlineOf = (outcomes: Outcomes, interfaces: readonly string[]) =>
  Object.entries(outcomes)
    .map(([task, byInterface]) => {
      const cells = interfaces.flatMap((ui) => {
        const outcome = byInterface[ui]
        if (outcome === undefined) return []
        return [typeof outcome === 'string' ? outcome : shown(Object.values(outcome)[0]!)]
      })
      return `${task}: ${cells.join(' / ')}`
    })
    .join('; ')
