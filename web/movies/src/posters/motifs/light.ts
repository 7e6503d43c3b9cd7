import { around, box, disc, drawn, filled, line, polygon, times } from '../shape.js'
import type { Motif } from './motif.js'

export const bounce: Motif = (random) => {
  const y = random.between(-36, -22)
  return [
    drawn('M-64 44Q-40-34-14 44Q8-70 34 44', 'ink', 2, 0.5),
    filled(disc(38, y, 29), 'main'),
    filled(disc(29, y - 9, 8), 'ground', 0.8),
    filled(disc(-14, 34, 15), 'second'),
    filled(disc(-54, 40, 9), 'main'),
  ]
}

export const blocks: Motif = (random) => [
  filled(box(-52, 12, 48, 48), 'main'),
  filled(box(0, 12, 48, 48), 'second'),
  filled(
    polygon([
      [-40, 8],
      [random.between(-18, -8), -36],
      [8, 8],
    ]),
    'ink',
    0.85,
  ),
  filled(disc(28, -12, 21), 'main'),
  filled(disc(-28, 36, 11), 'ground'),
  filled(box(14, 26, 20, 20), 'ground'),
]

export const balloons: Motif = (random) => {
  const lean = random.between(-8, 8)
  return [
    drawn(`M-24 0Q-14 34 0 66M27 0Q14 30 0 66M${lean}-24Q4 20 0 66`, 'ink', 1.4),
    filled(disc(-27, -18, 25), 'second'),
    filled(disc(lean, -44, 24), 'main'),
    filled(disc(30, -22, 26), 'ink', 0.85),
    filled(disc(23, -31, 6), 'ground', 0.8),
  ]
}

export const kite: Motif = (random) => {
  const sway = random.between(-20, 20)
  return [
    drawn(`M-8 30Q${sway} 50-30 66T-20 96`, 'ink', 1.8),
    filled(
      polygon([
        [12, -64],
        [46, -14],
        [-8, 34],
        [-36, -26],
      ]),
      'main',
    ),
    filled(
      polygon([
        [12, -64],
        [46, -14],
        [2, -20],
      ]),
      'second',
    ),
    filled(
      polygon([
        [-36, -26],
        [2, -20],
        [-8, 34],
      ]),
      'ink',
      0.7,
    ),
    filled(disc(-52, -52, 9), 'second'),
  ]
}

export const smile: Motif = (random) => {
  const wink = random.pick([true, false])
  return [
    filled(disc(0, 0, 58), 'second'),
    wink ? drawn('M-34-15h20', 'ink', 6) : filled(disc(-23, -15, 8), 'ink'),
    filled(disc(23, -15, 8), 'ink'),
    filled('M-38 8h76a38 38 0 0 1-76 0z', 'main'),
    filled('M-31 8h62v7h-62z', 'ground'),
  ]
}

export const bowler: Motif = (random) => {
  const tilt = random.pick([-6, 6])
  return [
    filled(disc(0, 4, 48), 'second'),
    filled(`M-38 ${-20 + tilt}a38 40 0 0 1 76 ${-2 * tilt}z`, 'ink'),
    drawn(
      line([
        [-58, -20 + tilt],
        [58, -20 - tilt],
      ]),
      'ink',
      8,
    ),
    drawn(
      line([
        [-37, -31 + tilt],
        [37, -31 - tilt],
      ]),
      'main',
      7,
    ),
    filled(
      'M0 20C-8 12-20 14-26 26C-34 34-44 32-46 24C-44 44-14 48 0 32C14 48 44 44 46 24C44 32 34 34 26 26C20 14 8 12 0 20z',
      'ink',
    ),
  ]
}

export const record: Motif = (random) => [
  filled(disc(0, 0, 62), 'ink', 0.94),
  ...times(5, (i) => drawn(disc(0, 0, 56 - i * 6.5), 'ground', 0.9, 0.5)),
  filled(disc(0, 0, 22), random.pick(['main', 'second'])),
  filled(disc(0, 0, 4), 'ground'),
  drawn('M72-66L46-8l-13 9', 'second', 4.5),
]

export const bars: Motif = (random) =>
  times(9, (i) => {
    const height = random.between(24, 112) * (1 - Math.abs(i - 4) / 9)
    return filled(box(-63 + i * 14.4, -height / 2, 9.5, height), i % 3 === 1 ? 'second' : 'main')
  })

export const heart: Motif = (random) => [
  filled('M0 52C-78-4-52-62-20-56C-8-54-2-46 0-36z', random.pick(['main', 'second'])),
  filled('M0 52C78-4 52-62 20-56C8-54 2-46 0-36z', 'main', 0.85),
  drawn(`M0-36Q${random.between(-12, 12)} 8 0 52`, 'ground', 2.4),
]

export const twoMoons: Motif = (random) => {
  const apart = random.between(18, 30)
  return [
    filled(disc(-apart, 0, 46), 'main'),
    filled(disc(apart, 0, 46), 'second', 0.85),
    ...times(6, (i) => drawn(line([around(0, 0, 74, i / 6), around(0, 0, 82, i / 6)]), 'ink', 1.6, 0.7)),
  ]
}
