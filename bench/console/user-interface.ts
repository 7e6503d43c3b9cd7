import type { Page } from 'playwright-core'
import type { Peer } from '../servers.js'
import type { Experiment } from './data.js'

/** A dashboard of runs in the browser: how each task is done in it. Functions resolve when the result is visible. */
export interface UserInterface {
  readonly name: string
  readonly server: Peer
  /** Opens the list of experiments. */
  openExperiments(tab: Page): Promise<void>
  /** Opens the table of an experiment, until its first rows are drawn. */
  openRuns(tab: Page, experiment: Experiment): Promise<void>
  /** The element that scrolls the rows of the open table. */
  readonly scroller: string
  /** Loads the next page of the open table at its end. */
  loadMore(tab: Page): Promise<void>
  /** Waits until the total of runs is shown; absent if it never is. */
  showsCount?(tab: Page, total: number): Promise<void>
  /** Filters the open table by a typed text. @param first the name of the run in the first row after it */
  filter(tab: Page, text: string, first: string): Promise<void>
  /** Sorts the open table by a metric, the greatest first. @param first the name of the run in the first row after it */
  sort(tab: Page, metric: string, first: string): Promise<void>
  /** Opens the list of columns of the open table. */
  openColumns(tab: Page): Promise<void>
  /** Searches the open list of columns. */
  searchColumns(tab: Page, metric: string): Promise<void>
  /** Compares runs, until their parameters are shown. */
  compare(tab: Page, experiment: Experiment, runs: readonly string[]): Promise<void>
  /**
   * Draws the history of a metric of runs.
   * @returns milliseconds until the lines are drawn, from when the chart is in view; from opening the page if that draws them
   */
  drawHistory(tab: Page, experiment: Experiment, runs: readonly string[]): Promise<number>
  /** Zooms into the drawn chart; absent if a zoom reads nothing. @returns milliseconds from the key until the lines are drawn */
  zoom?(tab: Page): Promise<number>
  /** The area of the drawn chart that the pointer moves over. */
  readonly plot: string
  /** Opens the page of a run, until its metrics are shown. */
  openRun(tab: Page, experiment: Experiment, run: string): Promise<void>
}
