import type UPlot from 'uplot'
import { formatMetric } from '../i18n/format.js'

/** A box beside the cursor with the values of all lines, highest first. */
export function tooltip(formatX: (x: number) => string): UPlot.Plugin {
  const box = document.createElement('div')
  box.className = 'chart-tooltip'
  box.hidden = true
  return {
    hooks: {
      init: (chart) => void chart.over.append(box),
      setCursor: (chart) => {
        const { idx, left = -1 } = chart.cursor
        box.hidden = idx === null || idx === undefined || left < 0
        if (box.hidden) return
        box.replaceChildren(...content(chart, idx!, formatX))
        const flip = left > chart.over.clientWidth / 2
        box.style.left = flip ? '' : `${left + 12}px`
        box.style.right = flip ? `${chart.over.clientWidth - left + 12}px` : ''
      },
    },
  }
}

function content(chart: UPlot, index: number, formatX: (x: number) => string): HTMLElement[] {
  const rows = chart.series
    .flatMap((series, index) => {
      const value = chart.data[index]![index]
      return index > 0 && series.label && value != null ? [{ series, value }] : []
    })
    .sort((a, b) => b.value - a.value)
  const head = element('strong', `${String(chart.series[0]!.label)} ${formatX(chart.data[0][index]!)}`)
  return [head, ...rows.map(({ series, value }) => row(series, value))]
}

function row(series: UPlot.Series, value: number) {
  const line = element('span', '')
  const swatch = element('i', '')
  const stroke = typeof series.stroke === 'function' ? '' : String(series.stroke ?? '')
  swatch.style.background = stroke
  line.append(swatch, element('span', String(series.label)), element('b', formatMetric(value)))
  return line
}

function element(name: string, text: string) {
  const made = document.createElement(name)
  made.textContent = text
  return made
}
