import type { Page } from 'playwright-core'
import type { Peer } from '../servers.js'
import { HISTORY } from './data.js'
import type { UserInterface } from './user-interface.js'

const list = (...items: readonly string[]) => encodeURIComponent(JSON.stringify(items))
const named = (tab: Page, first: string) =>
  tab.locator('.ag-row[row-index="0"]').filter({ hasText: first }).first().waitFor()

const SCROLLER = '.ag-body-viewport'
/** The page says how many runs it has loaded. */
const loadedRuns = (tab: Page) =>
  tab
    .getByText(/\d+ matching runs/)
    .first()
    .textContent()

/** The pages of `mlflow server` for the training of models. */
export function mlflowUi(server: Peer): UserInterface {
  const open = (tab: Page, path: string) => tab.goto(`${server.url}/#/${path}`)
  return {
    name: "MLflow's UI",
    server,
    async openExperiments(tab) {
      await open(tab, 'experiments')
      await tab.getByRole('link', { name: 'Default' }).first().waitFor()
    },
    async openRuns(tab, { id }) {
      await open(tab, `experiments/${id}/runs?workflowType=machine_learning`)
      await tab.locator('.ag-row a').first().waitFor()
    },
    scroller: SCROLLER,
    async loadMore(tab) {
      const before = await loadedRuns(tab)
      await tab.evaluate((selected) => {
        const scroller = document.querySelector(selected)!
        scroller.scrollTo(0, scroller.scrollHeight)
      }, SCROLLER)
      await tab.getByRole('button', { name: 'Load more' }).click()
      while ((await loadedRuns(tab)) === before) await tab.waitForTimeout(20)
    },
    async filter(tab, text, first) {
      await tab.getByTestId('search-box').pressSequentially(text)
      await tab.keyboard.press('Enter')
      await named(tab, first)
    },
    async sort(tab, metric, first) {
      await tab.getByTestId('sort-select-dropdown').click()
      await tab.getByRole('menu').getByText(metric, { exact: true }).click()
      await named(tab, first)
    },
    async openColumns(tab) {
      await tab.getByTestId('column-selection-dropdown').first().click()
      await tab.getByPlaceholder('Search columns').waitFor()
    },
    async searchColumns(tab, metric) {
      await tab.getByPlaceholder('Search columns').pressSequentially(metric)
      await tab.getByRole('dialog').getByText(metric).first().waitFor()
    },
    async compare(tab, { id }, runs) {
      await open(tab, `compare-runs?runs=${list(...runs)}&experiments=${list(String(id))}`)
      await tab.getByText('param_0', { exact: true }).last().waitFor()
      await tab
        .getByRole('cell', { name: 'run-0' })
        .or(tab.getByText('run-0', { exact: true }))
        .first()
        .waitFor()
    },
    async drawHistory(tab, { id }, runs) {
      const began = performance.now()
      const keys = `&metric=${encodeURIComponent(JSON.stringify(HISTORY))}&plot_metric_keys=${list(HISTORY)}`
      await open(tab, `metric?runs=${list(...runs)}&experiments=${list(String(id))}${keys}`)
      await tab.waitForFunction(
        (lines) =>
          document.querySelectorAll('.js-plotly-plot .scatterlayer .trace path.js-line').length >= lines,
        runs.length,
      )
      return performance.now() - began
    },
    plot: '.js-plotly-plot .nsewdrag',
    async openRun(tab, { id }, run) {
      await open(tab, `experiments/${id}/runs/${run}`)
      await tab.getByText('metric_0', { exact: true }).first().waitFor()
    },
  }
}
