import type { Page } from 'playwright-core'
import type { Peer } from '../servers.js'
import { HISTORY } from './data.js'
import type { UserInterface } from './user-interface.js'

const SCROLLER = '.virtual-scroll'

const chartOf = (tab: Page) => tab.getByRole('figure', { name: HISTORY, exact: true })
const rows = (tab: Page) => tab.locator('tbody tr[data-run]')

/** Waits until the chart has loaded and drawn. */
async function idle(tab: Page) {
  await chartOf(tab).locator('canvas').first().waitFor()
  await tab.waitForFunction(
    (name) => document.querySelector(`figure[aria-label="${name}"]`)?.getAttribute('aria-busy') === 'false',
    HISTORY,
  )
}

export function cairnUi(server: Peer): UserInterface {
  const open = (tab: Page, path: string) => tab.goto(`${server.url}/#/${path}`)
  return {
    name: 'Cairn',
    server,
    async openExperiments(tab) {
      await open(tab, 'experiments')
      await tab.getByRole('link', { name: 'Default' }).first().waitFor()
    },
    async openRuns(tab, { id }) {
      await open(tab, `experiments/${id}`)
      await rows(tab).first().waitFor()
    },
    scroller: SCROLLER,
    async loadMore(tab) {
      const before = await tab.evaluate((selected) => {
        const scroller = document.querySelector(selected)!
        scroller.scrollTo(0, scroller.scrollHeight)
        return scroller.scrollHeight
      }, SCROLLER)
      await tab.waitForFunction(
        ([selected, height]) => document.querySelector(selected)!.scrollHeight > height,
        [SCROLLER, before] as const,
      )
    },
    async showsCount(tab, total) {
      await tab.locator('.run-count', { hasText: total.toLocaleString('en') }).waitFor()
    },
    async filter(tab, text, first) {
      await tab.locator('.filter-field input').pressSequentially(text)
      await tab.locator('.filter-bar button[type=submit]').click()
      await rows(tab).first().filter({ hasText: first }).waitFor()
    },
    async sort(tab, metric, first) {
      await tab.locator(`th[data-column="metrics.${metric}"] button.sort`).click()
      await rows(tab).first().filter({ hasText: first }).waitFor()
    },
    async openColumns(tab) {
      await tab.getByRole('button', { name: 'Columns', exact: true }).click()
      await tab.locator('.picker-row').first().waitFor()
    },
    async searchColumns(tab, metric) {
      await tab.locator('.picker input[type=search]').pressSequentially(metric)
      await tab.locator('.picker-row', { hasText: metric }).first().waitFor()
    },
    async compare(tab, _experiment, runs) {
      await open(tab, `compare?runs=${runs}`)
      const params = tab.getByRole('region', { name: 'Parameters' })
      await params.locator('td.mono, td .mono').first().waitFor()
    },
    async drawHistory(tab, _experiment, runs) {
      await open(tab, `compare?runs=${runs}`)
      await chartOf(tab).waitFor()
      const began = performance.now()
      await chartOf(tab).scrollIntoViewIfNeeded()
      await idle(tab)
      return began
    },
    async zoom(tab) {
      await chartOf(tab).getByRole('img', { name: HISTORY, exact: true }).press('+')
      await chartOf(tab).getByRole('button', { name: 'Reset zoom' }).waitFor()
      await idle(tab)
    },
    plot: `figure[aria-label="${HISTORY}"] .u-over`,
    async openRun(tab, { id }, run) {
      await open(tab, `experiments/${id}/runs/${run}`)
      await tab.getByText('metric_0', { exact: true }).first().waitFor()
    },
  }
}
