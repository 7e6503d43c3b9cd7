import { directionOf } from '../metrics/direction.js'

/** The value that a column shows of the history of a metric. */
export const FIGURES = ['last', 'min', 'max', 'best'] as const
export type Figure = (typeof FIGURES)[number]

const isFigure = (text: string | undefined): text is Figure => FIGURES.some((figure) => figure === text)

/** The extreme that is the best value of a metric; of metrics of unknown direction the maximum. */
export const bestOf = (key: string): 'min' | 'max' => (directionOf(key) < 0 ? 'min' : 'max')

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
