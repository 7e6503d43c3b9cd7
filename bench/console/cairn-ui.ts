import type { Page } from 'playwright-core'
import type { Peer } from '../servers.js'
import { HISTORY } from './data.js'
import type { UserInterface } from './user-interface.js'

const SCROLLER = '.virtual-scroll'

const chartOf = (tab: Page) => tab.getByRole('figure', { name: HISTORY, exact: true })
const rows = (tab: Page) => tab.locator('tbody tr[data-run]')

/** Time for the other charts of the page to load. */
const SETTLE_MS = 1500

/**
 * Waits in the page until the chart has loaded and its frame is painted, as waiting from outside takes longer than that.
 * @param since event from which the time is taken; without it, the chart is scrolled into view
 * @returns milliseconds
 */
const drawn = (tab: Page, since?: 'keydown') =>
  tab.evaluate(
    async ([name, event]) => {
      const chart = document.querySelector(`figure[aria-label="${name}"]`)!
      let began = performance.now()
      if (!event) chart.scrollIntoView({ block: 'center' })
      else
        began = await new Promise((resolve) => {
          addEventListener(event, ({ timeStamp }) => resolve(timeStamp), { capture: true, once: true })
        })
      do await new Promise(requestAnimationFrame)
      while (
        chart.getAttribute('aria-busy') !== 'false' ||
        !chart.querySelector('canvas') ||
        (event && !chart.textContent.includes('Reset zoom'))
      )
      await new Promise((resolve) => setTimeout(resolve))
      return performance.now() - began
    },
    [HISTORY, since] as const,
  )

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
      return drawn(tab)
    },
    async zoom(tab) {
      await tab.waitForTimeout(SETTLE_MS)
      const plot = chartOf(tab).getByRole('img', { name: HISTORY, exact: true })
      const zoomed = drawn(tab, 'keydown')
      await plot.press('+')
      return zoomed
    },
    plot: `figure[aria-label="${HISTORY}"] .u-over`,
    async openRun(tab, { id }, run) {
      await open(tab, `experiments/${id}/runs/${run}`)
      await tab.getByText('metric_0', { exact: true }).first().waitFor()
    },
  }
}
