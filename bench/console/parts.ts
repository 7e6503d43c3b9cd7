import type { Page } from 'playwright-core'
import type { Experiment } from './data.js'
import { followHidden, followPoints, logFiveBatches } from './live-tasks.js'
import * as tasks from './tasks.js'
import type { UserInterface } from './user-interface.js'

export interface Size {
  readonly runs: number
  readonly many: number
  /** Points of each of 50 histories. */
  readonly points: number
  /** Points of each of 1,000 histories. */
  readonly largePoints: number
}

const NO_HISTORIES = { histories: 0, points: 0 }

export const experimentsOf = ({ runs, many, points, largePoints }: Size) =>
  ({
    runs: { id: 0, name: 'Default', runs, metrics: 100, params: 100, histories: 50, points },
    many: { id: 1, name: 'many runs', runs: many, metrics: 10, params: 10, ...NO_HISTORIES },
    columns: { id: 2, name: 'many columns', runs: 100, metrics: 2000, params: 2000, ...NO_HISTORIES },
    metrics: { id: 3, name: 'many metrics', runs: 1, metrics: 10_000, params: 10, ...NO_HISTORIES },
    histories: {
      ...{ id: 4, name: 'many histories', runs: 1000, metrics: 2, params: 2 },
      ...{ histories: 1000, points: largePoints },
    },
  }) satisfies Record<string, Experiment>

export type Experiments = ReturnType<typeof experimentsOf>

export type Step = readonly [task: string, work: (tab: Page) => Promise<tasks.Figures>]

interface Part {
  readonly needs: readonly (keyof Experiments)[]
  /** Only Cairn is measured: MLflow's pages have nothing like it, or its store takes too long to fill. */
  readonly isOurs?: true
  /** The steps, by the tab that they share. */
  readonly tabs: (ui: UserInterface, experiments: Experiments) => readonly (readonly Step[])[]
}

/** Pages that are read after the first one, which has 100 runs. */
const PAGES = 19

export const chartName = ({ histories, points }: Experiment) => `chart of ${histories} × ${points} points`

export const PARTS: Readonly<Record<string, Part>> = {
  load: { needs: ['runs'], tabs: (ui) => [[['first load', (tab) => tasks.firstLoad(tab, ui)]]] },
  runs: { needs: ['runs'], tabs: (ui, { runs }) => [tableSteps(ui, runs)] },
  many: {
    needs: ['many'],
    tabs: (ui, { many }) => [
      tableSteps(ui, many),
      [
        [`open ${many.runs} runs again`, (tab) => tasks.openRuns(tab, ui, many)],
        [`filter ${many.runs} runs`, (tab) => tasks.filterRuns(tab, ui, many)],
        [`sort ${many.runs} runs, filtered`, (tab) => tasks.sortRuns(tab, ui, many)],
      ],
    ],
  },
  columns: {
    needs: ['columns'],
    tabs: (ui, { columns }) => [
      [
        ['open 100 runs with 4,000 keys', (tab) => tasks.openRuns(tab, ui, columns)],
        ['find one of 4,000 columns', (tab) => tasks.findColumn(tab, ui, columns)],
      ],
    ],
  },
  compare: {
    needs: ['runs'],
    tabs: (ui, { runs }) =>
      [100, 1000].map((count) => [
        [`compare ${count} runs`, (tab) => tasks.compareRuns(tab, ui, runs, count)],
      ]),
  },
  run: {
    needs: ['metrics'],
    tabs: (ui, { metrics }) => [
      [['open a run with 10,000 metrics', (tab) => tasks.openRun(tab, ui, metrics)]],
    ],
  },
  chart: { needs: ['runs'], tabs: (ui, { runs }) => [chartSteps(ui, runs)] },
  live: {
    needs: ['runs'],
    isOurs: true,
    tabs: (ui, { runs }) => [
      [
        ['table before five log-batch calls', (tab) => tasks.openRuns(tab, ui, runs)],
        ['further pages before them', (tab) => tasks.loadPages(tab, ui, PAGES)],
        ['five log-batch calls', (tab) => logFiveBatches(tab, ui, runs)],
      ],
      [
        ['chart before live points', (tab) => tasks.drawHistory(tab, ui, runs)],
        ['20 points per second for 10 s in the chart', (tab) => followPoints(tab, ui, runs)],
        ['the same in a hidden tab', (tab) => followHidden(tab, ui, runs)],
      ],
    ],
  },
  large: {
    needs: ['histories'],
    isOurs: true,
    tabs: (ui, { histories }) => [chartSteps(ui, histories)],
  },
}

const tableSteps = (ui: UserInterface, experiment: Experiment): readonly Step[] => [
  [`open ${experiment.runs} runs`, (tab) => tasks.openRuns(tab, ui, experiment)],
  ...(ui.showsCount
    ? [[`count ${experiment.runs} runs`, (tab: Page) => tasks.showCount(tab, ui, experiment)] as const]
    : []),
  [`load further pages of ${experiment.runs} runs`, (tab) => tasks.loadPages(tab, ui, PAGES)],
  [`scroll the loaded of ${experiment.runs} runs`, (tab) => tasks.scrollRuns(tab, ui)],
]

const chartSteps = (ui: UserInterface, experiment: Experiment): readonly Step[] => [
  [chartName(experiment), (tab) => tasks.drawHistory(tab, ui, experiment)],
  [`pointer over the ${chartName(experiment)}`, (tab) => tasks.hoverChart(tab, ui)],
]

/** The greatest figures that are wanted, by task and figure. */
export const goalsOf = ({ runs, many }: Experiments): Readonly<Record<string, number>> => ({
  'first load: scripts and styles, compressed, kB': 250,
  ...Object.fromEntries(
    [runs, many].flatMap((one) => [
      [`open ${one.runs} runs: first rows, ms`, 1000],
      [`open ${one.runs} runs: longest task, ms`, 100],
      [`scroll the loaded of ${one.runs} runs: of a static table`, 1.3],
    ]),
  ),
  'compare 100 runs: usable, ms': 2000,
  'compare 1000 runs: usable, ms': 5000,
  ...Object.fromEntries(
    [100, 1000].flatMap((count) => [
      [`compare ${count} runs: heap, MB`, 200],
      [`compare ${count} runs: nodes`, 5000],
    ]),
  ),
  [`${chartName(runs)}: drawn, ms`]: 1000,
  [`${chartName(runs)}: zoomed, ms`]: 200,
  'five log-batch calls: responses, kB': 50,
  'the same in a hidden tab: responses, kB': 0,
  'the same in a hidden tab: requests': 0,
})
