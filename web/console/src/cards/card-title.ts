import type { TFunction } from 'i18next'
import { metricLabel } from '../metrics/metric-name.js'
import { PLOT_KINDS } from '../plots/plot-kinds.js'
import { type Card, first, list } from './card.js'
import { columnLabel } from './column-label.js'

const MAX_NAMED = 3

/** The title that a user chose, or one generated from the options. */
export function cardTitle({ kind, options }: Card, t: TFunction): string {
  const own = first(options, 'title')
  if (own) return own
  const metric = first(options, 'y')
  const column = (key: string) => columnLabel(first(options, key))
  switch (kind) {
    case 'line':
    case 'difference': {
      const names = list(options, 'y').map(metricLabel)
      const shown = names.slice(0, MAX_NAMED).join(', ') + (names.length > MAX_NAMED ? ', …' : '')
      if (kind === 'difference') return t('cards.titleDifference', { name: shown })
      return first(options, 'fa') ? t('cards.titleFacets', { name: shown, column: column('fa') }) : shown
    }
    case 'bar':
      return metricLabel(metric)
    case 'box':
      return t('cards.titleBox', { name: metricLabel(metric) })
    case 'histogram':
      return t('cards.titleHistogram', { name: metricLabel(metric) })
    case 'importance':
      return t('cards.titleImportance', { name: metricLabel(metric) })
    case 'scatter':
      return t('cards.titleScatter', { x: column('x'), y: column('y') })
    case 'contour':
      return t('cards.titleContour', { x: column('x'), y: column('y'), z: column('z') })
    case 'plot':
      return plotTitle(options, t)
    case 'parallel':
    case 'images':
      return t(`cards.kind_${kind}`)
  }
}

function plotTitle(options: Card['options'], t: TFunction): string {
  const [path, kind] = [first(options, 'f'), PLOT_KINDS.find((one) => one === first(options, 'k'))]
  if (!path) return t('cards.kind_plot')
  return kind ? t('plots.titleOf', { kind: t(`plots.kind_${kind}`), path }) : path
}
