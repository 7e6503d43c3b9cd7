import type { SeriesStyle } from './series-style.js'

interface LineMarkProps {
  readonly style: SeriesStyle
  readonly width: number
}

/** The look of a line in a legend. */
export const LineMark = ({ style, width }: LineMarkProps) => (
  <svg width={width} height="8" aria-hidden="true">
    <line
      x1="1"
      x2={width - 1}
      y1="4"
      y2="4"
      stroke={style.colour}
      strokeWidth="2"
      strokeDasharray={style.dash.join(' ')}
    />
  </svg>
)
