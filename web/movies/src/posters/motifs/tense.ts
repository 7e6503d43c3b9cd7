import { around, box, disc, drawn, filled, line, type Point, polygon, times } from '../shape.js'
import { type Motif, star } from './motif.js'

export const burst: Motif = (random) => {
  const points = random.pick([9, 11, 13])
  return [
    filled(star(0, 0, 62, 31, points), 'main'),
    filled(star(0, 0, 40, 19, points), 'second'),
    filled(disc(0, 0, 9), 'ink'),
  ]
}

export const bolt: Motif = (random) => {
  const lean = random.between(-8, 8)
  const points: readonly Point[] = [
    [14 + lean, -64],
    [-34, 8],
    [-4, 8],
    [-16 + lean, 62],
    [36, -16],
    [6, -16],
  ]
  return [
    filled(disc(0, 0, 50), 'main'),
    filled(polygon(points), 'second'),
    drawn(
      line([
        [-52, 56],
        [52, 56],
      ]),
      'ink',
      2.5,
    ),
  ]
}

export const crosshair: Motif = (random) => {
  const gap = random.between(10, 18)
  const arms = times(4, (i) => line([around(0, 0, gap, i / 4), around(0, 0, 60, i / 4)])).join('')
  return [
    filled(disc(0, 0, 48), 'main'),
    drawn(disc(0, 0, 48), 'second', 5),
    drawn(disc(0, 0, 28), 'second', 2),
    drawn(arms, 'ink', 3),
    filled(disc(0, 0, 5), 'ink'),
  ]
}

export const skyline: Motif = (random) => {
  const towers = times(6, (i) => ({ x: -63 + i * 21, top: random.between(-46, 14) }))
  const behind = times(5, (i) => {
    const top = random.between(-60, -20)
    return box(-54 + i * 22, top, 17, 60 - top)
  })
  const windows = towers.flatMap(({ x, top }) =>
    times(3, (i) => box(x + 4 + (i % 2) * 8, top + 8 + i * 11, 4, 5)),
  )
  return [
    filled(disc(random.pick([-30, 28]), -38, 26), 'second'),
    filled(behind.join(''), 'main'),
    filled(towers.map(({ x, top }) => box(x, top, 19, 60 - top)).join(''), 'ink'),
    filled(windows.join(''), 'second'),
  ]
}

export const fingerprint: Motif = (random) => {
  const lean = random.between(-6, 6)
  const ridges = times(7, (i) => {
    const r = 7 + i * 7.5
    return `M${-r} ${16 + i * 5}V${-6 + i}a${r} ${r * 1.1} 0 0 1 ${2 * r} ${lean / 3}V${14 + i * 4}`
  })
  return [
    filled(disc(0, 0, 60), 'main', 0.5),
    ...ridges.map((ridge, i) => drawn(ridge, i % 3 === 1 ? 'second' : 'ink', 3.4)),
  ]
}

export const lamp: Motif = (random) => {
  const spread = random.between(38, 56)
  return [
    filled(
      polygon([
        [-6, -46],
        [6, -46],
        [spread, 62],
        [-spread, 62],
      ]),
      'second',
      0.85,
    ),
    filled('M-20-34a20 20 0 0 1 40 0z', 'ink'),
    drawn('M0-120v72', 'ink', 2.5),
    filled('M-9 22h18l7 40h-32zM-16 8h32v5h-32zM-9-4h18v13h-18z', 'ground'),
  ]
}

export const eye: Motif = (random) => [
  filled('M-64 0Q0-62 64 0Q0 62-64 0z', 'second'),
  filled(disc(0, 0, 29), 'main'),
  filled(`M0-29Q${random.between(7, 12)} 0 0 29Q-9 0 0-29z`, 'ground'),
  ...times(5, (i) =>
    drawn(line([around(0, 14, 54, 0.62 + i * 0.065), around(0, 14, 70, 0.62 + i * 0.065)]), 'second', 3.4),
  ),
]

export const fangs: Motif = (random) => {
  const upper = times(6, (i) =>
    polygon([
      [-60 + i * 20, -34],
      [-40 + i * 20, -34],
      [-50 + i * 20, random.between(-6, 20)],
    ]),
  )
  const lower = times(5, (i) =>
    polygon([
      [-50 + i * 20, 44],
      [-30 + i * 20, 44],
      [-40 + i * 20, random.between(16, 30)],
    ]),
  )
  return [
    filled('M-64-36Q0-62 64-36V34Q0 66-64 34z', 'main'),
    filled('M-58-30Q0-44 58-30V36Q0 54-58 36z', 'ground'),
    filled([...upper, ...lower].join(''), 'second'),
  ]
}

export const keyhole: Motif = (random) => [
  filled(disc(0, 0, random.between(50, 62)), 'main'),
  drawn(disc(0, 0, 66), 'second', 2),
  filled(disc(0, -14, 23), 'ground'),
  filled(
    polygon([
      [-10, 0],
      [10, 0],
      [21, 48],
      [-21, 48],
    ]),
    'ground',
  ),
  filled(disc(0, -14, 7), 'second'),
]

export const spiral: Motif = (random) => {
  const way = random.pick([-1, 1])
  const points = times(80, (i): Point => around(0, 0, 2 + i * 0.8, (way * i) / 20))
  return [
    filled(disc(0, 0, 66), 'main', 0.6),
    drawn(line(points), 'second', 5.5),
    filled(disc(0, 0, 5), 'ink'),
  ]
}

export const shards: Motif = (random) => {
  const count = 9
  const tips = times(count, (i) => around(0, 0, random.between(40, 70), i / count))
  const middle: Point = [random.between(-12, 12), random.between(-12, 12)]
  return tips.map((tip, i) =>
    filled(
      polygon([middle, tip, tips[(i + 1) % count]!]),
      i % 3 === 0 ? 'second' : 'main',
      0.45 + (i % 4) * 0.18,
    ),
  )
}

export const chevrons: Motif = (random) => {
  const count = random.pick([3, 4])
  const chevron = (y: number) =>
    polygon([
      [-50, y],
      [0, y - 27],
      [50, y],
      [50, y + 14],
      [0, y - 13],
      [-50, y + 14],
    ])
  return [
    ...times(count, (i) => filled(chevron(-8 + i * 22), i === 0 ? 'second' : 'main')),
    filled(star(0, -54, 15, 6.2, 5), 'ink'),
  ]
}
