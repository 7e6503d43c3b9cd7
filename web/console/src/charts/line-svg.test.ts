import { expect, test } from 'vitest'
import { lineSvg } from './line-svg.js'
import { axisScale, niceTicks } from './ticks.js'

const colors = {
  text: '#000',
  faint: '#666',
  line: '#ddd',
  surface: '#fff',
  font: 'Inter',
  resolve: () => '#123',
}
const options = {
  ...{ title: 'loss <script>', xLabel: 'Step', range: undefined, width: 400, height: 200, colors },
  style: {},
  formatX: String,
  formatY: String,
}
const line = { id: 'r', label: 'a & b', style: { colour: 'red', dash: [6, 4] } }

test('draws lines with gaps, ranges and escaped names', () => {
  const svg = lineSvg({
    ...options,
    lines: [
      {
        ...line,
        curve: { xs: [0, 1, 2, 3], ys: [1, Number.NaN, 3, 4], lows: [1, 1, 2, 4], highs: [1, 1, 3, 4] },
      },
    ],
  })
  expect(svg).toContain('loss &lt;script&gt;')
  expect(svg).toContain('a &amp; b')
  expect(svg).toContain('stroke-dasharray="6 4"')
  const paths = [...svg.matchAll(/<path d="(M[^"]+)" stroke="#123" stroke-width="1.75"/g)].map(([, d]) => d!)
  expect(paths[0]!.match(/M/g)).toHaveLength(2)
  expect(svg).toMatch(/stroke-opacity=".6"/)
})

test('draws a group with its band, and nothing of no lines but axes', () => {
  const curve = { xs: [1, 10], ys: [1, 2], lows: [0.5, 1], highs: [2, 3] }
  const svg = lineSvg({
    ...options,
    style: { log: true, logX: true },
    lines: [{ ...line, isGroup: true, curve }],
  })
  expect(svg).toMatch(/fill-opacity=".18"/)
  expect(lineSvg({ ...options, lines: [] })).not.toContain('NaN')
})

test('marks infinite values inside of the zoomed range at the upper and the lower edge', () => {
  const ys = [1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2, Number.POSITIVE_INFINITY]
  const svg = lineSvg({
    ...{ ...options, range: [0, 3] },
    lines: [{ ...line, curve: { xs: [0, 1, 2, 3, 4], ys } }],
  })
  const tips = [...svg.matchAll(/class="infinite" d="M([\d.]+) ([\d.]+)L/g)].map(([, x, y]) => [
    Number(x),
    Number(y),
  ])
  expect(tips).toEqual([
    [expect.closeTo(64 + 320 / 3, 1), 36],
    [expect.closeTo(64 + 640 / 3, 1), 156],
  ])
})

test('places round ticks, decades on log axes, and values between the ends', () => {
  expect(niceTicks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
  expect(niceTicks(-13, 27, 4)).toEqual([-10, 0, 10, 20])
  expect(niceTicks(3, 3, 4)).toEqual([3])
  const log = axisScale({ min: 0.01, max: 100, log: true, from: 0, to: 400, count: 5 })
  expect(log.ticks).toEqual([0.01, 0.1, 1, 10, 100].map((tick) => expect.closeTo(tick)))
  expect(log.at(1)).toBeCloseTo(200)
})
