import { around, box, disc, drawn, filled, line, polygon, times } from '../shape.js'
import { type Motif, star } from './motif.js'

export const peaks: Motif = (random) => {
  const lean = random.between(-12, 12)
  return [
    filled(disc(32 + lean / 2, -34, 22), 'second'),
    filled(
      polygon([
        [-76, 52],
        [-16 + lean, -54],
        [36, 52],
      ]),
      'main',
    ),
    filled(
      polygon([
        [-16 + lean, -54],
        [-29 + lean / 2, -30],
        [-16, -20],
        [-6, -31],
        [1, -24],
      ]),
      'ground',
    ),
    filled(
      polygon([
        [-22, 52],
        [34, -14 - lean / 2],
        [78, 52],
      ]),
      'ink',
      0.85,
    ),
  ]
}

export const compass: Motif = (random) => {
  const turn = random.between(0, 0.25)
  const needle = (from: number) =>
    polygon([around(0, 0, 46, from), around(0, 0, 10, from + 0.25), around(0, 0, 10, from + 0.75)])
  return [
    filled(disc(0, 0, 60), 'main'),
    drawn(disc(0, 0, 52), 'ground', 2),
    ...times(12, (i) => drawn(line([around(0, 0, 46, i / 12), around(0, 0, 52, i / 12)]), 'ground', 2)),
    filled(needle(turn), 'second'),
    filled(needle(turn + 0.5), 'ink'),
    filled(disc(0, 0, 5), 'ground'),
  ]
}

export const lens: Motif = (random) => {
  const turn = random.between(0, 1)
  const blade = (i: number) =>
    line([around(0, 0, 49, (i + turn) / 6), around(0, 0, 20, (i + turn + 1.4) / 6)])
  return [
    filled(disc(0, 0, 60), 'ink', 0.92),
    filled(disc(0, 0, 49), 'main'),
    ...times(6, (i) => drawn(blade(i), 'ink', 2.4)),
    filled(polygon(times(6, (i) => around(0, 0, 20, (i + turn + 1.4) / 6))), 'second'),
  ]
}

export const arches: Motif = (random) => {
  const arch = (x: number, width: number, top: number) =>
    `M${x - width} 62V${top + width}a${width} ${width} 0 0 1 ${2 * width} 0V62z`
  const apart = random.between(14, 28)
  return [
    filled(arch(-apart, 41, -62), 'main'),
    filled(arch(apart, 32, -30), 'second', 0.9),
    filled(disc(apart, 28, 8), 'ink'),
    filled(`M${apart - 12} 62V50a12 12 0 0 1 24 0v12z`, 'ink'),
  ]
}

export const waves: Motif = (random) => {
  const wave = (y: number) => `M-110 ${y}q18-22 37 0t37 0t37 0t37 0t37 0t37 0V${y + 34}h-222z`
  return [
    filled(disc(random.between(-24, 24), -26, 38), 'second'),
    filled(wave(2), 'main', 0.6),
    filled(wave(19), 'second', 0.7),
    filled(wave(36), 'main'),
  ]
}

export const stairs: Motif = (random) => {
  const from = random.pick([0, 1, 2])
  return [
    ...times(6, (i) =>
      filled(box(-66 + i * 22, 50 - i * 18, 22, 12 + i * 18), i % 2 === 0 ? 'main' : 'second', 0.95),
    ),
    filled(disc(-55 + from * 22, 16 - from * 18, 8), 'ink'),
    filled(`M${-63 + from * 22} ${50 - from * 18}v-16a8 8 0 0 1 16 0v16z`, 'ink'),
  ]
}

export const moon: Motif = (random) => [
  filled('M16-58A60 60 0 1 0 54 34A51 51 0 1 1 16-58z', 'second'),
  ...times(5, () =>
    filled(star(random.between(-6, 62), random.between(-52, 24), random.between(5, 13), 2.4, 4), 'ink'),
  ),
]

export const castle: Motif = (random) => {
  const tower = (x: number, top: number, width: number) =>
    [
      box(x, top, width, 60 - top),
      polygon([
        [x - 4, top],
        [x + width / 2, top - 30],
        [x + width + 4, top],
      ]),
    ].join('')
  return [
    filled(disc(random.pick([-26, 26]), -30, 34), 'second'),
    filled([tower(-58, 4, 22), tower(36, random.between(-16, 8), 22)].join(''), 'main'),
    filled([tower(-14, -28, 28), box(-40, 20, 80, 40)].join(''), 'ink', 0.92),
    filled('M-9 60V44a9 9 0 0 1 18 0v16z', 'second'),
  ]
}

export const planet: Motif = (random) => {
  const tilt = random.pick([-1, 1])
  return [
    filled(disc(0, 0, 46), 'main'),
    filled('M-46 0a46 46 0 0 0 92 0q-46 26-92 0z', 'ink', 0.25),
    drawn(`M-74 ${26 * tilt}C-48 ${40 * tilt} 52 ${2 * tilt} 74 ${-26 * tilt}`, 'second', 6),
    filled(disc(58, -52, 8), 'second'),
    filled(disc(-54, -50, 3), 'ink'),
  ]
}

export const rocket: Motif = (random) => [
  filled(disc(random.pick([-40, 40]), -40, 15), 'second'),
  filled(
    polygon([
      [-12, 34],
      [12, 34],
      [random.between(-5, 5), 78],
    ]),
    'second',
  ),
  filled('M0-74C28-44 28 0 18 36H-18C-28 0-28-44 0-74z', 'main'),
  filled('M-20 4L-42 44L-17 34zM20 4L42 44L17 34z', 'ink', 0.9),
  filled(disc(0, -18, 11), 'ground'),
  drawn(disc(0, -18, 11), 'ink', 3),
]

export const orbits: Motif = (random) => [
  ...times(3, (i) => {
    const [x, y] = around(0, 0, 68, i / 6 + random.between(-0.02, 0.02))
    const [u, v] = around(0, 0, 30, i / 6 + 0.25)
    return drawn(
      `M${x} ${y}C${x + u} ${y + v} ${u - x} ${v - y} ${-x} ${-y}S${x - u} ${y - v} ${x} ${y}z`,
      i === 1 ? 'second' : 'main',
      4,
    )
  }),
  filled(disc(0, 0, 15), 'second'),
  filled(disc(...around(0, 0, 62, random.between(0, 1)), 6), 'ink'),
]

export const desert: Motif = (random) => {
  const x = random.pick([-34, 30])
  return [
    filled(disc(0, 0, 52), 'second'),
    filled('M-104 24h58l7-28h35l6 28h102v44h-208z', 'main'),
    filled(`M${x} 66V8q0-6 6-6t6 6v15h7v-11q0-5 5-5t5 5v20h-17v34zM${x} 46h-17V24q0-5 5-5t5 5v12h7z`, 'ink'),
  ]
}

export const reel: Motif = (random) => {
  const turn = random.between(0, 1)
  return [
    filled(disc(0, 0, 58), 'main'),
    ...times(5, (i) => filled(disc(...around(0, 0, 34, (i + turn) / 5), 13), 'ground')),
    filled(disc(0, 0, 8), 'second'),
    drawn('M0 58Q58 62 76 38', 'main', 6),
  ]
}
