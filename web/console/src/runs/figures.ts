/** The value that a column shows of the history of a metric. */
export const FIGURES = ['last', 'min', 'max', 'best'] as const
export type Figure = (typeof FIGURES)[number]

const isFigure = (text: string | undefined): text is Figure => FIGURES.some((figure) => figure === text)

/** Metrics of which less is better. */
const LOWER_IS_BETTER = /loss|error|err\b|rmse|mse|mae|mape|perplexity|latency|duration|time/i

/** Whether the best value of a metric is the least or the greatest one. */
export const bestOf = (key: string): 'min' | 'max' => (LOWER_IS_BETTER.test(key) ? 'min' : 'max')

/** Figures by metric, without those that show the last value. */
export type ChosenFigures = ReadonlyMap<string, Figure>

/** Parses the items `min:loss` of the URL. */
export const parseFigures = (items: readonly string[]): ChosenFigures =>
  new Map(
    items.flatMap((item) => {
      const colon = item.indexOf(':')
      const figure = item.slice(0, colon)
      return isFigure(figure) && figure !== 'last' ? [[item.slice(colon + 1), figure] as const] : []
    }),
  )

export const figuresToItems = (figures: ChosenFigures) =>
  Array.from(figures, ([key, figure]) => `${figure}:${key}`)
