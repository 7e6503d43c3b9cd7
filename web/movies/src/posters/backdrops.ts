import type { RandomSource } from './seed.js'
import {
  around,
  box,
  disc,
  drawn,
  filled,
  HEIGHT,
  line,
  type Point,
  polygon,
  type Shape,
  times,
  WIDTH,
} from './shape.js'

export interface Stage {
  readonly random: RandomSource
  /** Centre of the motif. */
  readonly focus: Point
  readonly isTitleOnTop: boolean
}

type Backdrop = (stage: Stage) => readonly Shape[]

/** 1920s and 1930s: art deco rays in a double frame. */
const deco: Backdrop = ({ random, focus }) => {
  const rays = random.pick([14, 18, 22])
  const ray = (i: number) =>
    polygon([focus, around(...focus, 380, i / rays), around(...focus, 380, (i + 0.5) / rays)])
  return [
    filled(times(rays, ray).join(''), 'second', 0.3),
    drawn(box(7, 7, WIDTH - 14, HEIGHT - 14), 'ink', 1.5),
    drawn(box(11, 11, WIDTH - 22, HEIGHT - 22), 'ink', 0.7),
  ]
}

/** 1940s: light through blinds. */
const blinds: Backdrop = ({ random }) => {
  const slope = random.pick([-60, -40, 40, 60])
  const slat = (y: number) =>
    polygon([
      [0, y],
      [WIDTH, y + slope],
      [WIDTH, y + slope + 15],
      [0, y + 15],
    ])
  return [filled(times(12, (i) => slat(-50 + i * 29)).join(''), 'second', 0.22)]
}

/** 1950s: paper cutouts with slanted edges. */
const paper: Backdrop = ({ random }) => {
  const cut = (base: number) => base + random.between(-16, 16)
  return [
    filled(
      polygon([
        [0, 0],
        [cut(140), 0],
        [cut(100), cut(130)],
        [0, cut(170)],
      ]),
      'main',
      0.5,
    ),
    filled(
      polygon([
        [WIDTH, cut(50)],
        [WIDTH, cut(220)],
        [cut(120), cut(206)],
        [cut(146), cut(80)],
      ]),
      'second',
      0.7,
    ),
    filled(
      polygon([
        [0, cut(200)],
        [cut(80), cut(184)],
        [cut(70), cut(222)],
        [0, cut(230)],
      ]),
      'second',
      0.45,
    ),
  ]
}

/** 1960s: concentric circles. */
const circles: Backdrop = ({ random, focus }) => {
  const step = random.pick([14, 18, 22])
  return times(Math.floor(260 / step), (i) =>
    drawn(disc(...focus, 56 + i * step), 'second', step / 2.3, 0.45),
  )
}

/** 1960s: stripes that bend around the centre. */
const op: Backdrop = ({ random, focus: [x] }) => {
  const bend = random.pick([-46, 46])
  return times(11, (i) =>
    drawn(`M${i * 20} -10Q${i * 20 + (i * 20 < x ? -bend : bend) * 0.9} 150 ${i * 20} 310`, 'main', 8, 0.35),
  )
}

/** 1970s: warm bands around a corner. */
const bands: Backdrop = ({ random, isTitleOnTop }) => {
  const corner: Point = [random.pick([0, WIDTH]), isTitleOnTop ? HEIGHT : 0]
  return times(5, (i) =>
    filled(
      disc(...corner, 224 - i * 36),
      (['second', 'main', 'ground'] as const)[i % 3]!,
      i % 3 === 2 ? 1 : 0.8,
    ),
  )
}

/** 1970s: bands that run down the page and off to the side. */
const stripes: Backdrop = ({ random }) => {
  const x = random.pick([24, 60, 96])
  return times(4, (i) =>
    drawn(`M${x + i * 17} -5V${150 - i * 17}q0 60 60 60H210`, i % 2 === 0 ? 'second' : 'main', 15, 0.6),
  )
}

const specks = (random: RandomSource, count: number) =>
  filled(
    times(count, () => disc(random.between(6, 194), random.between(6, 150), random.between(0.6, 1.7))).join(
      '',
    ),
    'ink',
    0.75,
  )

/** 1980s: a grid that runs to a horizon. */
const grid: Backdrop = ({ random }) => {
  const horizon = random.pick([176, 188])
  const across = times(7, (i) => horizon + (HEIGHT - horizon) * (i / 6) ** 2)
  const rays = times(13, (i) =>
    line([
      [100 + (i - 6) * 9, horizon],
      [100 + (i - 6) * 46, HEIGHT],
    ]),
  )
  return [
    drawn(
      [
        ...rays,
        ...across.map((y) =>
          line([
            [0, y],
            [WIDTH, y],
          ]),
        ),
      ].join(''),
      'second',
      0.9,
      0.55,
    ),
    specks(random, 16),
  ]
}

/** 1980s: a sliced sun. */
const sun: Backdrop = ({ random, focus: [x, y] }) => {
  const slices = times(6, (i) => box(x - 100, y + 6 + i * 14, 200, 3 + i * 1.6))
  return [filled(disc(x, y, 84), 'second', 0.55), filled(slices.join(''), 'ground'), specks(random, 9)]
}

/** 1990s: halftone dots of growing size. */
const dots: Backdrop = ({ random, isTitleOnTop }) => {
  const paint = random.pick(['main', 'second'] as const)
  const dot = (row: number, column: number) => {
    const strength = (isTitleOnTop ? row - 4 : 11 - row) / 10
    return strength > 0 ? disc(column * 18 + (row % 2) * 9, row * 18 + 4, strength * 7.5) : ''
  }
  return [filled(times(16, (row) => times(12, (column) => dot(row, column)).join('')).join(''), paint, 0.38)]
}

/** 1990s: torn photographs. */
const torn: Backdrop = ({ random }) => {
  const edge = times(12, (i): Point => [(i * WIDTH) / 11, 150 + random.between(-14, 14)])
  return [filled(polygon([[0, 0], ...edge, [WIDTH, 0]]), 'main', 0.5), drawn(line(edge), 'ground', 3.5)]
}

/** 1990s: a block of colour beside a margin. */
const block: Backdrop = ({ random, isTitleOnTop }) => {
  const side = random.pick([0, 58])
  return [filled(box(side, isTitleOnTop ? 112 : 0, WIDTH - 58, 188), 'second', 0.5)]
}

/** 2000s: one hard diagonal. */
const slash: Backdrop = ({ random }) => {
  const [left, right] = random.pick([
    [70, 170],
    [180, 80],
  ] as const)
  return [
    filled(
      polygon([
        [0, left],
        [WIDTH, right],
        [WIDTH, HEIGHT],
        [0, HEIGHT],
      ]),
      'main',
      0.45,
    ),
    drawn(
      line([
        [0, left - 9],
        [WIDTH, right - 9],
      ]),
      'second',
      2.5,
    ),
  ]
}

/** 2000s: a beam from above. */
const beam: Backdrop = ({ random, focus: [x] }) => {
  const spread = random.between(50, 90)
  return [
    filled(
      polygon([
        [x - 14, 0],
        [x + 14, 0],
        [x + spread + 40, HEIGHT],
        [x - spread - 40, HEIGHT],
      ]),
      'second',
      0.3,
    ),
    filled(
      polygon([
        [x - 6, 0],
        [x + 6, 0],
        [x + spread, HEIGHT],
        [x - spread, HEIGHT],
      ]),
      'second',
      0.3,
    ),
  ]
}

/** 2010s: almost empty, in a thin frame. */
const plain: Backdrop = ({ random, focus }) => [
  filled(disc(...focus, random.pick([70, 78, 86])), 'second', 0.4),
  drawn(box(10, 10, WIDTH - 20, HEIGHT - 20), 'ink', 0.8, 0.55),
]

/** 2010s: two halves. */
const halves: Backdrop = ({ random, focus: [x, y] }) =>
  random.pick([true, false])
    ? [filled(box(0, 0, x, HEIGHT), 'main', 0.35)]
    : [filled(box(0, y, WIDTH, HEIGHT - y), 'main', 0.35)]

/** Since 2020: soft discs that blend. */
const blobs: Backdrop = ({ random }) => [
  filled(disc(random.between(10, 70), random.between(30, 90), random.between(60, 90)), 'main', 0.45),
  filled(disc(random.between(120, 190), random.between(60, 140), random.between(50, 85)), 'second', 0.5),
  filled(disc(random.between(40, 150), random.between(170, 250), random.between(40, 80)), 'main', 0.3),
]

const BY_DECADE: readonly (readonly [until: number, readonly Backdrop[]])[] = [
  [1940, [deco]],
  [1950, [blinds]],
  [1960, [paper]],
  [1970, [circles, op]],
  [1980, [bands, stripes]],
  [1990, [grid, sun]],
  [2000, [dots, torn, block]],
  [2010, [slash, beam]],
  [2020, [plain, halves]],
]

/** A backdrop in the style of the film's decade. */
export function backdropOf(year: number | undefined, stage: Stage): readonly Shape[] {
  const fashion = BY_DECADE.find(([until]) => (year ?? 2015) < until)?.[1] ?? [blobs]
  return stage.random.pick(fashion)(stage)
}
