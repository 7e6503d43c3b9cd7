/** The latency of one kind of request in stores of growing size. */
export interface Line {
  readonly name: string
  /** Size and milliseconds, both drawn on logarithmic scales. */
  readonly points: readonly (readonly [size: number, ms: number])[]
}

const WIDTH = 720
const HEIGHT = 420
const LEFT = 70
const RIGHT = 190
const TOP = 40
const BOTTOM = 50
const COLORS = ['#1668dc', '#d4380d', '#389e0d', '#722ed1', '#d48806', '#08979c']

/** Draws latency against size as an SVG file for `bench/results`. */
export function drawChart(title: string, sizes: string, lines: readonly Line[]): string {
  const xs = lines.flatMap(({ points }) => points.map(([size]) => size))
  const ys = lines.flatMap(({ points }) => points.map(([, ms]) => ms))
  const x = scale(xs, LEFT, WIDTH - RIGHT)
  const y = scale(ys, HEIGHT - BOTTOM, TOP)
  const ticks = [
    ...x.decades.map((at) => tick(`10^${at}`, x.at(10 ** at), HEIGHT - BOTTOM, x.at(10 ** at), TOP, 'x')),
    ...y.decades.map((at) =>
      tick(`${10 ** at} ms`, LEFT, y.at(10 ** at), WIDTH - RIGHT, y.at(10 ** at), 'y'),
    ),
  ]
  const drawn = lines.map(({ name, points }, i) => {
    const color = COLORS[i % COLORS.length]
    const path = points.map(([size, ms]) => `${x.at(size).toFixed(1)},${y.at(ms).toFixed(1)}`).join(' ')
    const row = TOP + 10 + i * 20
    return `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="2"/>
<text x="${WIDTH - RIGHT + 12}" y="${row}" fill="${color}">${name}</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
<text x="${LEFT}" y="22" font-size="15">${title}</text>
<text x="${LEFT}" y="${HEIGHT - 10}">${sizes}</text>
${ticks.join('\n')}
${drawn.join('\n')}
</svg>
`
}

function scale(values: readonly number[], from: number, to: number) {
  const low = Math.floor(Math.log10(Math.min(...values)))
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))))
  return {
    decades: Array.from({ length: high - low + 1 }, (_, i) => low + i),
    at: (value: number) => from + ((Math.log10(value) - low) / (high - low)) * (to - from),
  }
}

function tick(text: string, x1: number, y1: number, x2: number, y2: number, axis: 'x' | 'y'): string {
  const label =
    axis === 'x'
      ? `<text x="${x1}" y="${y1 + 18}" text-anchor="middle">${text}</text>`
      : `<text x="${x1 - 8}" y="${y1 + 4}" text-anchor="end">${text}</text>`
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="#ddd"/>${label}`
}
